;; Exports what it imports: its clock is another component's.
(component
  (import "example:rules/clock@1.0.0" (instance $clock (export "now" (func (result u64)))))
  (export "example:rules/clock@1.0.0" (instance $clock)))
