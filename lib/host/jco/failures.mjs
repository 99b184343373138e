// How what was thrown in a worker comes to its page: as it was, as far as it can be cloned.

import { ComponentError, PluginError, ResultError, TimeLimitError, TrapError } from "./errors.mjs";

const { CompileError, LinkError, RuntimeError } = WebAssembly;
const KINDS = {
  ...{ EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError },
  ...{ CompileError, LinkError, RuntimeError },
  ...{ ComponentError, PluginError, TimeLimitError, TrapError },
};

/** Sends a page what was thrown. Of an error these are its name, message and stack: a clone would lose the name. */
export function postFailure(thrown) {
  try {
    if (!(thrown instanceof Error)) return postMessage({ failed: true, thrown });
    const { name, message, stack } = thrown;
    const value = thrown instanceof ResultError ? { value: thrown.value } : {};
    postMessage({ failed: true, error: { name, message, stack, ...value } });
  } catch {
    postFailure(new PluginError(`a function for guests threw what cannot be cloned (${typeof thrown})`));
  }
}

/** What was thrown, from the message that tells it. */
export function failure({ error, thrown }) {
  if (!error) return thrown;
  const { name, message, stack } = error;
  if (name === "ResultError" && "value" in error) return new ResultError(error.value, message);
  const Kind = Object.hasOwn(KINDS, name) ? KINDS[name] : Error;
  return Object.defineProperties(new Kind(message), { name: { value: name }, stack: { value: stack } });
}
