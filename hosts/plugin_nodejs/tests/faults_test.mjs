// Components that are none, are not greeters, or misbehave: an error of its own kind, and the process goes on.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import v8 from "node:v8";
import vm from "node:vm";
import { Greeter as AnyGreeter } from "../../../lib/host/jco/greeter.mjs";
import { component, faults } from "../../../lib/host/testing/cases.mjs";
import { ComponentError, Greeter, GreeterError, TrapError } from "../greeter.mjs";

function says(kind, file, text) {
  return (error) => {
    assert.ok(error instanceof kind && error instanceof GreeterError, `${error.name}: ${error.message}`);
    assert.ok(error.message.startsWith(`${file}: `) && error.message.includes(text), error.message);
    assert.ok(!error.message.includes("\n"), error.message);
    return true;
  };
}

for (const { case: title, component: wanted, name, error } of faults) {
  const file = component(wanted);
  test(title, async () => {
    if (name === undefined) {
      await assert.rejects(Greeter.load(file), says(ComponentError, file, error));
      return;
    }
    const greeter = await Greeter.load(file);
    assert.throws(() => greeter.greet(name), says(TrapError, file, error));
    assert.equal(greeter.greet("World", true), "HELLO, WORLD");
  });
}

test("a guest that loops is ended", async () => {
  const file = component("faulty_greeter");
  const greeter = await Greeter.load(file, { timeout: 300 });
  assert.throws(() => greeter.greet("loop"), says(TrapError, file, "no greeting within 300 ms"));
  assert.equal(greeter.greet("World"), "Hello, World");
});

test("memory is bounded, as told", async () => {
  const file = component("faulty_greeter");
  const name = "x".repeat(4 << 20);
  const small = await Greeter.load(file, { maxMemory: 3 << 20 });
  assert.throws(() => small.greet(name), says(TrapError, file, "trap"));
  assert.equal(small.greet("World"), "Hello, World");
  const large = await Greeter.load(file);
  assert.equal(large.greet(name).length, name.length + "Hello, ".length);
  await assert.rejects(Greeter.load(file, { maxMemory: 65536 }), says(ComponentError, file, "the limit is 64 KiB"));
});

test("a transpiled component is looked at, too", async () => {
  const folder = process.env.GREETER_V2;
  await assert.rejects(Greeter.load(folder), says(ComponentError, folder, "anyhost:hello/greeter@2.0.0"));
  const empty = await mkdtemp(join(process.env.TEST_TMPDIR, "empty-"));
  await assert.rejects(Greeter.load(empty), says(ComponentError, empty, "has no component.js"));
});

test("an import that the host lacks is named", async () => {
  const file = process.env.WASI_HTTP_RUST;
  await assert.rejects(Greeter.load(file), says(ComponentError, file, "imports wasi:"));
});

test("so is one that a transpiled component asks for", async () => {
  const folder = process.env.HELLO_WORLD_IMPORTS_RUST;
  const { instantiate } = await import(pathToFileURL(resolve(folder, "component.js")));
  const read = (file) => readFile(join(folder, file));
  const started = AnyGreeter.start("it", instantiate, read);
  await assert.rejects(
    started,
    says(ComponentError, "it", "imports anyhost:hello/formatter, which this host does not"),
  );
});

test("what a load takes is given back", async () => {
  v8.setFlagsFromString("--expose-gc");
  const gc = vm.runInNewContext("gc");
  const used = async () => {
    for (let n = 0; n < 3; n++) {
      await setImmediate();
      gc();
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const bytes = readFileSync(component("faulty_greeter"));
  const file = join(process.env.TEST_TMPDIR, "other.wasm");
  for (const [title, pathOf] of [
    ["one component", () => component("faulty_greeter")],
    [
      "others, by a custom section",
      (n) => {
        writeFileSync(file, Buffer.concat([bytes, Uint8Array.of(0, 3, 1, 110, n)]));
        return file;
      },
    ],
  ]) {
    let before;
    for (let n = 0; n <= 100; n++) {
      if (n === 20) before = await used();
      assert.equal((await Greeter.load(pathOf(n))).greet("World"), "Hello, World");
    }
    const grown = (await used()) - before;
    assert.ok(grown < 2 ** 20, `${title}: 80 loads take ${grown} bytes for ever`);
  }
});
