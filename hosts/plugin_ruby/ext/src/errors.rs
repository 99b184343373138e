//! Errors of the engine as Ruby's exceptions, defined in `lib/wasmtime/error.rb`.

use magnus::error::ErrorType;
use magnus::prelude::*;
use magnus::value::Lazy;
use magnus::{Error, Exception, ExceptionClass, RClass, RModule, Ruby};
use wasmtime::{Trap, WasmBacktrace};

static BASE: Lazy<ExceptionClass> = Lazy::new(|ruby| constant(ruby, "Error"));
static TRAP: Lazy<RClass> = Lazy::new(|ruby| constant(ruby, "Trap"));

fn constant<T: magnus::TryConvert>(ruby: &Ruby, name: &str) -> T {
    let wasmtime: RModule = ruby
        .class_object()
        .const_get("Wasmtime")
        .expect("lib/wasmtime.rb defines it before it loads this library");
    wasmtime
        .const_get(name)
        .expect("lib/wasmtime/error.rb defines it")
}

/// A `Wasmtime::Error`.
pub fn error(ruby: &Ruby, message: impl Into<String>) -> Error {
    Error::new(ruby.get_inner(&BASE), message.into())
}

/// A `Wasmtime::Error` that says what was being done when the engine refused.
pub fn engine_error(ruby: &Ruby, doing: &str, error: &wasmtime::Error) -> Error {
    self::error(ruby, format!("{doing}: {error:#}"))
}

/// What a call ended with: a `Wasmtime::Trap` where the guest trapped.
pub fn call_error(ruby: &Ruby, error: &wasmtime::Error) -> Error {
    let Some(trap) = error.downcast_ref::<Trap>() else {
        return self::error(ruby, format!("{error:#}"));
    };
    let backtrace = error
        .downcast_ref::<WasmBacktrace>()
        .map(ToString::to_string);
    let arguments = (trap.to_string(), ruby.to_symbol(code(*trap)), backtrace);
    match ruby
        .get_inner(&TRAP)
        .funcall::<_, _, Exception>("new", arguments)
    {
        Ok(exception) => exception.into(),
        Err(error) => error,
    }
}

/// The trap's name: the symbols of the constants in `Wasmtime::Trap`.
fn code(trap: Trap) -> &'static str {
    match trap {
        Trap::StackOverflow => "stack_overflow",
        Trap::MemoryOutOfBounds => "memory_out_of_bounds",
        Trap::HeapMisaligned => "heap_misaligned",
        Trap::TableOutOfBounds => "table_out_of_bounds",
        Trap::IndirectCallToNull => "indirect_call_to_null",
        Trap::BadSignature => "bad_signature",
        Trap::IntegerOverflow => "integer_overflow",
        Trap::IntegerDivisionByZero => "integer_division_by_zero",
        Trap::BadConversionToInteger => "bad_conversion_to_integer",
        Trap::UnreachableCodeReached => "unreachable_code_reached",
        Trap::Interrupt => "interrupt",
        Trap::OutOfFuel => "out_of_fuel",
        _ => "unknown",
    }
}

/// Says where in a value an error is.
pub trait At {
    /// The same exception, with `place` after its message.
    fn at(self, place: impl FnOnce() -> String) -> Self;
}

impl<T> At for Result<T, Error> {
    fn at(self, place: impl FnOnce() -> String) -> Self {
        self.map_err(|error| match error.error_type() {
            ErrorType::Jump(_) => error,
            ErrorType::Error(class, message) => {
                Error::new(*class, format!("{message} ({})", place()))
            }
            ErrorType::Exception(exception) => Error::new(
                exception.exception_class(),
                format!("{exception} ({})", place()),
            ),
        })
    }
}
