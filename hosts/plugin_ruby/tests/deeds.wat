;; What a component can do to its host, by functions of the world itself.
(component
  (import "act" (func $act))
  (core func $act (canon lower (func $act)))
  (core module $m
    (import "host" "act" (func $act))
    (memory (export "memory") 1)
    ;; A list that is there, and one that ends beyond the memory.
    (data (i32.const 0) "\10\00\00\00\03\00\00\00\f8\ff\00\00\10\00\00\00\00\ff\07")
    (func (export "bytes") (result i32) (i32.const 0))
    (func (export "bytes-beyond-memory") (result i32) (i32.const 8))
    (func $recurse (export "recurse") (param $depth i64) (result i64)
      (i64.add (i64.const 1) (call $recurse (i64.add (i64.const 1) (local.get $depth)))))
    (func (export "read-out-of-bounds") (result i32) (i32.load (i32.const 0x7fffffff)))
    (func (export "same") (param i32) (result i32) (local.get 0))
    (func (export "call-host") (call $act))
    (func (export "call-host-and-loop") (call $act) (loop (br 0))))
  (core instance $i (instantiate $m (with "host" (instance (export "act" (func $act))))))
  (alias core export $i "memory" (core memory $memory))
  ;; Give bytes; but the second has none there.
  (func (export "bytes") (result (list u8)) (canon lift (core func $i "bytes") (memory $memory)))
  (func (export "bytes-beyond-memory") (result (list u8))
    (canon lift (core func $i "bytes-beyond-memory") (memory $memory)))
  ;; Uses up the stack.
  (func (export "recurse") (param "depth" u64) (result u64) (canon lift (core func $i "recurse")))
  ;; Reads where there is no memory.
  (func (export "read-out-of-bounds") (result u32) (canon lift (core func $i "read-out-of-bounds")))
  ;; A name that every object of Ruby's has.
  (func (export "hash") (param "a-char" char) (result char) (canon lift (core func $i "same")))
  ;; Lets the host do what it likes.
  (func (export "call-host") (canon lift (core func $i "call-host")))
  ;; The same, and then never ends.
  (func (export "call-host-and-loop") (canon lift (core func $i "call-host-and-loop"))))
