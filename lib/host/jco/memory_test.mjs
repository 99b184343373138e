// Bounds on core modules, in all the ways that a module can declare a memory.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bounded } from "./memory.mjs";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const MIB = 2 ** 20;
const PAGES_A_MIB = 16;

/** A module that exports one memory, as `limits` declare it. */
function module(...limits) {
  const exported = [7, 5, 1, 1, "m".charCodeAt(0), 2, 0];
  return Uint8Array.of(...HEADER, 5, limits.length + 1, 1, ...limits, ...exported);
}

async function memoryOf(bytes, limit) {
  const { instance } = await WebAssembly.instantiate(bounded("it", bytes, limit));
  return instance.exports.m;
}

/** How many pages a memory has when it is asked to grow for ever. */
function grown(memory) {
  for (;;) {
    try {
      memory.grow(1);
    } catch {
      return memory.buffer.byteLength / 65536;
    }
  }
}

test("a memory without a maximum gets one", async () => {
  assert.equal(grown(await memoryOf(module(0, 1), MIB)), PAGES_A_MIB);
  assert.equal(grown(await memoryOf(module(0, 1), 20 * MIB)), 20 * PAGES_A_MIB);
});

test("a smaller maximum stays, a larger one does not", async () => {
  assert.equal(grown(await memoryOf(module(1, 1, 3), MIB)), 3);
  assert.equal(grown(await memoryOf(module(1, 1, 0x80, 0x80, 0x04), MIB)), PAGES_A_MIB);
});

test("a memory that starts above the limit is refused", () => {
  const message = "it: starts with 1088 KiB of memory, the limit is 1024 KiB";
  assert.throws(() => bounded("it", module(0, 17), MIB), { name: "ComponentError", message });
});

test("a module without a memory stays as it is", () => {
  const bytes = Uint8Array.of(...HEADER);
  assert.equal(bounded("it", bytes, MIB), bytes);
});

test("what is no module is refused", () => {
  for (const bytes of [Uint8Array.of(), Uint8Array.of(0, 0x61), new TextEncoder().encode("this is text")]) {
    assert.throws(() => bounded("it", bytes, MIB), { name: "ComponentError", message: "it: not WebAssembly" });
  }
});
