// Checks a component's sources in TypeScript with the types of its world, which it writes.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { main, run, writeSources } from "./js_sources.mjs";

const ENTRY = "anyhost-component.ts";

await main([], async (values, folder) => {
  const modules = resolve(values["node-modules"]);
  const types = await writeTypes(values, modules);
  writeSources(values, folder);
  // What the entry point exports is what the world does.
  const world = /^declare module '([^']+)'/m.exec(readFileSync(join(values.out, types.at(-1)), "utf8"))[1];
  const check = `import * as guest from "./${values.entry}";
import type * as world from "${world}";
guest satisfies Pick<typeof world, keyof typeof world>;
`;
  writeFileSync(join(folder, ENTRY), check);
  const compiler = join(modules, "typescript-compiler-api/lib/tsc.js");
  const flags = [
    "--strict",
    "--noEmit",
    "--erasableSyntaxOnly",
    "--verbatimModuleSyntax",
    "--allowImportingTsExtensions",
  ];
  const language = ["--module", "esnext", "--moduleResolution", "bundler", "--target", "es2023", "--lib", "es2023"];
  const files = [...types.map((path) => resolve(values.out, path)), join(folder, ENTRY)];
  process.chdir(folder);
  try {
    run(process.execPath, [compiler, ...flags, ...language, "--pretty", "false", ...files]);
  } catch (error) {
    throw new Error(error.message.replace(/^(?=\S+\(\d+,\d+\): )/gm, `${values.package}/`));
  }
});

/** Writes the types of the world, of which the last file is the world's own. */
async function writeTypes(values, modules) {
  const bindgen = join(modules, "@bytecodealliance/jco-transpile/vendor/js-component-bindgen-component.js");
  const { $init, generateTypes } = await import(pathToFileURL(bindgen));
  await $init;
  const options = { world: values.world, features: { tag: "list", val: [] }, guest: true };
  const files = generateTypes(values.world, { ...options, wit: { tag: "binary", val: readFileSync(values.wit) } });
  for (const [path, text] of files) {
    const file = join(values.out, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return files.map(([path]) => path);
}
