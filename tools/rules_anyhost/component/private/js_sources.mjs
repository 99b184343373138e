// What the programs that read a component's sources in JavaScript have in common: arguments, sources, and the world.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

/** Calls `make` with the arguments and a folder of its own; what is wrong is said without a stack. */
export async function main(names, make) {
  const folder = mkdtempSync(join(tmpdir(), "js-"));
  try {
    const common = ["entry", "node-modules", "out", "package", "wasm-tools", "wit", "world"];
    const options = Object.fromEntries([...common, ...names].map((name) => [name, { type: "string" }]));
    const { values } = parseArgs({
      options: { ...options, debug: { type: "boolean" }, source: { type: "string", multiple: true } },
    });
    const wit = join(folder, "wit.wasm");
    run(values["wasm-tools"], ["component", "wit", "--all-features", "--wasm", values.wit, "-o", wit]);
    await make({ ...values, wit, witFolder: values.wit }, folder);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program and gives what it writes; what it says is wrong is wrong with the build. */
export function run(program, args, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", env, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(error?.message ?? `${stdout}${stderr}`.trim());
  return stdout;
}

/** Puts the sources below a folder, as `change` makes them of their path and text. */
export function writeSources(values, folder, change = (_, text) => text) {
  for (const source of values.source) {
    const [path, file] = source.split("=");
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), change(path, readFileSync(file, "utf8")));
  }
}

/** A source without types, and with all else where it was. */
export function typeEraser(nodeModules) {
  const { transformSync } = createRequire(resolve(nodeModules, "x"))("amaro");
  return (path, text) =>
    /\.m?ts$/.test(path) ? transformSync(text, { mode: "strip-only", filename: path }).code : text;
}

/** A world of a WIT package, or the one of a component: its exports, each with its name and what is in it. */
export function readExports(values, file, world) {
  const wit = JSON.parse(run(values["wasm-tools"], ["component", "wit", "--json", file]));
  return Object.values(wit.worlds.findLast(({ name }) => name === world).exports).map((item) => {
    if (item.function) return { name: item.function.name, functions: [[camelCase(item.function.name)]] };
    const { name, package: id, functions } = wit.interfaces[item.interface.id];
    const [, owner, version] = /^([^@]*)(.*)$/.exec(wit.packages[id].name);
    const paths = Object.keys(functions).map((path) => [camelCase(name), ...functionPath(path)]);
    return { name: `${owner}/${name}${version}`, functions: paths };
  });
}

const camelCase = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/** `[method]shopping-cart.add` is `ShoppingCart.prototype.add`. */
function functionPath(name) {
  const [, kind, rest] = /^(?:\[(.*)\])?(.*)$/.exec(name);
  const [first, second] = rest.split(".").map(camelCase);
  if (!kind) return [first];
  const type = first[0].toUpperCase() + first.slice(1);
  if (kind === "constructor") return [type];
  return kind === "method" ? [type, "prototype", second] : [type, second];
}

/** A module that exports what the entry point does, and throws unless that is all of the world. */
export function checkedModule(values) {
  const functions = readExports(values, values.wit, values.world).flatMap((exported) => exported.functions);
  const from = JSON.stringify(`./${values.entry}`);
  return `import * as guest from ${from};
export * from ${from};
for (const path of ${JSON.stringify(functions)})
  if (typeof path.reduce((value, name) => value?.[name], guest) !== "function")
    throw new TypeError("expected ${values.entry} to export the function " + path.join(".") + ", as the world ${values.world} does");
`;
}
