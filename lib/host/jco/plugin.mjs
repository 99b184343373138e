// A plugin: a component as jco makes an ES module of it, instantiated. For Node and for browsers.

import { ComponentError, missing, PluginError, ResultError, TrapError } from "./errors.mjs";
import { functionName, Imports, labelOf, namesOf, resourcesOf, Thrown } from "./imports.mjs";
import { bounded } from "./memory.mjs";
import { Handle, Instance, Resource } from "./resources.mjs";
import { camel, checkers, mappers, pascal, unsupported } from "./types.mjs";
import { count, MOST_MEMORY, options, shown } from "./values.mjs";

export { Resource } from "./resources.mjs";

export const DEFAULT_MAX_MEMORY = 64 * 2 ** 20;

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

const instantiateSync = (module, imports) => new WebAssembly.Instance(module, imports);

/** The prototype of an object whose missing properties are errors, save those that JavaScript asks every object for. */
function strict(reason) {
  return new Proxy(Object.prototype, {
    get(target, key, receiver) {
      // Who prints it asks for much that is not there.
      if (key === INSPECT) return () => `[${Object.keys(receiver).join(", ")}]`;
      if (typeof key === "symbol" || key in target || key === "then" || key === "toJSON") {
        return Reflect.get(target, key, receiver);
      }
      throw new PluginError(reason(key, receiver));
    },
  });
}

export class Plugin {
  #classes = new Map();
  #current;
  #description;
  #imports;
  #interfaces = new Map();
  #map;
  #name;
  #of;
  #start;

  static {
    Object.setPrototypeOf(Plugin.prototype, strict((key, plugin) => plugin.#missing(key)));
  }

  /**
   * Makes a component ready.
   *
   * @param name how messages call the component
   * @param parts `instantiate`, what the module that jco made exports; `description`, what `interfaces.json` beside it
   *   has; `read`, a function that resolves the name of a core module to its bytes
   * @param given options: `imports`, what the guest may call, by interface; `maxMemory`, the largest size of a linear
   *   memory in bytes
   */
  static async start(name, { instantiate, description, read }, given = {}) {
    const { imports = {}, maxMemory = DEFAULT_MAX_MEMORY } = options(given, ["imports", "maxMemory"]);
    count("maxMemory", maxMemory, MOST_MEMORY, "bytes");
    if (typeof imports !== "object" || imports === null) {
      throw new TypeError(`imports: expected an object, got ${shown(imports)}`);
    }
    const plugin = new this();
    plugin.#name = name;
    plugin.#description = description;
    plugin.#prepare(imports);
    const { forJco } = plugin.#imports;
    const modules = new Map();
    const compile = async (file) => {
      const module = await compiled(name, bounded(name, await read(file), maxMemory));
      modules.set(file, module);
      return module;
    };
    try {
      plugin.#current = new Instance(await instantiate(compile, forJco, instantiateSync));
    } catch (cause) {
      if (cause instanceof Thrown) throw cause.value;
      if (cause instanceof ComponentError) throw cause;
      throw new ComponentError(`${name}: cannot be started: ${cause.message}`, { cause });
    }
    // With its modules at hand jco's function needs no promise, so that a call is never one.
    plugin.#start = () => new Instance(instantiate((file) => modules.get(file), forJco, instantiateSync));
    return plugin;
  }

  /** An interface that the guest exports, by its full name or by a shorter one that no other has. */
  interface(name) {
    const found = this.#interfaces.get(name);
    if (found?.size !== 1) throw new PluginError(this.#missing(name));
    return found.values().next().value;
  }

  /** What the guest imports and exports, with all types, as `interfaces.json` has it. */
  get description() {
    return this.#description;
  }

  /** Does `work`, the call of the function `label`, in the guest; a host that can end what takes too long does so here. */
  within(_label, work) {
    return work();
  }

  #missing(name) {
    const several = this.#interfaces.get(name);
    if (several) return `${this.#name}: ${name} is more than one interface: ${[...several.keys()].join(", ")}`;
    return `${this.#name}: ${missing("interface", name, Object.keys(this.#description.exports))}`;
  }

  #prepare(imports) {
    const { types, exports } = this.#description;
    this.#map = mappers(types);
    this.#of = checkers(types, (resource, Wrong) => {
      const expected = `a ${pascal(types[resource].resource[1])} of the running instance`;
      return (value) => {
        const ofHost = this.#imports.check(resource, value, Wrong);
        if (ofHost !== null) return ofHost;
        const handle = Handle.of(value);
        const isUsable = handle?.raw && handle.resource === resource && handle.instance === this.#current;
        return isUsable ? undefined : new Wrong(expected, value);
      };
    });
    this.#imports = new Imports(this.#name, this.#description, imports, { of: this.#of, map: this.#map });
    for (const [name, item] of Object.entries(exports)) {
      if ("params" in item) {
        this[camel(name)] = this.#function(undefined, name, item);
        continue;
      }
      const made = this.#interface(name, item);
      for (const short of new Set(namesOf(name))) {
        if (!this.#interfaces.has(short)) this.#interfaces.set(short, new Map());
        this.#interfaces.get(short).set(name, made);
      }
    }
    for (const [short, found] of this.#interfaces) if (found.size === 1 && !(short in this)) this[short] = this.interface(short);
  }

  #interface(face, functions) {
    const made = Object.create(
      strict((key) => `${this.#name}: ${missing("function", `${key} in ${face}`, Object.keys(made))}`),
    );
    for (const [name, resource] of resourcesOf(this.#description, face)) {
      const Class = resourceClass(labelOf(face, `[constructor]${name}`), pascal(name));
      made[Class.name] = Class;
      this.#classes.set(resource, Class);
    }
    for (const [name, type] of Object.entries(functions)) {
      const { kind, resource, own } = functionName(name);
      const call = this.#function(face, name, type);
      if (kind === "function") {
        made[camel(own)] = call;
        continue;
      }
      const Class = made[pascal(resource)];
      if (kind === "constructor") Class.make = call;
      else if (kind === "static") Class[camel(own)] = call;
      else {
        Class.prototype[camel(own)] = function (...args) {
          return call(this, ...args);
        };
      }
    }
    return made;
  }

  /** The function of that name: it looks at its arguments, and calls the guest. */
  #function(face, name, type) {
    const { types } = this.#description;
    const { kind, resource, own } = functionName(name);
    const label = labelOf(face, name);
    const cannot = unsupported(types, type);
    if (cannot) {
      return () => {
        throw new PluginError(`${this.#name}: ${label}: uses what cannot be called from JavaScript: ${cannot}`);
      };
    }
    const names = type.params.map(([param]) => (kind === "method" && param === "self" ? "this" : camel(param)));
    const checks = type.params.map(([, param]) => this.#of(param));
    const raw = {
      function: ({ exports }) => (face === undefined ? exports : exports[face])[camel(own)],
      method: () => (self, ...args) => self[camel(own)](...args),
      static: ({ exports }) => exports[face][pascal(resource)][camel(own)],
      constructor: ({ exports }) => (...args) => new exports[face][pascal(resource)](...args),
    }[kind];
    const fallible = types[type.result]?.result;
    const call = this.#mapped(raw, type, fallible);
    const plan = { label, call, fallible };
    const most = checks.length;
    return (...args) => {
      if (args.length > most) throw new TypeError(`${label}: expected ${most} arguments, got ${args.length}`);
      for (let at = 0; at < most; at++) {
        const wrong = checks[at](args[at]);
        if (wrong) throw wrong.error(names[at]);
      }
      return this.#invoke(plan, args);
    };
  }

  /** Calls jco's function; only where handles are among the values these are made others on the way. */
  #mapped(raw, { params, result }, fallible) {
    const maps = params.map(([, type]) => this.#map(type));
    const mapResult = this.#map(fallible ? fallible[0] : result);
    if (!maps.some(Boolean) && !mapResult) return (instance, args) => raw(instance)(...args);
    const toGuest = (value, resource, isOwn) => {
      const handle = Handle.of(value);
      return handle ? (isOwn ? handle.take() : handle.raw) : this.#imports.standFor(value, resource);
    };
    return (instance, args) => {
      const given = args.map((arg, at) => (maps[at] ? maps[at](arg, toGuest) : arg));
      const value = raw(instance)(...given);
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
      this.#invoke({ label: `drop of ${label}`, call: () => handle.take()[Symbol.dispose]() });
    } else {
      handle.instance.waiting.push(handle);
    }
  }

  #invoke({ label, call, fallible }, args) {
    // Whatever ends a call early leaves its instance in a state that nobody knows: only a call that returns keeps it.
    let instance = this.#current;
    this.#current = undefined;
    let result;
    try {
      result = this.within(label, () => {
        instance ??= this.#start();
        return call(instance, args);
      });
    } catch (cause) {
      if (fallible && Object.hasOwn(Object(cause), "payload") && !(cause instanceof Thrown)) {
        this.#idle(instance);
        const map = this.#map(fallible[1]);
        throw new ResultError(map ? map(cause.payload, this.#fromGuest(instance)) : cause.payload);
      }
      instance?.end();
      if (cause instanceof Thrown) throw cause.value;
      if (cause instanceof TrapError) throw cause;
      const reason = String(cause?.message ?? cause).replace(/^wasm trap: /, "");
      throw new TrapError(`${this.#name}: trap: ${reason}`, { cause });
    }
    this.#idle(instance);
    return result;
  }

  #idle(instance) {
    this.#current = instance;
    while (instance.waiting.length) instance.waiting.pop().drop();
  }
}

/** A class for a resource of the guest's; `make` is its constructor, once there is one. */
function resourceClass(label, name) {
  const Class = class extends Resource {
    static make() {
      throw new TypeError(`${label}: there is no constructor`);
    }
    constructor(...args) {
      // biome-ignore lint/correctness/noConstructorReturn: the guest makes the object.
      // biome-ignore lint/correctness/noInvalidThisBeforeSuper: what is returned takes the place of `this`.
      return Class.make(...args);
    }
  };
  return Object.defineProperty(Class, "name", { value: name });
}

async function compiled(name, bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new ComponentError(`${name}: not valid WebAssembly: ${cause.message}`, { cause });
  }
}
