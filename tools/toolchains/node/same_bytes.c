// Preloaded into the program that takes a snapshot of a JavaScript engine, so that two snapshots have the same bytes:
// random bytes are all ones, and it is always the same time. Node itself keeps the clock that its timers need.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
  (void)flags;
  memset(buffer, 1, length);
  return (ssize_t)length;
}

// As Rust asks for them.
long syscall(long number, ...) {
  static long (*real)(long, ...);
  va_list list;
  long args[6];
  va_start(list, number);
  for (int i = 0; i < 6; i++) args[i] = va_arg(list, long);
  va_end(list);
  if (number == SYS_getrandom) return getrandom((void *)args[0], (size_t)args[1], (unsigned)args[2]);
  if (!real) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  return real(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}

// Whether time stands still for a caller: in Node, only for componentize-qjs, which is in one file; in wizer, for all.
static int stands_still(const void *caller) {
  Dl_info info;
  if (strcmp(program_invocation_short_name, "node") != 0) return 1;
  return dladdr(caller, &info) && info.dli_fname && strstr(info.dli_fname, "componentize-qjs");
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (stands_still(__builtin_return_address(0))) {
    *time = (struct timespec){.tv_sec = 946684800}; // the beginning of 2000
    return 0;
  }
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  return real(clock, time);
}

// A source has no time of its own, and no number.
int statx(int dir, const char *path, int flags, unsigned mask, struct statx *found) {
  static int (*real)(int, const char *, int, unsigned, struct statx *);
  if (!real) real = (int (*)(int, const char *, int, unsigned, struct statx *))dlsym(RTLD_NEXT, "statx");
  int failed = real(dir, path, flags, mask, found);
  if (!failed && stands_still(__builtin_return_address(0))) {
    found->stx_atime = found->stx_btime = found->stx_ctime = found->stx_mtime = (struct statx_timestamp){0};
    found->stx_dev_major = found->stx_dev_minor = 0;
    found->stx_ino = 1;
  }
  return failed;
}
