//! The engine configuration.
//!
//! Everything that decides about machine code is in [`base`], so that code
//! compiled ahead of time by one program loads into every other; what differs
//! between hosts is only where instances get their memory from.

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel};
use wasmtime::PoolingAllocationConfig;

use crate::{Error, Result, one_line};

/// How many linear memories and tables a pooled component may have on average.
///
/// A component that wit-component made has one memory; compositions have one for
/// each part.
const MEMORIES_PER_INSTANCE: u32 = 4;
/// Core instances are counted but reserve nothing, so this is generous.
const CORE_INSTANCES_PER_INSTANCE: u32 = 32;
/// How much of a used memory is cleaned in place, in bytes, rather than given
/// back to the kernel, which would cost a page fault for each page at next use.
const KEEP_RESIDENT: usize = 1 << 20;

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

/// The bounds of an engine that serves many instances at once.
#[derive(Clone, Copy, Debug)]
pub struct PoolLimits {
    /// Component instances alive at the same time.
    pub instances: u32,
    /// The most that one linear memory may grow to, in bytes.
    pub memory_bytes: usize,
}

/// An engine for few instances: each allocates its memory when it is made.
///
/// # Errors
/// [`Error::Engine`] if this machine cannot run one.
pub fn on_demand() -> Result<Engine> {
    build(&base())
}

/// An engine for serving: memory is reserved once (address space only, some
/// terabytes), and reused from instance to instance.
///
/// # Errors
/// [`Error::Engine`] if the address space cannot be had, for example under
/// `ulimit -v`.
pub fn pooling(limits: PoolLimits) -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(limits.instances)
        .total_core_instances(limits.instances.saturating_mul(CORE_INSTANCES_PER_INSTANCE))
        .total_memories(limits.instances.saturating_mul(MEMORIES_PER_INSTANCE))
        .total_tables(limits.instances.saturating_mul(2 * MEMORIES_PER_INSTANCE))
        .total_stacks(limits.instances)
        .max_memory_size(limits.memory_bytes)
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT)
        // Finds the few pages that a short request wrote without walking the rest.
        .pagemap_scan(Enabled::Auto);
    build(base().allocation_strategy(InstanceAllocationStrategy::Pooling(pool)))
}

/// The engine that compiles for other machines than this one.
pub(crate) fn ahead_of_time() -> Result<Engine> {
    let mut config = base();
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    config.target(&target).map_err(|e| Error::Engine(one_line(&e)))?;
    for feature in AOT_CPU_FEATURES {
        // SAFETY: the engine only compiles; the one that loads the code checks
        // that its CPU has each of these features.
        unsafe { config.cranelift_flag_enable(feature) };
    }
    build(&config)
}

fn base() -> Config {
    let mut config = Config::new();
    config
        // Lets a host take the CPU back from a guest that does not return.
        .epoch_interruption(true)
        // On by default; it makes calls between components far slower, and only
        // WASI 0.3 needs it.
        .concurrency_support(false)
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
