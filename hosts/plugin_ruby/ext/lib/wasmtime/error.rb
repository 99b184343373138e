# frozen_string_literal: true

module Wasmtime
  # What this library raises, beside Ruby's own TypeError, RangeError, EncodingError and ArgumentError.
  class Error < StandardError; end

  # The guest trapped: its instance can no longer be used.
  class Trap < Error
    STACK_OVERFLOW = :stack_overflow
    MEMORY_OUT_OF_BOUNDS = :memory_out_of_bounds
    HEAP_MISALIGNED = :heap_misaligned
    TABLE_OUT_OF_BOUNDS = :table_out_of_bounds
    INDIRECT_CALL_TO_NULL = :indirect_call_to_null
    BAD_SIGNATURE = :bad_signature
    INTEGER_OVERFLOW = :integer_overflow
    INTEGER_DIVISION_BY_ZERO = :integer_division_by_zero
    BAD_CONVERSION_TO_INTEGER = :bad_conversion_to_integer
    UNREACHABLE_CODE_REACHED = :unreachable_code_reached
    INTERRUPT = :interrupt
    OUT_OF_FUEL = :out_of_fuel
    UNKNOWN = :unknown

    # One of the constants above.
    attr_reader :code

    # Where in the guest it was, for a reader; nil if that is not known.
    attr_reader :wasm_backtrace_message

    def initialize(message, code, wasm_backtrace_message)
      super(message)
      @code = code
      @wasm_backtrace_message = wasm_backtrace_message
    end
  end
end
