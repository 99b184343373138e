// The memory of bytes is used again once it is given back, and never before.

import assert from "node:assert/strict";
import { test } from "node:test";

import { copied, recycle } from "./bytes.mjs";

const MANY = 2 ** 16;

function memory() {
  const memory = new WebAssembly.Memory({ initial: 4 });
  new Uint8Array(memory.buffer).fill(7);
  return memory.buffer;
}

// What bytes are moved to as they are given back.
let moved;
const { transfer } = ArrayBuffer.prototype;
ArrayBuffer.prototype.transfer = function () {
  moved = transfer.call(this);
  return moved;
};

/** Gives bytes back; the buffer that their memory is now. */
function given(bytes) {
  recycle(bytes);
  return moved;
}

test("bytes are a copy, with a buffer of their own", () => {
  const of = memory();
  const [one, two] = [copied(of, 8, 8 + MANY), copied(of, 8, 8 + MANY)];
  one[0] = 1;
  assert.deepEqual([two[0], new Uint8Array(of)[8]], [7, 7]);
  assert.equal(one.buffer.byteLength, MANY);
});

test("what is given back is empty for all who have it", () => {
  const bytes = copied(memory(), 0, MANY);
  const view = new DataView(bytes.buffer);
  recycle(bytes);
  assert.deepEqual([bytes.length, bytes.buffer.byteLength], [0, 0]);
  assert.throws(() => view.getUint8(0), TypeError);
  // Twice is once.
  recycle(bytes);
});

test("what is given back is used again, for as many bytes and once", () => {
  const buffer = given(copied(memory(), 0, 2 * MANY));
  assert.notEqual(copied(memory(), 0, MANY).buffer, buffer, "there are not as many");
  const again = copied(memory(), 0, 2 * MANY);
  assert.equal(again.buffer, buffer);
  assert.ok(again.every((byte) => byte === 7));
  assert.notEqual(copied(memory(), 0, 2 * MANY).buffer, buffer, "somebody has them");
});

test("the latest are kept, and few", () => {
  const all = Array.from({ length: 20 }, () => copied(memory(), 0, 3 * MANY));
  const buffers = all.map(given);
  const used = Array.from({ length: 20 }, () => copied(memory(), 0, 3 * MANY).buffer);
  assert.deepEqual(
    buffers.map((buffer) => used.includes(buffer)),
    buffers.map((_, at) => at >= 12),
  );
  const small = given(copied(memory(), 0, 100));
  assert.notEqual(copied(memory(), 0, 100).buffer, small);
});

test("what is not a whole array is refused", () => {
  for (const [value, said] of [
    ["bytes", 'bytes: expected a Uint8Array, got "bytes"'],
    [
      new Uint8Array(8).subarray(1),
      "bytes: expected what a call returned, got a part of a buffer or one of another kind",
    ],
    [
      new Uint8Array(new SharedArrayBuffer(8)),
      "bytes: expected what a call returned, got a part of a buffer or one of another kind",
    ],
  ]) {
    assert.throws(() => recycle(value), { name: "TypeError", message: said });
  }
});

test("a list beyond the memory is no list", () => {
  recycle(copied(memory(), 0, MANY));
  assert.throws(() => copied(memory(), 4 * MANY, 5 * MANY), RangeError);
});
