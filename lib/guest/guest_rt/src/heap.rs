//! The heap: a coalescing free list, first filled with the memory that the
//! module has from the start, so that a short call never grows the memory.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::memory_size;
use core::cell::Cell;

use lol_alloc::FreeListAllocator;

const PAGE: usize = 65_536;
/// The size and alignment of the free list's nodes.
const UNIT: usize = 8;

#[global_allocator]
static HEAP: Heap = Heap {
    free: FreeListAllocator::new(),
    filled: Cell::new(false),
};

struct Heap {
    free: FreeListAllocator,
    filled: Cell<bool>,
}

// SAFETY: a component's module has one thread.
unsafe impl Sync for Heap {}

// SAFETY: the free list is a sound allocator, and what `fill` gives it belongs
// to nobody else.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !self.filled.replace(true) {
            self.fill();
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { self.free.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { self.free.dealloc(ptr, layout) }
    }
}

impl Heap {
    /// Frees what lies between the module's data and the end of its memory.
    fn fill(&self) {
        unsafe extern "C" {
            /// Where data and stack end; wasm-ld defines it.
            static __heap_base: u8;
        }
        let base = &raw const __heap_base;
        let start = base.addr().next_multiple_of(UNIT);
        let size = memory_size::<0>() * PAGE - start;
        if size < UNIT {
            return;
        }
        // SAFETY: wasm-ld leaves this range unused, it ends within the memory,
        // both ends are aligned to a node, and it is given away only once.
        unsafe {
            let layout = Layout::from_size_align_unchecked(size, UNIT);
            self.free.dealloc(base.cast_mut().with_addr(start), layout);
        }
    }
}
