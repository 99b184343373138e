//! What bounds an instance's memory.

use wasmtime::{ResourceLimiter, ResourcesRequired};

use crate::{Error, Loaded, Result};

/// The size of a page of linear memory, in bytes.
pub(crate) const PAGE: u64 = 65_536;
/// Entries of all tables together; each takes a pointer.
const MAX_TABLE_ENTRIES: usize = 1 << 20;

impl Loaded {
    /// Checks that an instance could start within `memory_bytes`.
    ///
    /// # Errors
    /// [`Error::Memory`] if one of its memories is larger from the start.
    pub fn check_start(&self, memory_bytes: u64) -> Result<ResourcesRequired> {
        // Unknown only for components that import modules, which no host gives them.
        let needs = self.component.resources_required().ok_or_else(|| {
            let reason = "imports of core modules are not supported";
            Error::Invalid(self.file.clone(), reason.to_owned())
        })?;
        let initial = initial_memory(&needs);
        if initial > memory_bytes {
            return Err(Error::Memory {
                file: self.file.clone(),
                needs: initial,
                limit: memory_bytes,
            });
        }
        Ok(needs)
    }
}

/// The size of the largest memory at the start, in bytes.
pub(crate) fn initial_memory(needs: &ResourcesRequired) -> u64 {
    needs
        .max_initial_memory_size
        .unwrap_or(0)
        .saturating_mul(PAGE)
}

/// What is left to all memories and tables of an instance together: a component may
/// have several of each. It is the store's limiter.
pub struct Budget {
    memory: u64,
    table_entries: usize,
    refused: bool,
}

impl Budget {
    /// A budget of `memory_bytes` and a million table entries.
    #[must_use]
    pub fn new(memory_bytes: u64) -> Self {
        Self {
            memory: memory_bytes,
            table_entries: MAX_TABLE_ENTRIES,
            refused: false,
        }
    }

    /// How many bytes its memories may still take.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.memory
    }

    /// Whether the instance has asked for more than it may have. A guest that goes
    /// without usually traps, and the trap does not tell why.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.refused
    }
}

impl ResourceLimiter for Budget {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let left = self.memory.checked_sub((desired - current) as u64);
        self.memory = left.unwrap_or(self.memory);
        self.refused |= left.is_none();
        Ok(left.is_some())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let left = self.table_entries.checked_sub(desired - current);
        self.table_entries = left.unwrap_or(self.table_entries);
        self.refused |= left.is_none();
        Ok(left.is_some())
    }
}
