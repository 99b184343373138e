// Plugins for web pages: what the rule transpile made of a component, opened from where it is served.

import { Plugin as AnyPlugin } from "./plugin.mjs";
import { parts } from "./served.mjs";
import { options } from "./values.mjs";

export { BackgroundPlugin } from "./background.mjs";
export { recycle } from "./bytes.mjs";
export { ComponentError, PluginError, Resource, ResultError, TimeLimitError, TrapError } from "./plugin.mjs";
export { describe } from "./served.mjs";

export class Plugin extends AnyPlugin {
  /**
   * Opens a plugin. Nothing ends a call that loops: a `BackgroundPlugin` can.
   *
   * @param folder where what the rule transpile made is served; an address, relative to the page
   * @param given options:
   *   `imports` is what the guest may call: an object with one for each interface, by its short or full name;
   *   `maxMemory` is the largest size of a linear memory, in bytes;
   *   `name` is how messages call the component;
   *   `wasi` is what the guest is granted of WASI 0.2, as in Node
   */
  static async open(folder, given = {}) {
    const { name = "component", ...rest } = options(given, ["imports", "maxMemory", "name", "wasi"]);
    return Plugin.start(name, await parts(folder), rest);
  }
}
