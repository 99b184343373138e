// What a program hands over, and what its functions throw: told in its own words, or handed on as it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

import { component } from "../../../lib/host/testing/cases.mjs";
import { Greeter, GreeterError } from "../greeter.mjs";

const { IMPORTS } = process.env;
const FILE = component("faulty_greeter");

class OwnError extends RangeError {
  code = "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

const thrown = [
  new RangeError("out of range"),
  // Those that jco would take for a trap and give another message.
  new WebAssembly.RuntimeError("unreachable"),
  Object.freeze(new WebAssembly.RuntimeError("unreachable")),
  Object.freeze(new Error("frozen")),
  new OwnError("own"),
  Object.assign(new Error("with a payload"), { payload: "payload" }),
  new GreeterError("a greeter's"),
  Symbol("thrown"),
  "a string",
  Number.NaN,
  null,
  undefined,
];

/** What `work` throws, also if that is undefined. */
function caught(work) {
  try {
    return { returned: work() };
  } catch (value) {
    return { value };
  }
}

for (const timeout of [undefined, 60_000]) {
  test(`what a function for guests throws comes out as it is; timeout: ${timeout}`, async () => {
    let now;
    const reverse = (text) => {
      if (now) throw now.value;
      return text;
    };
    const greeter = await Greeter.load(IMPORTS, { formatter: { reverse }, timeout });
    for (const value of thrown) {
      now = { value };
      const { name, message, stack } = value instanceof Error ? value : {};
      const found = caught(() => greeter.greet("me"));
      assert.ok("value" in found && Object.is(found.value, value), inspect({ value, found }));
      if (value instanceof Error) assert.deepEqual([value.name, value.message, value.stack], [name, message, stack]);
      now = undefined;
      assert.equal(greeter.greet("me"), "Hello, me");
    }
  });
}

test("what a function for guests returns is looked at", async () => {
  let value;
  const greeter = await Greeter.load(IMPORTS, { formatter: { reverse: () => value } });
  for (const [returned, reason] of [
    [42, "is 42, expected a string"],
    [null, "is null, expected a string"],
    [Promise.resolve("later"), "is an object, expected a string"],
    ["a\udc00", "has a lone surrogate (U+DC00 at index 1), expected Unicode text"],
  ]) {
    value = returned;
    assert.throws(() => greeter.greet("me"), {
      name: "TypeError",
      message: `what formatter.reverse returned ${reason}`,
    });
  }
  value = "again";
  assert.equal(greeter.greet("me"), "Hello, again");
});

test("a formatter keeps its own state, and may greet itself", async () => {
  class Formatter {
    #calls = 0;
    reverse(text) {
      this.#calls += 1;
      return this.#calls === 1 ? greeter.greet(text) : text;
    }
  }
  const greeter = await Greeter.load(IMPORTS, { formatter: new Formatter() });
  assert.equal(greeter.greet("me"), "Hello, Hello, me");
});

test("a name is a string, and Unicode", async () => {
  const greeter = await Greeter.load(FILE);
  for (const [name, reason] of [
    [42, "name is 42, expected a string"],
    [undefined, "name is undefined, expected a string"],
    [["World"], "name is an object, expected a string"],
    ["\ud83d", "name has a lone surrogate (U+D83D at index 0), expected Unicode text"],
    ["👋 \udc4b\ud83d", "name has a lone surrogate (U+DC4B at index 3), expected Unicode text"],
  ]) {
    assert.throws(() => greeter.greet(name), { name: "TypeError", message: reason });
  }
  assert.equal(greeter.greet("👋"), "Hello, 👋");
});

for (const [option, kind, reason] of [
  [{ maxMemory: "64MiB" }, "TypeError", 'maxMemory is "64MiB", expected a number of bytes'],
  [{ maxMemory: 1n }, "TypeError", "maxMemory is a bigint, expected a number of bytes"],
  [{ maxMemory: null }, "TypeError", "maxMemory is null, expected a number of bytes"],
  [{ maxMemory: -1 }, "RangeError", "maxMemory is -1, expected a whole number from 1 to 4294967296 bytes"],
  [{ maxMemory: 0 }, "RangeError", "maxMemory is 0, expected a whole number from 1 to 4294967296 bytes"],
  [{ maxMemory: Number.NaN }, "RangeError", "maxMemory is NaN, expected a whole number from 1 to 4294967296 bytes"],
  [
    { maxMemory: 2 ** 32 + 1 },
    "RangeError",
    "maxMemory is 4294967297, expected a whole number from 1 to 4294967296 bytes",
  ],
  [{ timeout: "10s" }, "TypeError", 'timeout is "10s", expected a number of milliseconds'],
  [{ timeout: 0.5 }, "RangeError", "timeout is 0.5, expected a whole number from 1 to 2147483647 milliseconds"],
  [
    { timeout: Infinity },
    "RangeError",
    "timeout is Infinity, expected a whole number from 1 to 2147483647 milliseconds",
  ],
  [{ formatter: {} }, "TypeError", "formatter.reverse is undefined, expected a function"],
  [{ formatter: { reverse: "text" } }, "TypeError", 'formatter.reverse is "text", expected a function'],
  [{ formatter: null }, "TypeError", "formatter.reverse is undefined, expected a function"],
  [{ name: 42 }, "TypeError", "name is 42, expected a string"],
  [{ maxmemory: 1 }, "TypeError", 'there is no option "maxmemory", expected name, formatter, maxMemory, timeout'],
  [null, "TypeError", "the options are null, expected an object"],
  ["64MiB", "TypeError", 'the options are "64MiB", expected an object'],
]) {
  test(`load refuses: ${reason}`, () => assert.rejects(Greeter.load(FILE, option), { name: kind, message: reason }));
}

test("load takes the largest and the smallest, and a path in other forms", async () => {
  const options = { maxMemory: 2 ** 32, timeout: 2 ** 31 - 1, name: undefined, formatter: undefined };
  const greeter = await Greeter.load(pathToFileURL(FILE), options);
  assert.equal(greeter.greet("World"), "Hello, World");
  await assert.rejects(Greeter.load(FILE, { maxMemory: 1 }), { name: "ComponentError", message: /the limit is 0 KiB/ });
  for (const path of [undefined, 42, Buffer.from(FILE)]) {
    await assert.rejects(Greeter.load(path), { name: "TypeError", message: /^path is .*, expected a string$/ });
  }
});
