// What callers hand over as options, looked at before anything is done with it: a message names it and says what was
// expected.

/** The largest linear memory that there is, in bytes. */
export const MOST_MEMORY = 2 ** 32;

/** The longest time that a timer takes, in milliseconds. */
export const MOST_TIME = 2 ** 31 - 1;

/** An error that whoever handed a value over can mend; programs tell it in a line. */
export function wrong(Kind, message) {
  return Object.defineProperty(new Kind(message), "isWrongValue", { value: true });
}

/** A string. */
export function text(name, value) {
  if (typeof value !== "string") throw wrong(TypeError, `${name}: expected a string, got ${shown(value)}`);
  return value;
}

/** A whole number of at least 1; without a value there is none. */
export function count(name, value, most, unit) {
  if (value === undefined) return value;
  const Kind = typeof value === "number" ? RangeError : TypeError;
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw wrong(Kind, `${name}: expected 1 to ${most} ${unit}, got ${shown(value)}`);
}

/** Options, all of which have to be among those that are `known`. */
export function options(given, known) {
  if (typeof given !== "object" || given === null)
    throw wrong(TypeError, `options: expected an object, got ${shown(given)}`);
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other !== undefined) throw wrong(TypeError, `options: expected ${known.join(", ")}, got ${shown(other)}`);
  return given;
}

/** A value, for a message. */
export function shown(value) {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) {
    const kind = Object.getPrototypeOf(value)?.constructor?.name ?? "Object";
    return kind === "Object" ? "an object" : `a ${kind}`;
  }
  return ["function", "symbol"].includes(typeof value) ? `a ${typeof value}` : String(value);
}
