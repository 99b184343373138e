// Sizes and times on command lines: in the words of the native hosts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { size, time } from "./options.mjs";

const refuses = (parse, flag, text, reason) =>
  assert.throws(() => parse(flag.split(" ")[0], text), { message: `invalid value '${text}' for '${flag}': ${reason}` });

test("sizes are a number and a unit", () => {
  for (const [text, bytes] of [
    ["1B", 1],
    ["64KiB", 65536],
    ["64MiB", 67108864],
    ["4GiB", 2 ** 32],
    ["4294967296B", 2 ** 32],
  ]) {
    assert.equal(size("--max-memory", text), bytes);
  }
  const flag = "--max-memory <SIZE>";
  for (const text of [
    "",
    "much",
    "64",
    "64MB",
    "1.5MiB",
    "-1MiB",
    "+1MiB",
    " 1MiB",
    "1 MiB",
    "1e3B",
    "1toString",
    "1MiB\n",
  ]) {
    refuses(size, flag, text, "use a number and B, KiB, MiB or GiB, as 64MiB");
  }
  refuses(size, flag, "0B", "it must be more than 0");
  for (const text of ["5GiB", "4294967297B"]) {
    refuses(size, flag, text, "the most is 4GiB, which is what WebAssembly can address");
  }
  for (const text of ["99999999999GiB", `${"9".repeat(400)}B`]) refuses(size, flag, text, "this is too much");
});

test("times are a number and a unit", () => {
  for (const [text, milliseconds] of [
    ["1ms", 1],
    ["10s", 10_000],
    ["2m", 120_000],
    ["596h", 596 * 3_600_000],
  ]) {
    assert.equal(time("--timeout", text), milliseconds);
  }
  const flag = "--timeout <TIME>";
  for (const text of ["", "30", "s", "1d", "-1s", "1.5s", "1S"]) {
    refuses(time, flag, text, "use a number and ms, s, m or h, as 30s");
  }
  refuses(time, flag, "00s", "it must be more than 0");
  for (const text of ["597h", "2147483648ms"]) refuses(time, flag, text, "the most is 596h");
});
