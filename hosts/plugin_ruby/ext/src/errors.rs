//! Errors of the library as Ruby's exceptions, defined in `lib/anyhost/errors.rb`.

use anyhost_plugin::{Error as Problem, Wrong};
use magnus::prelude::*;
use magnus::value::Lazy;
use magnus::{Error, Exception, ExceptionClass, RModule, Ruby, TryConvert, Value};

static PLUGIN: Lazy<ExceptionClass> = Lazy::new(|ruby| constant(ruby, "PluginError"));
static COMPONENT: Lazy<ExceptionClass> = Lazy::new(|ruby| constant(ruby, "ComponentError"));
static MISSING: Lazy<ExceptionClass> = Lazy::new(|ruby| constant(ruby, "MissingError"));
static TRAP: Lazy<ExceptionClass> = Lazy::new(|ruby| constant(ruby, "TrapError"));
static TIME_LIMIT: Lazy<ExceptionClass> = Lazy::new(|ruby| constant(ruby, "TimeLimitError"));
static RESULT: Lazy<ExceptionClass> = Lazy::new(|ruby| constant(ruby, "ResultError"));

/// A constant that the library's Ruby part has.
pub fn constant<T: TryConvert>(ruby: &Ruby, name: &str) -> T {
    let anyhost: RModule = ruby
        .class_object()
        .const_get("Anyhost")
        .expect("lib/anyhost.rb defines it before it loads this library");
    anyhost.const_get(name).expect("lib/anyhost defines it")
}

/// A `PluginError`.
pub fn error(ruby: &Ruby, line: impl Into<String>) -> Error {
    Error::new(ruby.get_inner(&PLUGIN), line.into())
}

/// The exception for what the library says.
pub fn exception(ruby: &Ruby, problem: &Problem) -> Error {
    let class = match problem {
        Problem::Component(_) => ruby.get_inner(&COMPONENT),
        Problem::Missing(_) => ruby.get_inner(&MISSING),
        Problem::Trap(_) => ruby.get_inner(&TRAP),
        Problem::TimeLimit(_) => ruby.get_inner(&TIME_LIMIT),
        Problem::Host(_) | Problem::Plugin(_) => ruby.get_inner(&PLUGIN),
        Problem::Value(wrong) => class_of(ruby, wrong),
    };
    Error::new(class, problem.to_string())
}

/// A value of another class is Ruby's `TypeError`; a number beyond the limits of its type
/// and bytes that are no text have exceptions of their own, too.
fn class_of(ruby: &Ruby, wrong: &Wrong) -> ExceptionClass {
    match wrong.expected.as_str() {
        _ if wrong.kind => ruby.exception_type_error(),
        "u8" | "u16" | "u32" | "u64" | "s8" | "s16" | "s32" | "s64" => ruby.exception_range_error(),
        "string" => ruby.exception_encoding_error(),
        _ => ruby.exception_arg_error(),
    }
}

/// What a function that returns a `result` raises if that is an error.
pub fn result_error(ruby: &Ruby, place: &str, value: Value) -> Error {
    let class = ruby.get_inner(&RESULT);
    match class.funcall::<_, _, Exception>("new", (value, place)) {
        Ok(exception) => exception.into(),
        Err(error) => error,
    }
}

/// The value of a `ResultError`, if it is one.
pub fn value_of(ruby: &Ruby, error: &Error) -> Option<Value> {
    let of_result = error.is_kind_of(ruby.get_inner(&RESULT));
    error
        .value()
        .filter(|_| of_result)?
        .funcall("value", ())
        .ok()
}
