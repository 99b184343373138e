//! An engine that serves many instances at once, of one component.

use wasmtime::component::Component;
use wasmtime::{Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::budget::{PAGE, initial_memory};
use crate::config::base;
use crate::{Error, Loaded, Result, one_line};

/// Up to this size, in bytes, a memory is cleaned by writing to it: cheaper than
/// giving its pages back to the kernel and faulting them in again, by a third of a
/// short request. It holds Rust's default stack of 1 MiB and some data.
const CHEAP_TO_CLEAN: u64 = 20 * PAGE;
/// Stacks for an instance with async functions: each of its calls that waits has one.
const STACKS: u32 = 4;
/// What tables may grow to at least, in entries.
const TABLE_ENTRIES: u64 = 20_000;

/// What a pool holds.
#[derive(Clone, Copy, Debug)]
pub struct PoolLimits {
    /// Instances alive at the same time.
    pub instances: u32,
    /// The most that one linear memory may grow to, in bytes.
    pub memory_bytes: u64,
}

impl Loaded {
    /// Moves the component to a new engine ([`Component::engine`]) with a pool of its shape: the memory of all instances is reserved once, as
    /// address space, and reused from instance to instance.
    ///
    /// # Errors
    /// [`Error::Memory`] if an instance could not even start within its limit,
    /// [`Error::Pool`] if the address space cannot be had, for example under `ulimit -v`.
    pub fn pooled(&self, limits: PoolLimits) -> Result<Self> {
        let engine_error = |e| Error::Engine(one_line(&e));
        let needs = self.check_start(limits.memory_bytes)?;
        let initial = initial_memory(&needs);
        let keep = if initial <= CHEAP_TO_CLEAN {
            CHEAP_TO_CLEAN
        } else {
            0
        };
        let table_entries = needs.max_initial_table_size.unwrap_or(0).max(TABLE_ENTRIES);
        let stacks = if self.concurrent { STACKS } else { 1 };
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(limits.instances)
            .total_stacks(limits.instances.saturating_mul(stacks))
            .total_memories(limits.instances.saturating_mul(needs.num_memories.max(1)))
            .total_tables(limits.instances.saturating_mul(needs.num_tables.max(1)))
            // Counted, not reserved.
            .total_core_instances(u32::MAX)
            .max_memories_per_module(needs.num_memories)
            .max_tables_per_module(needs.num_tables)
            .max_memory_size(clamp(limits.memory_bytes))
            .table_elements(clamp(table_entries))
            .linear_memory_keep_resident(clamp(keep))
            .table_keep_resident(clamp(keep));
        let mut config = base(self.concurrent);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let engine =
            Engine::new(&config).map_err(|e| Error::Pool(limits.instances, one_line(&e)))?;
        let code = self.component.serialize().map_err(engine_error)?;
        // SAFETY: the bytes come from a component that this process has loaded.
        let component = unsafe { Component::deserialize(&engine, code) }.map_err(engine_error)?;
        Ok(Self {
            file: self.file.clone(),
            component,
            concurrent: self.concurrent,
            note: None,
        })
    }
}

fn clamp(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}
