// A greeter: a component as jco makes an ES module of it, instantiated. For Node and for browsers.

import { bounded } from "./memory.mjs";
import { ComponentError, TrapError, noGreeter } from "./errors.mjs";

export { ComponentError, GreeterError, TrapError } from "./errors.mjs";

/** What a guest exports. */
export const GREETER = "anyhost:hello/greeter@1.0.0";
/** What a host gives a guest that asks for it, as jco names it. */
export const FORMATTER = "anyhost:hello/formatter";

export const DEFAULT_MAX_MEMORY = 64 * 2 ** 20;

const instantiateSync = (module, imports) => new WebAssembly.Instance(module, imports);

export class Greeter {
  #start;
  #guest;

  /**
   * Makes a component ready to greet.
   *
   * @param name how messages call the component
   * @param instantiate what the module that jco made exports
   * @param read a function that resolves the name of a core module to its bytes
   * @param formatter an object with `reverse(text)`: what the host does for guests
   * @param maxMemory the largest size of a linear memory, in bytes
   */
  static async start(name, instantiate, read, { formatter, maxMemory = DEFAULT_MAX_MEMORY }) {
    const modules = new Map();
    const compile = async (file) => {
      const module = await compiled(name, bounded(name, await read(file), maxMemory));
      modules.set(file, module);
      return module;
    };
    const imports = { [FORMATTER]: { reverse: (text) => formatter.reverse(text) } };
    let exports;
    try {
      exports = await instantiate(compile, imports, instantiateSync);
    } catch (cause) {
      if (cause instanceof ComponentError) throw cause;
      throw new ComponentError(`${name}: cannot be started: ${cause.message}`, { cause });
    }
    if (!exports[GREETER]) throw noGreeter(name, GREETER, Object.keys(exports));

    const greeter = new this();
    greeter.name = name;
    greeter.#guest = exports[GREETER];
    // With its modules at hand jco's function needs no promise, so that a greeting is never one.
    greeter.#start = () => instantiate((file) => modules.get(file), imports, instantiateSync)[GREETER];
    return greeter;
  }

  /** Greets `name`, in upper case with `up`. */
  greet(name, up = false) {
    if (typeof name !== "string") throw new TypeError(`the name to greet is a ${typeof name}, expected a string`);
    // Whatever ends a call early leaves its instance in a state that nobody knows: only a call that returns keeps it.
    let guest = this.#guest;
    this.#guest = undefined;
    let greeting;
    try {
      guest ??= this.#start();
      greeting = guest.greet(name, Boolean(up));
    } catch (cause) {
      if (!(cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError)) throw cause;
      throw new TrapError(`${this.name}: trap: ${cause.message.replace(/^wasm trap: /, "")}`, { cause });
    }
    this.#guest = guest;
    return greeting;
  }
}

async function compiled(name, bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new ComponentError(`${name}: not valid WebAssembly: ${cause.message}`, { cause });
  }
}
