;; Imports one interface, exports nothing.
(component
  (import "wasi:clocks/monotonic-clock@0.2.6" (instance)))
