//! Options in hashes with symbols for keys.

use magnus::r_hash::ForEach;
use magnus::{Error, RHash, Ruby, Symbol, TryConvert, Value};
use wasmtime::{Config, OptLevel, StoreLimits, StoreLimitsBuilder};

/// How much stack a guest may take if nothing is said: the engine's own default.
const WASM_STACK: usize = 512 << 10;

/// The engine's configuration, `options` over the defaults; and how much stack a guest
/// may take.
pub fn engine(ruby: &Ruby, options: Option<RHash>) -> Result<(Config, usize), Error> {
    let mut config = Config::new();
    let mut stack = WASM_STACK;
    // On by default; it makes calls far slower, and only asynchronous guests need it.
    config.concurrency_support(false);
    each(ruby, options, |name, value| {
        match name {
            "cranelift_opt_level" => config.cranelift_opt_level(opt_level(ruby, value)?),
            "epoch_interruption" => config.epoch_interruption(bool(ruby, name, value)?),
            "generate_address_map" => config.generate_address_map(bool(ruby, name, value)?),
            "max_wasm_stack" => {
                stack = TryConvert::try_convert(value)?;
                config.max_wasm_stack(stack)
            }
            "native_unwind_info" => config.native_unwind_info(bool(ruby, name, value)?),
            "parallel_compilation" => config.parallel_compilation(bool(ruby, name, value)?),
            _ => return Ok(false),
        };
        Ok(true)
    })?;
    Ok((config, stack))
}

/// What a store's guest may take at most.
pub fn limits(ruby: &Ruby, options: Option<RHash>) -> Result<StoreLimits, Error> {
    let mut limits = StoreLimitsBuilder::new();
    each(ruby, options, |name, value| {
        let set = match name {
            "instances" => StoreLimitsBuilder::instances,
            "memories" => StoreLimitsBuilder::memories,
            "memory_size" => StoreLimitsBuilder::memory_size,
            "table_elements" => StoreLimitsBuilder::table_elements,
            "tables" => StoreLimitsBuilder::tables,
            _ => return Ok(false),
        };
        if let Some(limit) = TryConvert::try_convert(value)? {
            limits = set(
                std::mem::replace(&mut limits, StoreLimitsBuilder::new()),
                limit,
            );
        }
        Ok(true)
    })?;
    Ok(limits.build())
}

/// Gives each option to `set`, which says whether it knows it.
fn each(
    ruby: &Ruby,
    options: Option<RHash>,
    mut set: impl FnMut(&str, Value) -> Result<bool, Error>,
) -> Result<(), Error> {
    let Some(options) = options else {
        return Ok(());
    };
    options.foreach(|name: Symbol, value: Value| {
        if set(&name.name()?, value)? {
            Ok(ForEach::Continue)
        } else {
            Err(argument_error(
                ruby,
                format!("Unknown option: :{}", name.name()?),
            ))
        }
    })
}

fn bool(ruby: &Ruby, name: &str, value: Value) -> Result<bool, Error> {
    crate::to_wasm::bool(ruby, value)
        .map_err(|_| argument_error(ruby, format!("{name}: expected true or false, got {value}")))
}

fn opt_level(ruby: &Ruby, value: Value) -> Result<OptLevel, Error> {
    let name = Symbol::from_value(value);
    match name.map(|name| name.name()).transpose()?.as_deref() {
        Some("none") => Ok(OptLevel::None),
        Some("speed") => Ok(OptLevel::Speed),
        Some("speed_and_size") => Ok(OptLevel::SpeedAndSize),
        _ => Err(argument_error(
            ruby,
            format!(
                "cranelift_opt_level: expected :none, :speed or :speed_and_size, got {value:?}"
            ),
        )),
    }
}

fn argument_error(ruby: &Ruby, message: String) -> Error {
    Error::new(ruby.exception_arg_error(), message)
}
