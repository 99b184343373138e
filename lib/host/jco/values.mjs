// What callers hand over, looked at before anything is done with it: a message names it and says what was expected.

/** The largest linear memory that there is, in bytes. */
export const MOST_MEMORY = 2 ** 32;

/** The longest time that a timer takes, in milliseconds. */
export const MOST_TIME = 2 ** 31 - 1;

/** A string, which has to be Unicode: no guest can be given half of a surrogate pair. Every string passes here. */
export function text(name, value) {
  if (typeof value !== "string") throw new TypeError(`${name} is ${shown(value)}, expected a string`);
  if (!value.isWellFormed()) {
    const at = value.search(/\p{Surrogate}/u);
    const found = `U+${value.charCodeAt(at).toString(16).toUpperCase()} at index ${at}`;
    throw new TypeError(`${name} has a lone surrogate (${found}), expected Unicode text`);
  }
  return value;
}

/** A whole number of at least 1; without a value there is none. */
export function count(name, value, most, unit) {
  if (value === undefined) return value;
  if (typeof value !== "number") throw new TypeError(`${name} is ${shown(value)}, expected a number of ${unit}`);
  if (!(Number.isInteger(value) && value >= 1 && value <= most)) {
    throw new RangeError(`${name} is ${value}, expected a whole number from 1 to ${most} ${unit}`);
  }
  return value;
}

/** Options, all of which have to be among those that are `known`. */
export function options(given, known) {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`the options are ${shown(given)}, expected an object`);
  }
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other !== undefined) throw new TypeError(`there is no option ${shown(other)}, expected ${known.join(", ")}`);
  return given;
}

/** A value, for a message. */
export function shown(value) {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "object" && value !== null) return "an object";
  return ["bigint", "function", "symbol"].includes(typeof value) ? `a ${typeof value}` : String(value);
}
