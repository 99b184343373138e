// Plugins for web pages: what the rule transpile made of a component, opened from where it is served.

import { ComponentError } from "./errors.mjs";
import { Plugin as AnyPlugin } from "./plugin.mjs";
import { options } from "./values.mjs";

export { BackgroundPlugin } from "./background.mjs";
export { ComponentError, PluginError, Resource, ResultError, TimeLimitError, TrapError } from "./plugin.mjs";

export class Plugin extends AnyPlugin {
  /**
   * Opens a plugin. Nothing ends a call that loops: a `BackgroundPlugin` can.
   *
   * @param folder where what the rule transpile made is served; an address, relative to the page
   * @param given options:
   *   `imports` is what the guest may call: an object with one for each interface, by its short or full name;
   *   `maxMemory` is the largest size of a linear memory, in bytes;
   *   `name` is how messages call the component
   */
  static async open(folder, given = {}) {
    const { name = "component", ...rest } = options(given, ["imports", "maxMemory", "name"]);
    return Plugin.start(name, await parts(folder), rest);
  }
}

/** What a component imports and exports, with all types; `folder` is as for `Plugin.open`. */
export async function describe(folder) {
  return JSON.parse(await (await loaded(folder, "interfaces.json")).text());
}

async function parts(folder) {
  const [{ instantiate }, description] = await Promise.all([imported(at(folder, "component.js")), describe(folder)]);
  return { instantiate, description, read: async (file) => (await loaded(folder, file)).bytes() };
}

const at = (folder, file) => new URL(file, new URL(`${folder}`.replace(/\/?$/, "/"), globalThis.document?.baseURI ?? location));

function imported(url) {
  return import(url).catch((cause) => {
    throw new ComponentError(`${url.pathname}: cannot be loaded`, { cause });
  });
}

async function loaded(folder, file) {
  const response = await fetch(at(folder, file)).catch((cause) => {
    throw new ComponentError(`${file}: cannot be loaded: ${cause.message}`, { cause });
  });
  if (response.ok) return response;
  const reason = response.status === 404 ? "no such file" : `the server answers ${response.status}`;
  throw new ComponentError(`${file}: ${reason}`);
}
