// A greeter: a component as jco makes an ES module of it, instantiated. For Node and for browsers.

import { ComponentError, noGreeter, TrapError } from "./errors.mjs";
import { importsOf, outcome, provide } from "./imports.mjs";
import { bounded } from "./memory.mjs";
import { count, MOST_MEMORY, options, text } from "./values.mjs";

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
   * @param formatter an object with `reverse(text)`, for guests that ask for it
   * @param maxMemory the largest size of a linear memory, in bytes
   */
  static async start(name, instantiate, read, given = {}) {
    const { formatter, maxMemory = DEFAULT_MAX_MEMORY } = options(given, ["formatter", "maxMemory"]);
    count("maxMemory", maxMemory, MOST_MEMORY, "bytes");
    const provided = {};
    if (formatter !== undefined) provided[FORMATTER] = provide("formatter", formatter, ["reverse"]);
    const imports = importsOf(name, provided);
    const modules = new Map();
    const compile = async (file) => {
      const module = await compiled(name, bounded(name, await read(file), maxMemory));
      modules.set(file, module);
      return module;
    };
    let exports;
    try {
      exports = await instantiate(compile, imports, instantiateSync);
    } catch (cause) {
      throw outcome(cause, (cause) => {
        if (cause instanceof ComponentError) return cause;
        return new ComponentError(`${name}: cannot be started: ${cause.message}`, { cause });
      });
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
    text("name", name);
    // Whatever ends a call early leaves its instance in a state that nobody knows: only a call that returns keeps it.
    let guest = this.#guest;
    this.#guest = undefined;
    let greeting;
    try {
      greeting = this.within(() => {
        guest ??= this.#start();
        return guest.greet(name, Boolean(up));
      });
    } catch (cause) {
      throw outcome(cause, (cause) => {
        if (cause instanceof TrapError) return cause;
        return new TrapError(`${this.name}: trap: ${cause.message.replace(/^wasm trap: /, "")}`, { cause });
      });
    }
    this.#guest = guest;
    return greeting;
  }

  /** Does `work` in the guest; a host that can end what takes too long does so here. */
  within(work) {
    return work();
  }
}

async function compiled(name, bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new ComponentError(`${name}: not valid WebAssembly: ${cause.message}`, { cause });
  }
}
