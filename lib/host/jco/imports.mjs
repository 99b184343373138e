// What a host gives its guests: functions, and what they throw.

import { notProvided } from "./errors.mjs";
import { shown, text } from "./values.mjs";

/**
 * What a function for guests threw, on its way through the guest to the caller. jco takes some kinds of errors for traps
 * of the guest's, and changes them: what is inside of this one comes out as it was.
 */
class Thrown extends Error {
  constructor(value) {
    super("a function for guests threw");
    this.value = value;
  }
}

/** Those functions of `object` that a guest may call; they take strings and return one. `option` is what gave it. */
export function provide(option, object, names) {
  const functions = names.map((name) => {
    const found = object?.[name];
    if (typeof found !== "function") throw new TypeError(`${option}.${name} is ${shown(found)}, expected a function`);
    const call = (...args) => {
      try {
        return text(`what ${option}.${name} returned`, object[name](...args));
      } catch (value) {
        throw new Thrown(value);
      }
    };
    return [name, call];
  });
  return Object.fromEntries(functions);
}

/** The imports of a component, of which any that is not among those `provided` has a message of its own. */
export function importsOf(component, provided) {
  const get = (_, name) => {
    if (Object.hasOwn(provided, name)) return provided[name];
    throw notProvided(component, name, Object.keys(provided));
  };
  return new Proxy(provided, { get });
}

/** What to throw for what a guest ended with: what a function for guests threw, or else what `own` makes of it. */
export function outcome(cause, own) {
  return cause instanceof Thrown ? cause.value : own(cause);
}
