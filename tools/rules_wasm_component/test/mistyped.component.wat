;; A clock of another type than the socket's.
(component
  (core module $m (func (export "now") (result i32) i32.const 7))
  (core instance $i (instantiate $m))
  (func $now (result u32) (canon lift (core func $i "now")))
  (instance $clock (export "now" (func $now)))
  (export "example:rules/clock@1.0.0" (instance $clock)))
