// Plugins for Node.js programs: a WebAssembly component, opened from its file and called like a library.

import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";

import { ComponentError, TimeLimitError } from "./errors.mjs";
import { Files } from "./files.mjs";
import { Plugin as AnyPlugin } from "./plugin.mjs";
import { DESCRIPTION, instantiateOf, MODULE, transpile } from "./transpile.mjs";
import { count, MOST_TIME, options, text } from "./values.mjs";

export { recycle } from "./bytes.mjs";
export { ComponentError, PluginError, Resource, ResultError, TimeLimitError, TrapError } from "./plugin.mjs";

// The one way to end a WebAssembly call from outside its thread is a time limit on a script.
const context = vm.createContext({ call: undefined });
const script = new vm.Script("call()");

export class Plugin extends AnyPlugin {
  /**
   * Opens a plugin.
   *
   * @param path a component file (*.wasm), or the folder that the rule transpile made of one; a string, or a URL `file:`
   * @param given options:
   *   `imports` is what the guest may call: an object with one for each interface, by its short or full name;
   *   `maxMemory` is the largest size of a linear memory, in bytes;
   *   `timeout` is how long a call may take, in milliseconds; without it there is no limit, and a call takes
   *   microseconds instead of half a millisecond;
   *   `name` is how messages call the component;
   *   `wasi` is what the guest is granted of WASI 0.2, if it imports that: an object with `args`, `env`, `stdin` (bytes),
   *   `dirs` (texts as "HOST::GUEST:ro"), `output` (a function of "stdout" or "stderr" and a line; by default the console), `clock` (milliseconds since 1970 at
   *   which it stands still) and `random` (bytes that are repeated); or "none", which refuses such a component
   */
  static async open(path, given = {}) {
    const file = text("path", path instanceof URL ? fileURLToPath(path) : path);
    const { name = file, timeout, wasi, ...rest } = options(given, ["imports", "maxMemory", "timeout", "name", "wasi"]);
    text("name", name);
    count("timeout", timeout, MOST_TIME, "milliseconds");
    const { dirs, ...granted } = typeof wasi === "object" && wasi !== null ? wasi : {};
    const files = dirs && new Files(dirs);
    const plugin = await Plugin.start(name, await parts(file), { ...rest, wasi: files ? granted : wasi }, files);
    if (timeout !== undefined) plugin.within = (label, work) => within(timeout, `${name}: ${label}`, work);
    return plugin;
  }
}

function within(timeout, what, work) {
  context.call = work;
  try {
    return script.runInContext(context, { timeout });
  } catch (cause) {
    if (cause?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw cause;
    throw new TimeLimitError(`${what}: no result within ${timeout} ms`);
  }
}

/** What a component imports and exports, with all types; `path` is as for `Plugin.open`. */
export async function describe(path) {
  return (await parts(path)).description;
}

/** What a component is made of, as `Plugin.start` wants it; `path` is as for `Plugin.open`. */
export async function parts(path) {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) {
    const files = await transpile(path, { minify: false });
    const description = JSON.parse(files.get(DESCRIPTION));
    return { instantiate: instantiateOf(files), description, read: (file) => files.get(file) };
  }
  const description = await readFile(join(path, DESCRIPTION), "utf8").catch(() => undefined);
  if (description === undefined || !(await stat(join(path, MODULE)).catch(() => undefined))) {
    const wanted = description === undefined ? DESCRIPTION : MODULE;
    throw new ComponentError(
      `${path}: has no ${wanted}; expected a component, or a folder that the rule transpile made`,
    );
  }
  const { instantiate } = await import(pathToFileURL(resolve(path, MODULE)));
  return { instantiate, description: JSON.parse(description), read: (file) => readFile(join(path, file)) };
}
