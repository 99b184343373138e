;; A clock that stands still.
(component
  (core module $m (func (export "now") (result i64) i64.const 7))
  (core instance $i (instantiate $m))
  (func $now (result u64) (canon lift (core func $i "now")))
  (instance $clock (export "now" (func $now)))
  (export "example:rules/clock@1.0.0" (instance $clock)))
