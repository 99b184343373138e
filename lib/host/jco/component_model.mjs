// Does what a plan of the component model's tests says, in any host on jco. docs/component-model.md tells what a plan is,
// and what is written of it.

import { ComponentError, TrapError } from "./errors.mjs";
import { JsonCalls } from "./json.mjs";

/** What comes of opening a component and of calling it: an object for each directive. `open` gives the plugin. */
export async function outcomes({ at, calls }, open) {
  let json;
  try {
    json = new JsonCalls(await open());
  } catch (error) {
    return [{ at, ...failure(error) }];
  }
  return [{ at, opened: true }, ...calls.map((call) => ({ at: call.at, ...outcome(json, call) }))];
}

function outcome(json, { call, args }) {
  try {
    return { returned: json.call({ call, args }) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error) {
  if (error instanceof TrapError) return { trapped: error.message };
  if (error instanceof ComponentError) return { refused: error.message };
  return { failed: `${error?.name}: ${error?.message}` };
}
