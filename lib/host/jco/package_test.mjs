// The package as others have it: npm installs it in a folder of theirs, without a network, and a program there greets.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const { COMPONENT, NPM, PACKAGE, TEST_TMPDIR } = process.env;

const folder = join(TEST_TMPDIR, "program");
mkdirSync(folder);
writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
writeFileSync(
  join(folder, "program.mjs"),
  `import { Plugin, recycle } from "anyhost";
const plugin = await Plugin.open("plugin");
console.log(plugin.greeter.greet("World", true), typeof recycle);
await Plugin.open("plugin/component.core.wasm").catch((error) => console.log(error.message));
`,
);
cpSync(realpathSync(COMPONENT), join(folder, "plugin"), { recursive: true, dereference: true });

/** Runs Node in the folder, as a program of nobody's. */
function node(...args) {
  const env = { HOME: TEST_TMPDIR, PATH: "/usr/bin:/bin" };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env });
  assert.equal(status, 0, stderr);
  return stdout;
}

test("npm installs it without a network, and nothing besides", () => {
  node(realpathSync(NPM), "install", "--offline", "--no-audit", "--no-fund", resolve(PACKAGE));
  const packages = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
  assert.deepEqual(packages, ["anyhost"]);
});

test("a program greets with it, and is told what a component's file would need", () => {
  const [greeting, reason] = node("program.mjs").split("\n");
  assert.equal(greeting, "HELLO, WORLD function");
  assert.match(reason, /^plugin\/component\.core\.wasm: a core module; expected a WebAssembly component /);
});

test("it has every file that it speaks of", () => {
  const own = join(folder, "node_modules", "anyhost");
  const { exports } = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
  const named = Object.values(exports["."]);
  assert.ok(named.length >= 3);
  for (const file of readdirSync(own)) {
    const text = readFileSync(join(own, file), "utf8");
    named.push(
      ...Array.from(text.matchAll(/(?:from|import|new URL\() ?"(\.\/)?([a-z_]+\.mjs)"/g), ([, , name]) => name),
    );
  }
  for (const name of named) assert.ok(existsSync(join(own, name)), name);
  assert.ok(named.includes("worker.mjs") && named.includes("./index.d.mts"));
  assert.ok(existsSync(join(own, "LICENSE")));
});
