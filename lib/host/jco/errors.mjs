// What can go wrong with a greeter, for callers that tell one from another.

export class GreeterError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The component cannot be used: it is not there, not a component, or not a greeter. */
export class ComponentError extends GreeterError {}

/** The guest failed while it greeted. The next greeting has a fresh instance. */
export class TrapError extends GreeterError {}

/** What a component without a greeter is told; `exports` are the names of what it exports instead. */
export function noGreeter(component, wanted, exports) {
  const others = exports.filter((name) => name.includes(":"));
  return new ComponentError(`${component}: does not export ${wanted}; it exports ${others.join(", ") || "nothing"}`);
}

/** What a component is told that imports what it is not given; `provided` are the names of what it could import. */
export function notProvided(component, wanted, provided) {
  const others = provided.join(", ") || "nothing";
  return new ComponentError(`${component}: imports ${wanted}, which this host does not provide; it provides ${others}`);
}
