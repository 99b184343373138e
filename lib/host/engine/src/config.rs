//! The engine configuration.
//!
//! Everything that decides about machine code is in [`base`], so that code
//! compiled ahead of time by one program loads into every other; what differs
//! between hosts is only where instances get their memory from.

use wasmtime::{Config, Engine, OptLevel};

use crate::{Error, Result, one_line};

/// What x86-64-v3 (every server since 2015) has beyond the base set.
///
/// Code compiled ahead of time uses these and not what the building machine
/// happens to have: the same component gives the same bytes on every machine.
#[cfg(target_arch = "x86_64")]
const AOT_CPU_FEATURES: &[&str] = &[
    "has_cmpxchg16b",
    "has_sse3",
    "has_ssse3",
    "has_sse41",
    "has_sse42",
    "has_popcnt",
    "has_avx",
    "has_avx2",
    "has_fma",
    "has_bmi1",
    "has_bmi2",
    "has_lzcnt",
];
#[cfg(not(target_arch = "x86_64"))]
const AOT_CPU_FEATURES: &[&str] = &[];

/// An engine for few instances: each allocates its memory when it is made.
///
/// # Errors
/// [`Error::Engine`] if this machine cannot run one.
pub fn on_demand() -> Result<Engine> {
    build(&base(false))
}

/// As [`on_demand`], for components with async functions, as those of WASI 0.3 have them.
///
/// # Errors
/// As [`on_demand`].
pub fn concurrent() -> Result<Engine> {
    build(&base(true))
}

/// An engine within somebody else's process: a guest takes at most `stack` bytes of the
/// stack of whatever thread calls it, and components are compiled by the calling thread
/// alone, as a process that forks leaves other threads behind.
///
/// # Errors
/// [`Error::Engine`] if this machine cannot run one.
pub fn embedded(stack: usize) -> Result<Engine> {
    let mut config = base(false);
    config.max_wasm_stack(stack).parallel_compilation(false);
    build(&config)
}

/// As [`embedded`], in a process whose owner may take the signals by which traps are else
/// noticed: guests look for themselves. Its machine code is of its own, see
/// [`crate::precompile_without_signals`].
///
/// # Errors
/// [`Error::Engine`] if this machine cannot run one.
pub fn without_signals(stack: usize) -> Result<Engine> {
    let mut config = base(false);
    config.max_wasm_stack(stack).parallel_compilation(false);
    build(config.signals_based_traps(false))
}

/// The engine that compiles for other machines than this one.
pub(crate) fn ahead_of_time(signals: bool, concurrent: bool) -> Result<Engine> {
    let mut config = base(concurrent);
    config.signals_based_traps(signals);
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    config
        .target(&target)
        .map_err(|e| Error::Engine(one_line(&e)))?;
    for feature in AOT_CPU_FEATURES {
        // SAFETY: the engine only compiles; the one that loads the code checks
        // that its CPU has each of these features.
        unsafe { config.cranelift_flag_enable(feature) };
    }
    build(&config)
}

pub(crate) fn base(concurrent: bool) -> Config {
    let mut config = Config::new();
    config
        // Lets a host take the CPU back from a guest that does not return.
        .epoch_interruption(true)
        // It makes calls between components far slower, and only WASI 0.3 needs it.
        .concurrency_support(concurrent)
        .cranelift_opt_level(OptLevel::Speed)
        .memory_init_cow(true)
        // A trap's kind is logged; frames of a stripped guest tell nothing.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false);
    config
}

fn build(config: &Config) -> Result<Engine> {
    Engine::new(config).map_err(|e| Error::Engine(one_line(&e)))
}
