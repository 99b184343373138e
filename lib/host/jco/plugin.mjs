// A plugin: a component as jco makes an ES module of it, instantiated. For Node and for browsers.

import { copied } from "./bytes.mjs";
import { ComponentError, PluginError, ResultError, TrapError } from "./errors.mjs";
import { Faces } from "./faces.mjs";
import { Imports, Thrown } from "./imports.mjs";
import { bounded } from "./memory.mjs";
import { functionName } from "./names.mjs";
import { Handle, Instance } from "./resources.mjs";
import { camel, checkers, mappers, pascal } from "./types.mjs";
import { count, MOST_MEMORY, options, shown, wrong } from "./values.mjs";
import { grants, isWasi, Wasi } from "./wasi.mjs";

export { ComponentError, PluginError, ResultError, TimeLimitError, TrapError } from "./errors.mjs";
export { Resource } from "./faces.mjs";

export const DEFAULT_MAX_MEMORY = 64 * 2 ** 20;

const instantiateAsync = (module, imports) => WebAssembly.instantiate(module, imports);
const instantiateSync = (module, imports) => new WebAssembly.Instance(module, imports);
// Chromium makes an instance of a larger module on a page by a promise alone.
const MOST_AT_ONCE = 8 * 2 ** 20;
const isPage = "document" in globalThis;

export class Plugin extends Faces {
  #classes;
  #current;
  #functions = 0;
  #imports;
  #map;
  #name;
  #start;
  /** What `#start` does, by a promise, where there is no other way. */
  #startLarge;
  /** The promise of an instance, while there is none. */
  #starting;
  #wasi;

  /** A host that can end what takes too long has a function here: it does `work`, the call of the function `label`. */
  within = undefined;

  /**
   * Makes a component ready.
   *
   * @param name how messages call the component
   * @param parts `instantiate`, what the module that jco made exports; `description`, what `interfaces.json` beside it
   *   has; `read`, a function that resolves the name of a core module to its bytes
   * @param given options: `imports`, what the guest may call, by interface; `maxMemory`, the largest size of a linear
   *   memory in bytes; `wasi`, what it is granted of WASI, if it imports that, or "none"
   * @param files directories of WASI, where the host has such
   */
  static async start(name, { instantiate, description, read }, given = {}, files = undefined) {
    const { imports = {}, maxMemory = DEFAULT_MAX_MEMORY } = options(given, ["imports", "maxMemory", "wasi"]);
    const granted = grants(given.wasi);
    count("maxMemory", maxMemory, MOST_MEMORY, "bytes");
    if (typeof imports !== "object" || imports === null) {
      throw wrong(TypeError, `imports: expected an object, got ${shown(imports)}`);
    }
    const plugin = new this();
    plugin.#name = name;
    if (granted && Object.keys(description.imports).some(isWasi)) plugin.#wasi = new Wasi(name, granted, files);
    plugin.#prepare(description, imports);
    const { forJco } = plugin.#imports;
    instantiate.copied = copied;
    const modules = new Map();
    let largest = 0;
    const compile = async (file) => {
      const bytes = bounded(name, await read(file), maxMemory);
      const module = await compiled(name, bytes);
      largest = Math.max(largest, bytes.length);
      modules.set(file, module);
      return module;
    };
    try {
      plugin.#current = new Instance(await instantiate(compile, forJco, instantiateAsync));
      plugin.#wasi?.end();
    } catch (cause) {
      if (cause instanceof Thrown) throw cause.value;
      if (cause instanceof ComponentError) throw cause;
      throw new ComponentError(`${name}: cannot be started: ${cause.message}`, { cause });
    }
    const again = (instantiateCore) => {
      plugin.#wasi?.begin();
      return instantiate((file) => modules.get(file), forJco, instantiateCore);
    };
    // With its modules at hand jco's function needs no promise, so that a call is never one.
    plugin.#start = () => new Instance(again(instantiateSync));
    if (isPage && largest > MOST_AT_ONCE) plugin.#startLarge = async () => new Instance(await again(instantiateAsync));
    return plugin;
  }

  /**
   * Resolves when a call finds an instance. It always does, but for a component with a core module of more than 8 MB on a
   * page: that has a fresh instance some time after a trap, and calls before that are errors.
   */
  async ready() {
    await this.#starting;
  }

  #prepare(description, imports) {
    const { types } = description;
    const of = checkers(types, (resource, Wrong) => {
      const expected = `a ${pascal(types[resource].resource[1])} of the running instance`;
      return (value) => {
        const ofHost = this.#imports.check(resource, value, Wrong);
        if (ofHost !== null) return ofHost;
        const handle = Handle.of(value);
        const isUsable = handle?.raw && handle.resource === resource && handle.instance === this.#current;
        return isUsable ? undefined : new Wrong(expected, value);
      };
    });
    this.#map = mappers(types);
    this.#imports = new Imports(this.#name, description, imports, { of, map: this.#map, wasi: this.#wasi });
    this.#classes = this.expose(this.#name, description, {
      of,
      callOf: (face, name, type, label) => this.#callOf(face, name, type, label),
      drop: (object) => Handle.of(object).drop(),
    });
  }

  #callOf(face, name, type, label) {
    const { kind, resource, own } = functionName(name);
    const raw = {
      function: ({ exports }) => (face === undefined ? exports : exports[face])[camel(own)],
      method:
        () =>
        (self, ...args) =>
          self[camel(own)](...args),
      static: ({ exports }) => exports[face][pascal(resource)][camel(own)],
      constructor:
        ({ exports }) =>
        (...args) =>
          new exports[face][pascal(resource)](...args),
    }[kind];
    const fallible = this.description.types[type.result]?.result;
    const plan = { label, call: this.#mapped(raw, type, fallible), fallible };
    return (args) => this.#invoke(plan, args);
  }

  /** Calls jco's function; only where handles are among the values these are made others on the way. */
  #mapped(raw, { params, result }, fallible) {
    const maps = params.map(([, type]) => this.#map(type));
    const mapResult = this.#map(fallible ? fallible[0] : result);
    const number = this.#functions++;
    // What an instance has by these names is looked up once.
    const of = (instance) => {
      instance.functions[number] ??= raw(instance);
      return instance.functions[number];
    };
    if (!maps.some(Boolean) && !mapResult) return (instance, args) => of(instance)(...args);
    const toGuest = (value, resource, isOwn) => {
      const handle = Handle.of(value);
      if (!handle) return this.#imports.standFor(value, resource);
      return isOwn ? handle.take() : handle.raw;
    };
    return (instance, args) => {
      const given = args.map((arg, at) => (maps[at] ? maps[at](arg, toGuest) : arg));
      const value = of(instance)(...given);
      return mapResult ? mapResult(value, this.#fromGuest(instance)) : value;
    };
  }

  #fromGuest(instance) {
    return (value, resource) => {
      const Class = this.#classes.get(resource);
      if (!Class) return value.own;
      const object = Object.create(Class.prototype);
      new Handle(object, value, instance, resource, (handle) => this.#drop(handle, Class.name));
      return object;
    };
  }

  #drop(handle, label) {
    if (handle.instance === this.#current) {
      this.#invoke({ label: `drop of a ${label}`, call: () => handle.take()[Symbol.dispose]() });
    } else {
      handle.instance.waiting.push(handle);
    }
  }

  #invoke({ label, call, fallible }, args) {
    // Whatever ends a call early leaves its instance in a state that nobody knows: only a call that returns keeps it.
    let instance = this.#current;
    this.#current = undefined;
    if (!instance && this.#startLarge) {
      this.#restart();
      throw new PluginError(`${this.#name}: ${label}: a fresh instance is being made; ready() waits for it`);
    }
    let result;
    try {
      instance ??= this.#started(label);
      result = this.within === undefined ? call(instance, args) : this.#bounded(label, call, instance, args);
      this.#wasi?.end();
    } catch (cause) {
      this.#wasi?.end();
      if (fallible && Object.hasOwn(Object(cause), "payload") && !(cause instanceof Thrown)) {
        this.#idle(instance);
        const map = this.#map(fallible[1]);
        throw new ResultError(map ? map(cause.payload, this.#fromGuest(instance)) : cause.payload);
      }
      instance?.end();
      this.#restart();
      if (cause instanceof Thrown) throw cause.value;
      throw this.#trap(cause);
    }
    this.#idle(instance);
    return result;
  }

  #trap(cause) {
    if (cause instanceof TrapError) return cause;
    const reason = String(cause?.message ?? cause).replace(/^wasm trap: /, "");
    return new TrapError(`${this.#name}: trap: ${reason}`, { cause });
  }

  /** Has a fresh instance made where a call cannot. */
  #restart() {
    if (!this.#startLarge || this.#starting) return;
    const made = async () => {
      try {
        const instance = await this.#startLarge();
        this.#current ??= instance;
      } catch (cause) {
        throw this.#trap(cause);
      } finally {
        this.#starting = undefined;
      }
    };
    this.#starting = made();
    // It is told by `ready`, and tried again by the next call.
    this.#starting.catch(() => {});
  }

  #started(label) {
    return this.within === undefined ? this.#start() : this.within(label, this.#start);
  }

  #bounded(label, call, instance, args) {
    return this.within(label, () => call(instance, args));
  }

  #idle(instance) {
    this.#current = instance;
    if (instance.waiting.length > 0) for (const handle of instance.waiting.splice(0)) handle.drop();
  }
}

async function compiled(name, bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new ComponentError(`${name}: not valid WebAssembly: ${cause.message}`, { cause });
  }
}
