// Runs a guest in a worker, for a `BackgroundPlugin`: one that is slow or loops does not stop the page.

import { Plugin } from "./browser.mjs";
import { ResultError } from "./errors.mjs";
import { postFailure } from "./failures.mjs";
import { callableOf } from "./json.mjs";
import { mappers } from "./types.mjs";

let opening;
let map;
/** The objects that the page knows by a number. */
const objects = new Map();
let last = 0;

async function open({ folder, imports, ...rest }) {
  const plugin = await Plugin.open(folder, { ...rest, imports: imports && (await import(imports)) });
  map = mappers(plugin.description.types);
  return plugin;
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

async function call({ face, key, params, args, ok, error }) {
  const plugin = await opening;
  const given = args.map((arg, at) => map(params[at])?.(arg, objectOf) ?? arg);
  try {
    const value = callableOf(plugin, face, key)(given);
    return map(ok)?.(value, numbered) ?? value;
  } catch (thrown) {
    if (!(thrown instanceof ResultError)) throw thrown;
    throw new ResultError(map(error)?.(thrown.value, numbered) ?? thrown.value);
  }
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
