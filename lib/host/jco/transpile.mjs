// Makes an ES module of a component file while a host runs, as the build does it beforehand. For Node.

import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { ComponentError, noGreeter } from "./errors.mjs";
import { FORMATTER, GREETER } from "./greeter.mjs";

/** The name of the module in a folder that a component was transpiled to. */
export const MODULE = "component.js";

const EXPECTED = "expected a WebAssembly component";

/** The files that the component in `file` becomes: a map from name to bytes. */
export async function transpile(file) {
  const bytes = await readComponent(file);
  const jco = createRequire(import.meta.url).resolve("@bytecodealliance/jco");
  const { transpile: toFiles } = await import(pathToFileURL(jco));
  let result;
  try {
    result = await toFiles(bytes, { name: "component", instantiation: "async", nodejsCompat: false, minify: true });
  } catch (cause) {
    const reason = String(cause.message ?? cause).replaceAll(/\s+/g, " ").trim();
    throw new ComponentError(`${file}: not a valid component: ${reason}`, { cause });
  }
  const exports = result.exports.map(([name]) => name);
  if (!exports.includes(GREETER)) throw noGreeter(file, GREETER, exports);
  const missing = result.imports.find((name) => name !== FORMATTER);
  if (missing) {
    throw new ComponentError(
      `${file}: imports ${missing}, which this host does not provide; it provides ${FORMATTER}`,
    );
  }
  return new Map(Object.entries(result.files));
}

/** Transpiles `file` to a folder that is there as long as `use(folder)` takes. */
export async function withTranspiled(file, use) {
  const files = await transpile(file);
  const folder = await mkdtemp(join(tmpdir(), "greeter-"));
  try {
    for (const [name, bytes] of files) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readComponent(file) {
  let bytes;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const reason = { ENOENT: "no such file", EISDIR: "is a directory", EACCES: "permission denied" }[cause.code];
    throw new ComponentError(`${file}: ${reason ?? cause.message}; ${EXPECTED}`, { cause });
  }
  if (bytes.length < 8 || bytes.readUInt32BE(0) !== 0x0061736d) {
    throw new ComponentError(`${file}: not WebAssembly; ${EXPECTED}`);
  }
  // The two bytes after the version tell a component from a core module.
  if (bytes.readUInt16LE(6) === 0) {
    throw new ComponentError(`${file}: a core module; ${EXPECTED} (\`wasm-tools component new\` makes one)`);
  }
  return bytes;
}
