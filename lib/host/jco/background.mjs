// A plugin in a worker, for pages: calls are promised, and a guest that loops is ended.

import { PluginError, TimeLimitError } from "./errors.mjs";
import { Faces } from "./faces.mjs";
import { failure } from "./failures.mjs";
import { describe } from "./served.mjs";
import { checkers, mappers, pascal } from "./types.mjs";
import { count, MOST_MEMORY, MOST_TIME, options, text } from "./values.mjs";
import { grants } from "./wasi.mjs";

const absolute = (address) => new URL(address, document.baseURI).href;

export class BackgroundPlugin extends Faces {
  #classes;
  #closed = false;
  #handles = new WeakMap();
  #name;
  #opening;
  #output;
  #timeout;
  #timer;
  #worker;
  // The first is being answered, the others wait for it.
  #asked = [];
  #forgotten = new FinalizationRegistry((handle) => this.#drop(handle).catch(() => {}));

  /**
   * Opens a plugin in a worker of its own. What it has is what a `Plugin` has, but each call is a promise, and so is
   * `new` of a resource.
   *
   * @param folder where what the rule transpile made is served; an address, relative to the page
   * @param given options:
   *   `imports` is the address of a module that exports, by name, the interfaces that the guest may call;
   *   `maxMemory` is the largest size of a linear memory, in bytes;
   *   `timeout` is how long a call may take, in milliseconds, loading included;
   *   `name` is how messages call the component;
   *   `wasi` is what the guest is granted of WASI 0.2, as for a `Plugin`
   */
  static async open(folder, given = {}) {
    const known = options(given, ["imports", "maxMemory", "timeout", "name", "wasi"]);
    const { imports, maxMemory, timeout = 10_000, name = "component", wasi } = known;
    grants(wasi);
    count("maxMemory", maxMemory, MOST_MEMORY, "bytes");
    count("timeout", timeout, MOST_TIME, "milliseconds");
    if (imports !== undefined) text("imports", imports instanceof URL ? imports.href : imports);
    const plugin = new this();
    plugin.#name = text("name", name);
    plugin.#timeout = timeout;
    const { output, ...rest } = wasi === "none" ? {} : (wasi ?? {});
    plugin.#opening = {
      ...{ folder: absolute(folder), imports: imports && absolute(imports), maxMemory, name },
      ...{ wasi: wasi === "none" ? wasi : rest, printed: output !== undefined },
    };
    plugin.#output = output;
    plugin.#worker = plugin.#start();
    plugin.#prepare(await describe(folder));
    return plugin;
  }

  /** Ends the worker: what is asked now, or was and has no answer yet, is rejected with a `PluginError`. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stop();
    for (const { reject } of this.#asked.splice(0)) reject(this.#closedError());
  }

  #prepare(description) {
    const { types } = description;
    const map = mappers(types);
    const of = checkers(types, (resource, Wrong) => {
      const expected = `a ${pascal(types[resource].resource[1])} of the running instance`;
      return (value) => {
        const handle = this.#handles.get(value);
        const isUsable = handle?.resource === resource && handle.worker === this.#worker && !handle.isGone;
        return isUsable ? undefined : new Wrong(expected, value);
      };
    });
    const toNumber = (object, _resource, isOwn) => {
      const handle = this.#handles.get(object);
      if (isOwn) handle.isGone = true;
      return handle.number;
    };
    const toObject = (number, resource) => this.#object(number, resource);
    this.#classes = this.expose(this.#name, description, {
      of,
      callOf: (face, key, { params, result }, label) => {
        const maps = params.map(([, type]) => map(type));
        const [ok, error] = (types[result]?.result ?? [result, null]).map(map);
        return async (args) => {
          const given = args.map((arg, at) => maps[at]?.(arg, toNumber) ?? arg);
          try {
            const value = await this.#ask(label, { face, key, args: given });
            return ok ? ok(value, toObject) : value;
          } catch (thrown) {
            if (error && thrown?.name === "ResultError") thrown.value = error(thrown.value, toObject);
            throw thrown;
          }
        };
      },
      drop: (object) => this.#drop(this.#handles.get(object)),
      isAsync: true,
    });
  }

  #object(number, resource) {
    const object = Object.create(this.#classes.get(resource).prototype);
    const handle = { number, resource, worker: this.#worker, isGone: false };
    this.#handles.set(object, handle);
    this.#forgotten.register(object, handle);
    return object;
  }

  async #drop(handle) {
    if (handle.isGone || handle.worker !== this.#worker) return;
    handle.isGone = true;
    await this.#ask("drop", { drop: handle.number });
  }

  #start() {
    const worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      if (data.printed) this.#output(...data.printed);
      else this.#settle(({ resolve, reject }) => (data.failed ? reject(failure(data)) : resolve(data.value)));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      // One that cannot be loaded is not tried again until it is needed.
      this.#stop();
      this.#fail(new PluginError(`the worker fails: ${event.message ?? "it cannot be loaded"}`));
    };
    worker.postMessage({ open: this.#opening });
    return worker;
  }

  #stop() {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ask(label, question) {
    if (this.#closed) throw this.#closedError();
    return new Promise((resolve, reject) => {
      this.#asked.push({ label, question, resolve, reject });
      if (this.#asked.length === 1) this.#next();
    });
  }

  #next() {
    const [{ label, question }] = this.#asked;
    this.#worker ??= this.#start();
    this.#worker.postMessage(question);
    this.#timer = setTimeout(() => {
      this.#stop();
      this.#worker = this.#start();
      this.#fail(new TimeLimitError(`${this.#name}: ${label}: no result within ${this.#timeout} ms`));
    }, this.#timeout);
  }

  #fail(error) {
    this.#settle(({ reject }) => reject(error));
  }

  /** Ends the first question, and goes on with the next. */
  #settle(end) {
    clearTimeout(this.#timer);
    const first = this.#asked.shift();
    if (first) end(first);
    if (this.#asked.length > 0) this.#next();
  }

  #closedError() {
    return new PluginError(`${this.#name}: is closed`);
  }
}
