// Greeters for Node.js programs: a WebAssembly component, loaded and called like a library.

import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";

import { ComponentError, Greeter as AnyGreeter, TrapError } from "../../lib/host/jco/greeter.mjs";
import { MODULE, withTranspiled } from "../../lib/host/jco/transpile.mjs";
import * as ownFormatter from "./formatter.mjs";

export { ComponentError, GreeterError, TrapError } from "../../lib/host/jco/greeter.mjs";

// The one way to end a WebAssembly call from outside its thread is a time limit on a script.
const context = vm.createContext({ call: undefined });
const script = new vm.Script("call()");

export class Greeter extends AnyGreeter {
  #timeout;

  /**
   * Loads a greeter.
   *
   * @param path a component file (*.wasm), or the folder that `jco_transpile` made of one
   * @param name how messages call the component
   * @param formatter an object with `reverse(text)`, for guests that ask for it
   * @param maxMemory the largest size of a linear memory, in bytes
   * @param timeout how long a greeting may take, in milliseconds; without it there is no limit, and a greeting takes
   *   microseconds instead of half a millisecond
   */
  static async load(path, { name = String(path), formatter = ownFormatter, maxMemory, timeout } = {}) {
    const start = async (folder) => {
      const { instantiate } = await import(pathToFileURL(resolve(folder, MODULE)));
      return this.start(name, instantiate, (file) => readFile(join(folder, file)), { formatter, maxMemory });
    };
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() && !(await stat(join(path, MODULE)).catch(() => undefined))) {
      throw new ComponentError(`${path}: has no ${MODULE}; expected a component, or a folder that jco_transpile made`);
    }
    const greeter = found?.isDirectory() ? await start(path) : await withTranspiled(path, start);
    greeter.#timeout = timeout;
    return greeter;
  }

  greet(name, up = false) {
    if (this.#timeout === undefined) return super.greet(name, up);
    context.call = () => super.greet(name, up);
    try {
      return script.runInContext(context, { timeout: this.#timeout });
    } catch (cause) {
      if (cause.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw cause;
      throw new TrapError(`${this.name}: no greeting within ${this.#timeout} ms`);
    }
  }
}
