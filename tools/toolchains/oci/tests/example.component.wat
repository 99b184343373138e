;; What images are made of in the tests: it imports and exports what the artifact's configuration has to name.
(component
  (import "wasi:random/random@0.2.12" (instance
    (export "get-random-u64" (func (result u64)))))
  (core module $m
    (func (export "run") (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $export (export "run" (func $run)))
  (export "wasi:cli/run@0.2.12" (instance $export)))
