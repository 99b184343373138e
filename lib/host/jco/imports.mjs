// What a host gives its guests: functions and classes, what they return, and what they throw.

import { ComponentError, ResultError } from "./errors.mjs";
import { functionName, labelOf, namesOf, neededBy, resourcesOf } from "./names.mjs";
import { camel, pascal, unsupported } from "./types.mjs";
import { shown, wrong } from "./values.mjs";
import { isWasi } from "./wasi.mjs";

/**
 * What a function for guests threw, on its way through the guest to the caller. jco takes some kinds of errors for traps
 * of the guest's, and changes them: what is inside of this one comes out as it was.
 */
export class Thrown extends Error {
  constructor(value) {
    super("a function for guests threw");
    this.value = value;
  }
}

/** The imports of a component as jco takes them, made of what a host gives. */
export class Imports {
  /** What jco takes. */
  forJco = {};
  /** The classes that the host has for resources, and those that stand for them in jco: by number of the type. */
  #classes = new Map();
  #tools;

  /**
   * `description` is what the component imports; `of` and `map` give the checkers and mappers of its types, and `wasi` what
   * it has of WASI.
   */
  constructor(component, description, given, { of, map, wasi }) {
    this.#tools = { of, map, types: description.types };
    for (const [face, functions] of neededBy(description)) {
      const isFunction = "params" in functions;
      const resources = resourcesOf(description, face);
      const key = namesOf(face).find((name) => Object.hasOwn(given, name));
      if (key === undefined && wasi && isWasi(face)) {
        this.forJco[face.split("@")[0]] = this.#interface(face, wasi.face(description, face), functions, resources);
        continue;
      }
      if (key === undefined || typeof functions.unsupported === "string") {
        throw notProvided(component, face, Object.keys(given));
      }
      for (const [name, type] of isFunction ? [[face, functions]] : Object.entries(functions)) {
        const cannot = unsupported(description.types, type);
        if (cannot)
          throw new ComponentError(`${component}: imports ${name} of ${face}, which JavaScript cannot give: ${cannot}`);
      }
      const jcoName = face.split("@")[0];
      if (isFunction) {
        this.forJco[jcoName] = { default: this.#provide(key, callable(given, key, "imports"), functions) };
      } else {
        this.forJco[jcoName] = this.#interface(key, given[key], functions, resources);
      }
    }
  }

  #interface(key, object, functions, resources) {
    const place = `imports.${key}`;
    if ((typeof object !== "object" && typeof object !== "function") || object === null) {
      throw wrong(TypeError, `${place}: expected an object with the functions of ${key}, got ${shown(object)}`);
    }
    const made = {};
    for (const [name, at] of resources) made[pascal(name)] = this.#standIn(place, object, name, at);
    for (const [name, type] of Object.entries(functions)) {
      const { kind, resource, own } = functionName(name);
      const label = labelOf(key, name);
      if (kind === "function") {
        made[camel(own)] = this.#provide(label, callable(object, own, place), type);
        continue;
      }
      const StandIn = made[pascal(resource)];
      const { Own } = StandIn;
      const path = `${place}.${pascal(resource)}`;
      if (kind === "constructor") {
        const make = this.#provide(label, (...args) => new Own(...args), type);
        StandIn.make = (args) => make(...args);
      } else if (kind === "static") {
        StandIn[camel(own)] = this.#provide(label, callable(Own, own, path), type);
      } else {
        callable(Own.prototype ?? {}, own, `${path}.prototype`);
        const method = this.#provide(label, (self, ...args) => self[camel(own)](...args), type);
        StandIn.prototype[camel(own)] = function (...args) {
          return method(this, ...args);
        };
      }
    }
    return made;
  }

  /** jco writes into the objects that it handles, and asks for their class: it has objects of this class instead. */
  #standIn(place, object, name, at) {
    const Own = object[pascal(name)];
    if (typeof Own !== "function") {
      throw wrong(TypeError, `${place}.${pascal(name)}: expected a class, got ${shown(Own)}`);
    }
    class StandIn {
      static Own = Own;
      constructor(...args) {
        // biome-ignore lint/correctness/noConstructorReturn: what stands for the new object is made by its function.
        return StandIn.make(args);
      }
      [Symbol.dispose]() {
        try {
          this.own[Symbol.dispose]?.();
        } catch (value) {
          throw new Thrown(value);
        }
      }
    }
    this.#classes.set(at, { Own, StandIn, expected: `a ${pascal(name)} of ${place}` });
    return StandIn;
  }

  /** What is wrong with a handle of a resource that the host has; `null` for a resource of the guest's. */
  check(resource, value, Wrong) {
    const found = this.#classes.get(resource);
    if (!found) return null;
    return value instanceof found.Own ? undefined : new Wrong(found.expected, value);
  }

  /** The host's own object as what stands for it in jco. */
  standFor(own, resource) {
    return Object.assign(Object.create(this.#classes.get(resource).StandIn.prototype), { own });
  }

  #provide(label, call, { params, result }) {
    const { of, map, types } = this.#tools;
    // Within a function that can fail, what it returns is what is in `ok`.
    const fallible = types[result]?.result;
    const [ok, error] = fallible ?? [result, null];
    const checkOk = of(ok);
    const checkError = of(error);
    const maps = params.map(([, type]) => map(type));
    const mapsSome = maps.some(Boolean);
    const toOwn = (standIn) => standIn.own;
    const toJco = (type, value) => map(type)?.(value, (own, resource) => this.standFor(own, resource)) ?? value;
    const answer = (args) => {
      try {
        const value = call(...args);
        const found = checkOk(value);
        if (found) throw found.error(`${label}(…)`);
        return fallible ? { tag: "ok", val: toJco(ok, value) } : toJco(ok, value);
      } catch (value) {
        if (!fallible || !(value instanceof ResultError)) throw new Thrown(value);
        const found = checkError(value.value);
        if (found) throw new Thrown(found.error(`the error of ${label}(…)`));
        return { tag: "err", val: toJco(error, value.value) };
      }
    };
    if (!mapsSome) return (...args) => answer(args);
    return (...args) => answer(args.map((arg, at) => (maps[at] ? maps[at](arg, toOwn) : arg)));
  }
}

/** The function `name` of `object`, which stays its method. */
function callable(object, name, place) {
  const key = [camel(name), name].find((key) => typeof object[key] === "function");
  if (key === undefined) {
    throw wrong(TypeError, `${place}.${camel(name)}: expected a function, got ${shown(object[camel(name)])}`);
  }
  return (...args) => object[key](...args);
}

/** What a component is told that imports what it is not given; `given` are the names of what it could import. */
export function notProvided(component, wanted, given) {
  const others = given.join(", ") || "nothing";
  return new ComponentError(`${component}: imports ${wanted}, which this host does not provide; it provides ${others}`);
}
