// What can go wrong with a plugin, for callers that tell one from another.

/** What every error of a plugin is. A value of the wrong type or out of range is a `TypeError` or a `RangeError`. */
export class PluginError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The component cannot be used: it is not there, not a component, or imports what it is not given. */
export class ComponentError extends PluginError {}

/** The guest failed during a call. The next call has a fresh instance. */
export class TrapError extends PluginError {}

/** The guest took longer than it may. */
export class TimeLimitError extends TrapError {}

/** The error of a function that returns a `result`: `value` is what the guest said. The instance goes on. */
export class ResultError extends PluginError {
  constructor(value, message = typeof value === "string" ? value : brief(value)) {
    super(message);
    this.value = value;
  }
}

/** A value in a line, for a message. */
export function brief(value) {
  const text = JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part)) ?? "no value";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** One line that says what there is instead of `wanted`. */
export function missing(kind, wanted, there) {
  const names = [...there];
  return `there is no ${kind} ${wanted}; there is ${names.length ? names.join(", ") : "none"}`;
}
