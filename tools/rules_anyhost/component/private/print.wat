  (import "wasi:cli/stderr@0.2.12" "get-stderr" (func $stderr (result i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $drop (param i32)))

  ;; At most 4,096 bytes can be written at once. What came of it, which is not asked, goes to where Go has nothing.
  (func $print (param $text i32) (param $length i32)
    (local $stream i32)
    (local $part i32)
    (local.set $stream (call $stderr))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $part
          (select (local.get $length) (i32.const 4096) (i32.lt_u (local.get $length) (i32.const 4096))))
        (call $write (local.get $stream) (local.get $text) (local.get $part) (i32.const 16))
        (local.set $text (i32.add (local.get $text) (local.get $part)))
        (local.set $length (i32.sub (local.get $length) (local.get $part)))
        (br $next)))
    (call $drop (local.get $stream)))
