// Greeters for Node.js programs: a WebAssembly component, loaded and called like a library.

import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";

import { Greeter as AnyGreeter, ComponentError, TrapError } from "../../lib/host/jco/greeter.mjs";
import { instantiateOf, MODULE, transpile } from "../../lib/host/jco/transpile.mjs";
import { count, MOST_TIME, options, text } from "../../lib/host/jco/values.mjs";
import * as ownFormatter from "./formatter.mjs";

export { ComponentError, GreeterError, TrapError } from "../../lib/host/jco/greeter.mjs";

// The one way to end a WebAssembly call from outside its thread is a time limit on a script.
const context = vm.createContext({ call: undefined });
const script = new vm.Script("call()");

const OPTIONS = ["name", "formatter", "maxMemory", "timeout"];

export class Greeter extends AnyGreeter {
  #timeout;

  /**
   * Loads a greeter.
   *
   * @param path a component file (*.wasm), or the folder that the rule transpile made of one; a string, or a URL `file:`
   * @param given options:
   *   `name` is how messages call the component;
   *   `formatter` is an object with `reverse(text)`, for guests that ask for it;
   *   `maxMemory` is the largest size of a linear memory, in bytes;
   *   `timeout` is how long a greeting may take, in milliseconds; without it there is no limit, and a greeting takes
   *   microseconds instead of half a millisecond
   */
  static async load(path, given = {}) {
    const file = text("path", path instanceof URL ? fileURLToPath(path) : path);
    const { name = file, formatter = ownFormatter, maxMemory, timeout } = options(given, OPTIONS);
    text("name", name);
    count("timeout", timeout, MOST_TIME, "milliseconds");
    const greeter = await Greeter.start(name, ...(await parts(file)), { formatter, maxMemory });
    greeter.#timeout = timeout;
    return greeter;
  }

  within(work) {
    if (this.#timeout === undefined) return work();
    context.call = work;
    try {
      return script.runInContext(context, { timeout: this.#timeout });
    } catch (cause) {
      if (cause.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw cause;
      throw new TrapError(`${this.name}: no greeting within ${this.#timeout} ms`);
    }
  }
}

/** What a component is made of: the function `instantiate`, and one that reads a core module. */
async function parts(path) {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) {
    const files = await transpile(path, { minify: false });
    return [instantiateOf(files), (file) => files.get(file)];
  }
  const module = join(path, MODULE);
  if (!(await stat(module).catch(() => undefined))) {
    throw new ComponentError(
      `${path}: has no ${MODULE}; expected a component, or a folder that the rule transpile made`,
    );
  }
  const { instantiate } = await import(pathToFileURL(resolve(module)));
  return [instantiate, (file) => readFile(join(path, file))];
}
