// Makes JavaScript of a component file while a host runs, as the build does it beforehand. For Node.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { Worker } from "node:worker_threads";

import { ComponentError } from "./errors.mjs";
import { exact } from "./exact.mjs";
import { interfacesOf } from "./interfaces.mjs";

/** The names, in a folder that a component was transpiled to, of the module and of what tells its types. */
export const MODULE = "component.js";
export const DESCRIPTION = "interfaces.json";

const EXPECTED = "expected a WebAssembly component";

/** The files that the component in `file` becomes: a map from name to bytes. */
export async function transpile(file, { minify }) {
  const bytes = await readComponent(file);
  const jco = pathToFileURL(jcoFor(file)).href;
  let result;
  let description;
  try {
    result = await toFiles(jco, bytes, { name: "component", instantiation: "async", nodejsCompat: false, minify });
    description = interfacesOf(bytes);
  } catch (cause) {
    const reason = String(cause.message ?? cause)
      .replaceAll(/\s+/g, " ")
      .trim();
    throw new ComponentError(`${file}: not a valid component: ${reason}`, { cause });
  }
  const module = exact(Buffer.from(result.files[MODULE]).toString());
  const made = { ...result.files, [MODULE]: Buffer.from(module) };
  return new Map([...Object.entries(made), [DESCRIPTION, Buffer.from(JSON.stringify(description))]]);
}

/**
 * The function `instantiate` of a module that `transpile` made, not minified. Node keeps every ES module that it ever
 * imported; so this one is made a function, which goes when nobody has it any more.
 */
export function instantiateOf(files) {
  const code = Buffer.from(files.get(MODULE))
    .toString()
    .replaceAll(/^ *export (?=function instantiate\(|const _util = )/gm, "")
    // Where the core modules are, if nobody hands them over.
    .replaceAll("import.meta.url", "undefined");
  return vm.compileFunction(`"use strict";${code}\nreturn instantiate;`, [], { filename: MODULE })();
}

/** Whether jco's transpiler, which is a component itself, has failed within. */
export const isTrap = (cause) => cause instanceof WebAssembly.RuntimeError;

// One that has trapped is of no more use, and a module is there only once: a thread has another.
let hasTrapped = false;
let thread;
let turn = Promise.resolve();

/** Asks jco, in a thread if its transpiler in this one has trapped. */
async function toFiles(jco, ...args) {
  if (hasTrapped) {
    const answer = turn.then(() => ask(jco, args));
    turn = answer.catch(() => {});
    const { files, reason } = await answer;
    if (!files) throw new Error(reason);
    return { files };
  }
  try {
    const { transpile } = await import(jco);
    return await transpile(...args);
  } catch (cause) {
    hasTrapped = isTrap(cause);
    throw cause;
  }
}

async function ask(jco, args) {
  thread ??= new Worker(new URL("transpiler.mjs", import.meta.url), { workerData: jco });
  const asked = thread;
  // The program may end while there is nothing to answer.
  asked.ref();
  asked.postMessage(args);
  try {
    const [{ files, reason, hasTrapped }] = await once(asked, "message");
    if (hasTrapped) throw new WebAssembly.RuntimeError(reason);
    return { files, reason };
  } catch (cause) {
    thread = undefined;
    asked.terminate();
    throw cause;
  } finally {
    asked.unref();
  }
}

function jcoFor(file) {
  try {
    return createRequire(import.meta.url).resolve("@bytecodealliance/jco");
  } catch (cause) {
    const reason = "to open a component's file takes the npm package @bytecodealliance/jco, which is not there";
    throw new ComponentError(`${file}: ${reason}`, { cause });
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
