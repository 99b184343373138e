// The memory of bytes that guests give. What is new to a process takes it longer than to copy into it: so what a program has
// no more use for can be used again.

import { shown, wrong } from "./values.mjs";

/** Less memory than this costs nothing worth keeping it for. */
const LEAST = 2 ** 16;
/** The most buffers that are kept, and how large they are together. */
const MOST = 8;
const MOST_SIZE = 2 ** 26;

const kept = [];

/** The bytes from one place to another of a guest's memory, as they are now. */
export function copied(memory, from, to) {
  if (to > memory.byteLength) throw new RangeError("list pointer/length out of bounds of memory");
  const length = to - from;
  const at = kept.findIndex((buffer) => buffer.byteLength === length);
  if (at < 0) return new Uint8Array(memory.slice(from, to));
  const [buffer] = kept.splice(at, 1);
  const bytes = new Uint8Array(buffer);
  bytes.set(new Uint8Array(memory, from, length));
  return bytes;
}

/**
 * Gives the memory of bytes back that a call returned, for the next call that returns as many. Afterwards they are none:
 * the array, and whatever else shows its buffer, is empty.
 */
export function recycle(bytes) {
  if (!(bytes instanceof Uint8Array)) throw wrong(TypeError, `bytes: expected a Uint8Array, got ${shown(bytes)}`);
  const { buffer, byteLength } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.resizable || buffer.byteLength !== byteLength)
    throw wrong(TypeError, "bytes: expected what a call returned, got a part of a buffer or one of another kind");
  if (byteLength === 0) return;
  const own = buffer.transfer();
  if (byteLength < LEAST || byteLength > MOST_SIZE) return;
  kept.push(own);
  let size = kept.reduce((sum, { byteLength }) => sum + byteLength, 0);
  while (kept.length > MOST || size > MOST_SIZE) size -= kept.shift().byteLength;
}
