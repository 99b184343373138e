// Makes a component of ES modules with componentize-qjs. With --snapshot it is run by itself, in a process in which time
// and chance stand still.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { checkedModule, main, readExports, run, typeEraser, writeSources } from "./js_sources.mjs";

const ENTRY = "anyhost-component.mjs";

if (process.argv[2] === "--snapshot") await snapshot(...process.argv.slice(3));
else await main(["same-bytes", "wac"], make);

/** Runs the modules' top level, and writes the engine with what that left as a component. */
async function snapshot(nodeModules, witPath, world, moduleRoot, out, wasi) {
  const { componentize } = createRequire(join(nodeModules, ENTRY))("componentize-qjs");
  const jsPath = join(moduleRoot, ENTRY);
  const options = { witPath, world, moduleRoot, jsPath, jsSource: readFileSync(jsPath, "utf8") };
  try {
    const { component } = await componentize({ ...options, sync: true, optSize: true, stubWasi: wasi !== "debug" });
    writeFileSync(out, component);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function make(values, folder) {
  const root = join(folder, "root");
  writeSources(values, root, typeEraser(values["node-modules"]));
  writeFileSync(join(root, ENTRY), checkedModule(values));
  const whole = join(folder, "whole.wasm");
  const args = [resolve(values["node-modules"]), values.wit, values.world, root, whole, values.debug ? "debug" : ""];
  const env = { LD_PRELOAD: resolve(values["same-bytes"]), TZ: "UTC" };
  try {
    run(process.execPath, [process.argv[1], "--snapshot", ...args], env);
  } catch (error) {
    throw new Error(explain(error.message, values.package));
  }
  // It reads and writes them as floating-point numbers.
  const packages = run(values["wasm-tools"], ["component", "wit", whole]).split(/^(?=package )/m);
  const own = packages.filter((text) => !values.debug || !text.startsWith("package wasi:"));
  const [integer] = own.join("").match(/\b[su]64\b/) ?? [];
  if (integer)
    throw new Error(
      `the world ${values.world} has the type ${integer}, which QuickJS does not keep exactly: expected the engine starlingmonkey`,
    );
  // It leaves the function that was called for the snapshot among the exports.
  const document = join(folder, "component.wac");
  const names = readExports(values, whole, "root").map(({ name }) => name);
  const exports = names.filter((name) => name !== "init").map((name) => `export guest["${name}"];\n`);
  writeFileSync(document, `package anyhost:component;\nlet guest = new anyhost:guest { ... };\n${exports.join("")}`);
  run(values.wac, ["compose", "--dep", `anyhost:guest=${whole}`, document, "-o", values.out]);
}

/** `guests/x/greeter.js:3:18: unexpected token`, of what componentize-qjs says. */
function explain(message, folder) {
  const text = message.replace(/^[\s\S]*?Error: /, "").replace(/\n +at [\s\S]*$/, "");
  const [, path, place] = /^ +at .*?\/([^\s/][^\s:]*)(:\d+:\d+)\)?$/m.exec(message) ?? [];
  return path && path !== ENTRY ? `${join(folder, path)}${place}: ${text}` : text;
}
