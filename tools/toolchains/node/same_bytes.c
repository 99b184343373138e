// Preloaded into what takes a snapshot of a JavaScript engine, so that two snapshots have the same bytes: random bytes
// are all ones, and it is always the same time. Node itself keeps the clock that its timers need.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
  (void)flags;
  memset(buffer, 1, length);
  return (ssize_t)length;
}

// What runs the engine is written in Rust, in one file without libraries of its own.
static int by_runner(const void *caller) {
  Dl_info info;
  return dladdr(caller, &info) && info.dli_fname && strstr(info.dli_fname, "componentize-qjs");
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (by_runner(__builtin_return_address(0))) {
    *time = (struct timespec){.tv_sec = 946684800}; // the beginning of 2000
    return 0;
  }
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  return real(clock, time);
}
