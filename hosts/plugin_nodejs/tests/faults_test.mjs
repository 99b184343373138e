// Components that are none, or misbehave: an error of its own kind, and the process goes on.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import v8 from "node:v8";
import vm from "node:vm";

import { ComponentError, Plugin, PluginError, TimeLimitError, TrapError } from "../../../lib/host/jco/node.mjs";
import { component, faults } from "../../../lib/host/testing/cases.mjs";

const FAULTY = component("faulty_greeter");

function says(kind, file, text) {
  return (error) => {
    assert.ok(error instanceof kind && error instanceof PluginError, `${error.name}: ${error.message}`);
    assert.ok(error.message.startsWith(`${file}: `) && error.message.includes(text), error.message);
    assert.ok(!error.message.includes("\n"), error.message);
    return true;
  };
}

for (const { case: title, component: wanted, name, error } of faults) {
  const file = component(wanted);
  test(title, async () => {
    if (error.startsWith("does not export")) {
      const plugin = await Plugin.open(file);
      const full = error.split(" ").at(-1);
      assert.throws(() => plugin.interface(full), says(PluginError, file, `there is no interface ${full}`));
    } else if (name === undefined) {
      await assert.rejects(Plugin.open(file), says(ComponentError, file, error));
    } else {
      const plugin = await Plugin.open(file);
      assert.throws(() => plugin.greeter.greet(name, false), says(TrapError, file, error));
      assert.equal(plugin.greeter.greet("World", true), "HELLO, WORLD");
    }
  });
}

test("a guest that loops is ended", async () => {
  const plugin = await Plugin.open(FAULTY, { timeout: 300 });
  const text = "greeter.greet: no result within 300 ms";
  assert.throws(() => plugin.greeter.greet("loop", false), says(TimeLimitError, FAULTY, text));
  assert.ok(new TimeLimitError("") instanceof TrapError);
  assert.equal(plugin.greeter.greet("World", false), "Hello, World");
});

test("memory is bounded, as told", async () => {
  const name = "x".repeat(4 << 20);
  const small = await Plugin.open(FAULTY, { maxMemory: 3 << 20 });
  assert.throws(() => small.greeter.greet(name, false), says(TrapError, FAULTY, "trap"));
  assert.equal(small.greeter.greet("World", false), "Hello, World");
  const large = await Plugin.open(FAULTY);
  assert.equal(large.greeter.greet(name, false).length, name.length + "Hello, ".length);
  await assert.rejects(Plugin.open(FAULTY, { maxMemory: 65536 }), says(ComponentError, FAULTY, "the limit is 64 KiB"));
});

test("a folder that transpile did not make is told", async () => {
  const empty = await mkdtemp(join(process.env.TEST_TMPDIR, "empty-"));
  await assert.rejects(Plugin.open(empty), says(ComponentError, empty, "has no interfaces.json"));
  writeFileSync(join(empty, "interfaces.json"), "{}");
  await assert.rejects(Plugin.open(empty), says(ComponentError, empty, "has no component.js"));
});

test("an import that the host lacks is named, the first of several", async () => {
  const { WASI_HTTP_RUST: wasi, HELLO_WORLD_IMPORTS_RUST: formatting } = process.env;
  const text = "imports wasi:io/error@0.2.12, which this host does not provide; it provides formatter";
  await assert.rejects(
    Plugin.open(wasi, { imports: { formatter: {} }, wasi: "none" }),
    says(ComponentError, wasi, text),
  );
  const other = "imports anyhost:hello/formatter@1.0.0, which this host does not provide; it provides nothing";
  await assert.rejects(Plugin.open(formatting), says(ComponentError, formatting, other));
});

test("what a plugin takes is given back", async () => {
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
  const bytes = readFileSync(FAULTY);
  const file = join(process.env.TEST_TMPDIR, "other.wasm");
  for (const [title, pathOf] of [
    ["one component", () => FAULTY],
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
      assert.equal((await Plugin.open(pathOf(n))).greeter.greet("World", false), "Hello, World");
    }
    const grown = (await used()) - before;
    assert.ok(grown < 2 ** 20, `${title}: 80 plugins take ${grown} bytes for ever`);
  }
});
