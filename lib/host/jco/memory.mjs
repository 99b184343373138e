// Bounds on linear memory. A guest's memory grows to 4 GiB unless its module says otherwise, and neither Node nor a
// browser has a limit for a single instance: so the module gets a maximum as it is loaded.

import { ComponentError } from "./errors.mjs";

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const PAGE = 65536;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;

/** `module`, the bytes of a core module, with no memory larger than `limit` bytes. */
export function bounded(component, module, limit) {
  if (MAGIC.some((byte, at) => module[at] !== byte)) {
    throw new ComponentError(`${component}: not WebAssembly`);
  }
  let at = 8;
  while (at < module.length) {
    const id = module[at];
    const size = readNumber(module, at + 1);
    const end = size.end + size.value;
    if (id === MEMORY_SECTION) {
      const section = boundedMemories(component, module.subarray(size.end, end), Math.floor(limit / PAGE));
      return concat([module.subarray(0, at + 1), number(section.length), section, module.subarray(end)]);
    }
    at = end;
  }
  return module;
}

function boundedMemories(component, section, maximum) {
  const count = readNumber(section, 0);
  const parts = [section.subarray(0, count.end)];
  let at = count.end;
  for (let n = 0; n < count.value && at < section.length; n++) {
    const flags = section[at];
    const least = readNumber(section, at + 1);
    at = least.end;
    let most = maximum;
    if (flags & HAS_MAXIMUM) {
      const declared = readNumber(section, at);
      most = Math.min(most, declared.value);
      at = declared.end;
    }
    if (least.value > maximum) {
      const kib = (pages) => (pages * PAGE) / 1024;
      throw new ComponentError(
        `${component}: starts with ${kib(least.value)} KiB of memory, the limit is ${kib(maximum)} KiB`,
      );
    }
    parts.push(Uint8Array.of(flags | HAS_MAXIMUM), number(least.value), number(most));
  }
  return concat(parts);
}

// Numbers are in LEB128: seven bits a byte, the lowest first.

function readNumber(bytes, at) {
  let value = 0;
  let scale = 1;
  let byte;
  do {
    byte = bytes[at++];
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
  } while (byte & 0x80);
  return { value, end: at };
}

function number(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return Uint8Array.of(...bytes, value);
}

function concat(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
