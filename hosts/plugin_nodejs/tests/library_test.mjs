// What a program hands over, and what its functions return and throw: told in the library's words, or handed on as it is.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import v8 from "node:v8";
import vm from "node:vm";

import { Plugin, PluginError, Resource, ResultError, TrapError } from "../../../lib/host/jco/node.mjs";
import { component } from "../../../lib/host/testing/cases.mjs";

const { IMPORTS, VALUES } = process.env;
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
  new PluginError("a plugin's"),
  new ResultError("a result's, where none is"),
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

test("a call asks nothing of the environment", async () => {
  const { greeter } = await Plugin.open(FILE);
  const { env } = process;
  let asked = 0;
  const counting = new Proxy(env, {
    get(target, name) {
      asked++;
      return target[name];
    },
  });
  Object.defineProperty(process, "env", { configurable: true, value: counting });
  try {
    assert.equal(greeter.greet("World", false), "Hello, World");
    assert.equal(asked, 0);
    // jco's own log, for whoever looks for a fault in it.
    env.JCO_DEBUG = "1";
    const said = mock.method(console, "debug", () => {});
    const told = await Plugin.open(FILE);
    told.greeter.greet("World", false);
    assert.ok(asked > 0 && said.mock.callCount() > 0);
  } finally {
    mock.restoreAll();
    delete env.JCO_DEBUG;
    Object.defineProperty(process, "env", { configurable: true, value: env });
  }
});

const formatting = (reverse, more) => Plugin.open(IMPORTS, { imports: { formatter: { reverse } }, ...more });

for (const timeout of [undefined, 60_000]) {
  test(`what a function for guests throws comes out as it is; timeout: ${timeout}`, async () => {
    let now;
    const { greeter } = await formatting(
      (text) => {
        if (now) throw now.value;
        return text;
      },
      { timeout },
    );
    for (const value of thrown) {
      now = { value };
      const { name, message, stack } = value instanceof Error ? value : {};
      const found = caught(() => greeter.greet("me", false));
      assert.ok("value" in found && Object.is(found.value, value), inspect({ value, found }));
      if (value instanceof Error) assert.deepEqual([value.name, value.message, value.stack], [name, message, stack]);
      now = undefined;
      assert.equal(greeter.greet("me", false), "Hello, me");
    }
  });
}

test("what a function for guests returns is looked at", async () => {
  let value;
  const { greeter } = await formatting(() => value);
  for (const [returned, reason] of [
    [42, "expected string, got 42"],
    [null, "expected string, got null"],
    [Promise.resolve("later"), "expected string, got a Promise"],
    ["a\udc00", "expected Unicode text, got a lone surrogate (U+DC00) at index 1"],
  ]) {
    value = returned;
    const message = `formatter.reverse(…): ${reason}`;
    assert.throws(() => greeter.greet("me", false), { name: "TypeError", message });
  }
  value = "again";
  assert.equal(greeter.greet("me", false), "Hello, again");
});

test("an object for guests keeps its own state, and may call the plugin itself", async () => {
  class Formatter {
    #calls = 0;
    reverse(text) {
      this.#calls += 1;
      return this.#calls === 1 ? plugin.greeter.greet(text, false) : text;
    }
  }
  const plugin = await Plugin.open(IMPORTS, { imports: { "anyhost:hello/formatter": new Formatter() } });
  assert.equal(plugin.greeter.greet("me", false), "Hello, Hello, me");
});

test("arguments are looked at before anything enters the guest", async () => {
  const { greeter } = await Plugin.open(FILE);
  for (const [args, message] of [
    [[42, false], "name: expected string, got 42"],
    [[undefined, false], "name: expected string, got undefined"],
    [[["World"], false], "name: expected string, got an array of 1"],
    [["World"], "up: expected bool, got undefined"],
    [["World", 1], "up: expected bool, got 1"],
    [["World", false, 1], "greeter.greet: expected 2 arguments, got 3"],
    [["\ud83d", false], "name: expected Unicode text, got a lone surrogate (U+D83D) at index 0"],
    [["👋 \udc4b\ud83d", false], "name: expected Unicode text, got a lone surrogate (U+DC4B) at index 3"],
  ]) {
    assert.throws(() => greeter.greet(...args), { name: "TypeError", message });
  }
  assert.equal(greeter.greet("👋", false), "Hello, 👋");
});

test("interfaces have short and full names, and one that is not there is told", async () => {
  const plugin = await Plugin.open(FILE);
  for (const name of ["greeter", "anyhost:hello/greeter", "anyhost:hello/greeter@1.0.0"]) {
    assert.equal(plugin.interface(name), plugin.greeter);
    assert.equal(plugin[name], plugin.greeter);
  }
  const none = (name) => `${FILE}: there is no interface ${name}; there is anyhost:hello/greeter@1.0.0`;
  assert.throws(() => plugin.greter, { name: "PluginError", message: none("greter") });
  assert.throws(() => plugin.interface("greter"), { name: "PluginError", message: none("greter") });
  assert.throws(() => plugin.greeter.gret, {
    name: "PluginError",
    message: `${FILE}: there is no function gret in anyhost:hello/greeter@1.0.0; there is greet`,
  });
  // Whoever waits for a plugin, or prints it, asks for what is not there.
  assert.equal(await plugin, plugin);
  assert.match(inspect(plugin), /greeter/);
  assert.match(inspect(plugin.greeter), /greet/);
});

test("a result's error is thrown with its value, and the instance goes on", async () => {
  const plugin = await values();
  const counter = plugin.counters.open(1);
  assert.equal(plugin.echo.echoResult({ tag: "ok", val: 1 }), 1);
  assert.throws(() => plugin.echo.echoResult({ tag: "err", val: "no" }), {
    name: "ResultError",
    message: "no",
    value: "no",
  });
  const error = { tag: "circle", val: 1.5 };
  assert.throws(() => plugin.echo.echoShapeAsError({ tag: "err", val: error }), { name: "ResultError", value: error });
  assert.equal(counter.value(), 1);
});

/** A host for the guest of all types. */
const values = (host = {}) => {
  class Store {
    static defaultName() {}
    put() {}
    size() {}
  }
  const nothing = () => undefined;
  const more = { relay: (value) => value, notify: nothing, bytes: (value) => value, find: nothing, describe: () => "" };
  return Plugin.open(VALUES, { imports: { host: { Store, ...more, check: (n) => n, close: nothing, ...host } } });
};

test("a resource is a class, and its handles are looked at", async () => {
  const plugin = await values();
  const { Counter } = plugin.counters;
  const one = new Counter(5);
  assert.ok(one instanceof Counter && one instanceof Resource);
  assert.ok(plugin.counters.open(1) instanceof Counter);
  assert.equal(one.increment(2), 7);
  assert.throws(() => one.increment(2 ** 31), { name: "RangeError", message: "by: expected s32, got 2147483648" });
  assert.throws(() => new Counter("5"), { name: "TypeError", message: 'start: expected s32, got "5"' });
  const other = new Counter(1);
  assert.equal(Counter.sum(one, other), 8);
  const merged = Counter.merge(one, other);
  assert.equal(merged.value(), 8);
  const gone = { name: "TypeError", message: "this: expected a Counter of the running instance, got a Counter" };
  assert.throws(() => one.value(), gone);
  merged[Symbol.dispose]();
  merged[Symbol.dispose]();
  assert.throws(() => merged.value(), gone);
  const wrong = { name: "TypeError", message: "counter: expected a Counter of the running instance, got an object" };
  assert.throws(() => plugin.counters.peek({}), wrong);
  const another = await values();
  assert.throws(() => another.counters.peek(new Counter(1)), { name: "TypeError" });
});

test("a trap ends the handles of its instance", async () => {
  const plugin = await values();
  const counter = new plugin.counters.Counter(1);
  assert.throws(() => plugin.counters.fall(), TrapError);
  assert.throws(() => counter.value(), { name: "TypeError", message: /^this: expected a Counter of the running/ });
  counter[Symbol.dispose]();
  assert.equal(plugin.counters.alive(), 0);
});

test("handles that nobody has any more are dropped in the guest", async () => {
  v8.setFlagsFromString("--expose-gc");
  const gc = vm.runInNewContext("gc");
  const plugin = await values();
  for (let n = 0; n < 100; n++) plugin.counters.open(n);
  assert.ok(plugin.counters.alive() > 0);
  while (plugin.counters.alive() > 0) {
    gc();
    await setImmediate();
  }
});

test("what a trap left is not dropped in the guest, whatever of it the collector comes to first", async () => {
  v8.setFlagsFromString("--expose-gc");
  const gc = vm.runInNewContext("gc");
  // The registries outlive what they are of, as they may in a collection that has begun before the trap.
  const Registry = globalThis.FinalizationRegistry;
  const registries = [];
  let finalized = 0;
  globalThis.FinalizationRegistry = class extends Registry {
    constructor(work) {
      super((held) => {
        finalized++;
        work(held);
      });
      registries.push(this);
    }
  };
  try {
    const plugin = await values();
    for (let n = 0; n < 100; n++) plugin.counters.open(n);
    assert.ok(registries.length > 0);
    assert.throws(() => plugin.counters.fall(), TrapError);
  } finally {
    globalThis.FinalizationRegistry = Registry;
  }
  for (let n = 0; n < 10; n++) {
    gc();
    await setImmediate();
  }
  assert.equal(finalized, 0);
});

test("an import that is no object, or lacks a function or a class, is told", async () => {
  for (const [imports, reason] of [
    [{ formatter: {} }, "imports.formatter.reverse: expected a function, got undefined"],
    [{ formatter: { reverse: "text" } }, 'imports.formatter.reverse: expected a function, got "text"'],
    [{ formatter: null }, "imports.formatter: expected an object with the functions of formatter, got null"],
    [null, "imports: expected an object, got null"],
    ["formatter", 'imports: expected an object, got "formatter"'],
  ]) {
    await assert.rejects(Plugin.open(IMPORTS, { imports }), { name: "TypeError", message: reason });
  }
  await assert.rejects(values({ Store: {} }), { message: "imports.host.Store: expected a class, got an object" });
  await assert.rejects(values({ Store: class {} }), {
    message: "imports.host.Store.prototype.put: expected a function, got undefined",
  });
});

for (const [option, kind, reason] of [
  [{ maxMemory: "64MiB" }, "TypeError", 'maxMemory: expected 1 to 4294967296 bytes, got "64MiB"'],
  [{ maxMemory: 1n }, "TypeError", "maxMemory: expected 1 to 4294967296 bytes, got 1n"],
  [{ maxMemory: null }, "TypeError", "maxMemory: expected 1 to 4294967296 bytes, got null"],
  [{ maxMemory: -1 }, "RangeError", "maxMemory: expected 1 to 4294967296 bytes, got -1"],
  [{ maxMemory: 0 }, "RangeError", "maxMemory: expected 1 to 4294967296 bytes, got 0"],
  [{ maxMemory: Number.NaN }, "RangeError", "maxMemory: expected 1 to 4294967296 bytes, got NaN"],
  [{ maxMemory: 2 ** 32 + 1 }, "RangeError", "maxMemory: expected 1 to 4294967296 bytes, got 4294967297"],
  [{ timeout: "10s" }, "TypeError", 'timeout: expected 1 to 2147483647 milliseconds, got "10s"'],
  [{ timeout: 0.5 }, "RangeError", "timeout: expected 1 to 2147483647 milliseconds, got 0.5"],
  [{ timeout: Infinity }, "RangeError", "timeout: expected 1 to 2147483647 milliseconds, got Infinity"],
  [{ name: 42 }, "TypeError", "name: expected a string, got 42"],
  [{ maxmemory: 1 }, "TypeError", 'options: expected imports, maxMemory, timeout, name, wasi, got "maxmemory"'],
  [null, "TypeError", "options: expected an object, got null"],
  ["64MiB", "TypeError", 'options: expected an object, got "64MiB"'],
]) {
  test(`open refuses: ${reason}`, () => assert.rejects(Plugin.open(FILE, option), { name: kind, message: reason }));
}

test("open takes the largest and the smallest, and a path in other forms", async () => {
  const options = { maxMemory: 2 ** 32, timeout: 2 ** 31 - 1, name: undefined, imports: undefined };
  const plugin = await Plugin.open(pathToFileURL(FILE), options);
  assert.equal(plugin.greeter.greet("World", false), "Hello, World");
  await assert.rejects(Plugin.open(FILE, { maxMemory: 1 }), { name: "ComponentError", message: /the limit is 0 KiB/ });
  for (const path of [undefined, 42, Buffer.from(FILE)]) {
    await assert.rejects(Plugin.open(path), { name: "TypeError", message: /^path: expected a string, got / });
  }
});
