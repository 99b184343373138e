// malloc for guests in C: a free list in the order of addresses whose neighbours are merged. It takes a tenth of the
// code of wasi-libc's, which it replaces where it is linked. Like Rust's guests it first fills the heap with what the
// module's memory has from the start, so that a short call never grows the memory.

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 65536

// A block's head; its size, and all sizes here, are in units of the head, which is also what blocks are aligned to.
typedef struct block {
  size_t units;
  struct block *next;  // while the block is free
} block;

extern unsigned char __heap_base;  // where data and stack end; wasm-ld defines it
static block *free_list;

void free(void *memory) {
  if (!memory) return;
  block *b = (block *)memory - 1, **link = &free_list, *before = NULL;
  for (; *link && *link < b; link = &(*link)->next) before = *link;
  b->next = *link;
  *link = b;
  if (b->next == b + b->units) {
    b->units += b->next->units;
    b->next = b->next->next;
  }
  if (before && before + before->units == b) {
    before->units += b->units;
    before->next = b->next;
  }
}

// Adds at least so many units to the free list; false if there is no more memory.
static bool add_memory(size_t units) {
  static bool filled;
  uintptr_t start = ((uintptr_t)&__heap_base + sizeof(block) - 1) / sizeof(block) * sizeof(block);
  uintptr_t end = __builtin_wasm_memory_size(0) * PAGE;
  if (filled || end - start < units * sizeof(block)) {
    size_t pages = units / (PAGE / sizeof(block)) + 1;
    if (filled) start = end;
    if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) return false;
    end += pages * PAGE;
  }
  filled = true;
  block *b = (block *)start;
  b->units = (end - start) / sizeof(block);
  free(b + 1);
  return true;
}

void *malloc(size_t size) {
  size_t units = size / sizeof(block) + 2;
  do {
    for (block **link = &free_list; *link; link = &(*link)->next) {
      block *b = *link;
      if (b->units < units) continue;
      // The end of a larger block, so that the list stays as it is.
      b->units -= units;
      if (b->units == 0)
        *link = b->next;
      else
        b += b->units;
      b->units = units;
      return b + 1;
    }
  } while (add_memory(units));
  return NULL;
}

void *calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
  void *memory = malloc(bytes);
  return memory ? memset(memory, 0, bytes) : NULL;
}

void *realloc(void *memory, size_t size) {
  if (!memory) return malloc(size);
  size_t has = (((block *)memory - 1)->units - 1) * sizeof(block);
  if (size <= has) return memory;
  void *larger = malloc(size);
  if (!larger) return NULL;
  memcpy(larger, memory, has);
  free(memory);
  return larger;
}
