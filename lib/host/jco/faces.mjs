// What a program sees of a plugin: its interfaces, with their functions and classes, by their names.

import { missing, PluginError } from "./errors.mjs";
import { functionName, labelOf, namesOf, resourcesOf } from "./names.mjs";
import { camel, pascal, unsupported } from "./types.mjs";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** The prototype of an object whose missing properties are errors, save those that JavaScript itself asks every object for. */
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

/** What the classes of all resources of guests extend. */
export class Resource {
  constructor(...args) {
    if (!new.target.make) throw new TypeError(`${new.target.name}: there is no constructor`);
    // biome-ignore lint/correctness/noConstructorReturn: the guest makes the object.
    return new.target.make(...args);
  }
}

export class Faces {
  #description;
  #interfaces = new Map();
  #name;

  static {
    Object.setPrototypeOf(
      Faces.prototype,
      strict((key, plugin) => plugin.#missing(key)),
    );
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

  /**
   * Gives this object its interfaces; for hosts, once.
   *
   * @param name how messages call the component
   * @param description what it exports
   * @param of gives the checker of a type
   * @param callOf gives the function that calls the guest with arguments that are well; it takes the name of the
   *   interface, of the function, its type and its label
   * @param drop drops the handle that an object is
   * @param isAsync whether functions return promises
   * @return the classes of the guest's resources, by number of the type
   */
  expose(name, description, { of, callOf, drop, isAsync = false }) {
    this.#name = name;
    this.#description = description;
    const classes = new Map();
    const functionOf = (face, own, type) => {
      const label = labelOf(face, own);
      const cannot = unsupported(description.types, type);
      const refuse = () => {
        throw new PluginError(`${name}: ${label}: uses what cannot be called from JavaScript: ${cannot}`);
      };
      const call = cannot ? refuse : checked(label, own, type, of, callOf(face, own, type, label));
      return isAsync ? async (...args) => call(...args) : call;
    };
    for (const [full, item] of Object.entries(description.exports)) {
      if ("params" in item) {
        this[camel(full)] = functionOf(undefined, full, item);
        continue;
      }
      const made = this.#interface(full, item, { classes, drop, functionOf });
      for (const short of new Set(namesOf(full))) {
        if (!this.#interfaces.has(short)) this.#interfaces.set(short, new Map());
        this.#interfaces.get(short).set(full, made);
      }
    }
    for (const [short, found] of this.#interfaces) {
      if (found.size === 1 && !(short in this)) this[short] = this.interface(short);
    }
    return classes;
  }

  #interface(face, functions, { classes, drop, functionOf }) {
    const made = Object.create(
      strict((key) => `${this.#name}: ${missing("function", `${key} in ${face}`, Object.keys(made))}`),
    );
    for (const [name, resource] of resourcesOf(this.#description, face)) {
      const Class = class extends Resource {
        [Symbol.dispose]() {
          return drop(this);
        }
      };
      made[pascal(name)] = Object.defineProperty(Class, "name", { value: pascal(name) });
      classes.set(resource, Class);
    }
    for (const [name, type] of Object.entries(functions)) {
      const { kind, resource, own } = functionName(name);
      const call = functionOf(face, name, type);
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

  #missing(name) {
    const several = this.#interfaces.get(name);
    if (several) return `${this.#name}: ${name} is more than one interface: ${[...several.keys()].join(", ")}`;
    return `${this.#name}: ${missing("interface", name, Object.keys(this.#description.exports))}`;
  }
}

/** A function that looks at its arguments, and then calls. */
function checked(label, name, { params }, of, call) {
  const isMethod = functionName(name).kind === "method";
  const names = params.map(([param], at) => (isMethod && at === 0 ? "this" : camel(param)));
  const checks = params.map(([, type]) => of(type));
  const most = checks.length;
  return (...args) => {
    if (args.length > most) throw new TypeError(`${label}: expected ${most} arguments, got ${args.length}`);
    for (let at = 0; at < most; at++) {
      const wrong = checks[at](args[at]);
      if (wrong) throw wrong.error(names[at]);
    }
    return call(args);
  };
}
