;; Takes the place of the adapter for WASI preview 1 in a component that imports nothing of WASI: there are no arguments, no
;; variables and no files, random bytes are all ones, and what is written is lost. Time stands still but for who waits: that
;; takes no time, and then as much of it has passed as was waited for. All else is refused, as a system does which has no
;; such function.
(module
  (import "env" "memory" (memory 0))

  (func $print (param i32 i32)) ;; print.wat takes the place of this line in a component that has standard error

  (func (export "args_get") (export "environ_get") (param i32 i32) (result i32) (i32.const 0))
  (func (export "args_sizes_get") (export "environ_sizes_get") (param i32 i32) (result i32)
    (i32.store (local.get 0) (i32.const 0))
    (i32.store (local.get 1) (i32.const 0))
    (i32.const 0))

  ;; From the beginning of the year 2000 on, in nanoseconds. What has passed is kept at 24, where Go has nothing: an adapter
  ;; has no variables of its own.
  (func $now (result i64) (i64.add (i64.const 946684800000000000) (i64.load (i32.const 24))))
  (func (export "clock_time_get") (param i32 i64 i32) (result i32)
    (i64.store (local.get 2) (call $now))
    (i32.const 0))
  (func (export "clock_res_get") (param i32 i32) (result i32)
    (i64.store (local.get 1) (i64.const 1))
    (i32.const 0))
  (func (export "adapter_monotonic_clock_set_paused") (param i32))

  (func (export "random_get") (param i32 i32) (result i32)
    (memory.fill (local.get 0) (i32.const 1) (local.get 1))
    (i32.const 0))

  ;; What is written is a list of (address, length) pairs; all of it is taken.
  (func (export "fd_write") (param $fd i32) (param $pair i32) (param $pairs i32) (param $written i32) (result i32)
    (local $length i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $pairs)))
        (call $print (i32.load (local.get $pair)) (i32.load offset=4 (local.get $pair)))
        (local.set $length (i32.add (local.get $length) (i32.load offset=4 (local.get $pair))))
        (local.set $pair (i32.add (local.get $pair) (i32.const 8)))
        (local.set $pairs (i32.sub (local.get $pairs) (i32.const 1)))
        (br $next)))
    (i32.store (local.get $written) (local.get $length))
    (i32.const 0))

  (func (export "sched_yield") (result i32) (i32.const 0))
  (func (export "proc_exit") (param i32) (unreachable))

  ;; No such file (8), which ends the search for folders, too.
  (func (export "fd_close") (export "fd_datasync") (export "fd_sync") (param i32) (result i32) (i32.const 8))
  (func (export "fd_fdstat_get") (export "fd_filestat_get") (export "fd_fdstat_set_flags") (export "fd_prestat_get")
    (export "fd_renumber") (export "fd_tell") (param i32 i32) (result i32) (i32.const 8))
  (func (export "fd_prestat_dir_name") (param i32 i32 i32) (result i32) (i32.const 8))
  (func (export "fd_read") (param i32 i32 i32 i32) (result i32) (i32.const 8))
  (func (export "fd_pread") (export "fd_pwrite") (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 8))
  (func (export "fd_readdir") (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_advise") (param i32 i64 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_allocate") (param i32 i64 i64) (result i32) (i32.const 8))
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (i32.const 8))
  (func (export "fd_filestat_set_times") (param i32 i64 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_fdstat_set_rights") (param i32 i64 i64) (result i32) (i32.const 8))
  (func (export "path_create_directory") (export "path_remove_directory") (export "path_unlink_file")
    (param i32 i32 i32) (result i32) (i32.const 8))
  (func (export "path_filestat_get") (export "path_symlink") (param i32 i32 i32 i32 i32) (result i32) (i32.const 8))
  (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32) (i32.const 8))
  (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 8))
  (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32) (i32.const 8))
  (func (export "path_readlink") (export "path_rename") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 8))

  ;; All that is waited for comes at once: clocks go on, and no file (8) is there.
  (func (export "poll_oneoff") (param $wait i32) (param $event i32) (param $count i32) (param $events i32) (result i32)
    (i32.store (local.get $events) (local.get $count))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (i64.store (local.get $event) (i64.load (local.get $wait)))
        (i32.store8 offset=10 (local.get $event) (i32.load8_u offset=8 (local.get $wait)))
        (if (i32.load8_u offset=8 (local.get $wait))
          (then (i32.store16 offset=8 (local.get $event) (i32.const 8)))
          (else
            (i32.store16 offset=8 (local.get $event) (i32.const 0))
            (call $wait_for (i64.load offset=24 (local.get $wait)) (i32.load16_u offset=40 (local.get $wait)))))
        (local.set $wait (i32.add (local.get $wait) (i32.const 48)))
        (local.set $event (i32.add (local.get $event) (i32.const 32)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (i32.const 0))

  ;; Until a time, or for so long.
  (func $wait_for (param $time i64) (param $until i32)
    (if (local.get $until)
      (then (local.set $time (i64.sub (local.get $time) (call $now)))))
    (if (i64.gt_s (local.get $time) (i64.const 0))
      (then
        (i64.store (i32.const 24) (i64.add (i64.load (i32.const 24)) (local.get $time))))))

  ;; No such function (52).
  (func (export "sock_accept") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "sock_recv") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "sock_send") (param i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "sock_shutdown") (param i32 i32) (result i32) (i32.const 52)))
