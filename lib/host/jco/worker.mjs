// Runs a guest in a worker, for a `BackgroundPlugin`: one that is slow or loops does not stop the page.

import { ResultError } from "./errors.mjs";
import { postFailure } from "./failures.mjs";
import { callableOf } from "./json.mjs";
import { Plugin } from "./plugin.mjs";
import { parts } from "./served.mjs";
import { mappers } from "./types.mjs";

let opening;
/** What calls a function, by its interface and name. */
const callers = new Map();
/** The objects that the page knows by a number. */
const objects = new Map();
let last = 0;

async function open({ folder, imports, maxMemory, name, wasi, printed }) {
  const [made, given] = await Promise.all([parts(folder), imports && import(imports)]);
  const output = printed ? (stream, line) => postMessage({ printed: [stream, line] }) : undefined;
  return Plugin.start(name, made, { imports: given, maxMemory, wasi: printed ? { ...wasi, output } : wasi });
}

/** A handle of the guest's is a number on the page. */
function numbered(object) {
  objects.set(++last, object);
  return last;
}

function objectOf(number, _resource, isOwn) {
  const object = objects.get(number);
  if (isOwn) objects.delete(number);
  return object;
}

function callerOf(plugin, face, key) {
  const { exports, types } = plugin.description;
  const { params, result } = face === undefined ? exports[key] : exports[face][key];
  const map = mappers(types);
  const maps = params.map(([, type]) => map(type));
  const [ok, error] = (types[result]?.result ?? [result, null]).map(map);
  const call = callableOf(plugin, face, key);
  return (args) => {
    try {
      const value = call(args.map((arg, at) => maps[at]?.(arg, objectOf) ?? arg));
      return ok ? ok(value, numbered) : value;
    } catch (thrown) {
      if (error && thrown instanceof ResultError) throw new ResultError(error(thrown.value, numbered));
      throw thrown;
    }
  };
}

async function call({ face, key, args }) {
  const plugin = await opening;
  const name = `${face} ${key}`;
  if (!callers.has(name)) callers.set(name, callerOf(plugin, face, key));
  return callers.get(name)(args);
}

addEventListener("message", async ({ data }) => {
  if (data.open) {
    opening = open(data.open);
    // A failure is told with each call.
    opening.catch(() => {});
    return;
  }
  try {
    if ("drop" in data) objectOf(data.drop, undefined, true)?.[Symbol.dispose]();
    postMessage({ value: "drop" in data ? undefined : await call(data) });
  } catch (thrown) {
    postFailure(thrown);
  }
});
