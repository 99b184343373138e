// The runner of a contract's cases, for any host on jco. What it is given are the groups that a contract's `:cases` holds.

import { brief, PluginError, ResultError } from "./errors.mjs";
import { codec, functionOf, JsonCalls } from "./json.mjs";
import { functionName } from "./names.mjs";
import { camel, pascal } from "./types.mjs";
import { isWasi } from "./wasi.mjs";

/** The cases that a component of this description has to pass, each with its group. */
export function casesFor(contract, description) {
  return groupsFor(contract, description).flatMap((group) => group.cases.map((one) => ({ group, one })));
}

/** The groups of what a component exports, for just what it imports. */
function groupsFor({ package: own, groups }, { imports, exports }) {
  const [packageName, version] = own.split("@");
  const ours = Object.keys(imports).filter(
    (name) => name.startsWith(`${packageName}/`) && name.endsWith(`@${version}`),
  );
  const isOurs = (group) => (group.interface === null ? group.cases.some(isOfWorld) : group.interface in exports);
  const isOfWorld = ({ steps }) => steps.every(({ call }) => call === undefined || call in exports);
  return groups.filter((group) => isOurs(group) && group.imports.toSorted().join() === ours.toSorted().join());
}

class Mismatch extends PluginError {}

const fail = (text) => {
  throw new Mismatch(text);
};

/** A handle among what a call gave, which the expected value has a name for. */
class Given {
  constructor(object) {
    this.object = object;
  }
}

/** Whether a value is the expected one; a new handle is bound to the name that is expected. */
function same(expected, found, handles) {
  if (found instanceof Given) {
    if (!handles.has(expected)) handles.set(expected, found.object);
    return handles.get(expected) === found.object;
  }
  if (typeof expected !== "object" || expected === null) return Object.is(expected, found);
  if (typeof found !== "object" || found === null || Array.isArray(expected) !== Array.isArray(found)) return false;
  const keys = Object.keys(expected);
  return (
    keys.length === Object.keys(found).length &&
    keys.every((key) => key in found && same(expected[key], found[key], handles))
  );
}

/**
 * What a component is made of, for `Plugin.start` to make fresh plugins of it: each of its files is read once, and compiled
 * as often as it is needed.
 */
export function kept({ read, ...parts }) {
  const files = new Map();
  const reading = (file) => {
    if (!files.has(file)) files.set(file, read(file));
    return files.get(file);
  };
  return { ...parts, read: reading };
}

/** Runs one case. `open(imports)` opens a fresh plugin of this description; a failure is thrown, and says what differs. */
export async function runCase(open, description, { interface: face }, { name, steps }) {
  const host = new Host(description);
  const calls = new JsonCalls(await open(host.imports));
  host.handles = calls.handles;
  for (const [at, step] of steps.entries()) {
    const place = `${name}, step ${at + 1}, ${step.call ?? `drop of ${step.drop}`}`;
    host.expect(step.asks ?? []);
    try {
      runStep(calls, face, step);
      await calls.plugin.ready();
      host.finish();
    } catch (error) {
      if (host.failure ?? error instanceof Mismatch)
        throw new PluginError(`${place}: ${(host.failure ?? error).message}`);
      throw new PluginError(`${place}: ${error?.name}: ${error?.message}`, { cause: error });
    }
  }
}

function runStep(calls, face, step) {
  if (step.drop !== undefined) return calls.drop(step.drop);
  const wanted = step.trap ?? step.fails;
  let found;
  try {
    found = calls.call({ ...step, interface: face }, (object) => new Given(object));
  } catch (error) {
    if (wanted === undefined || error instanceof Mismatch) throw error;
    const isKind = step.trap === undefined || error.name.endsWith("TrapError") || error.name === "TimeLimitError";
    if (!isKind || !error.message.includes(wanted))
      fail(`expected a failure with "${wanted}", got ${error.name}: ${error.message}`);
    // The next step has a fresh instance.
    calls.handles.clear();
    return undefined;
  }
  if (wanted !== undefined) fail(`expected a failure with "${wanted}", got ${brief(found)}`);
  const expected = step.result === undefined ? null : normal(calls, face, step);
  if (!same(expected, found, calls.handles)) fail(`expected ${brief(expected)}, got ${brief(found)}`);
  return undefined;
}

/** The expected result as the codec writes it, with numbers as their type holds them. */
function normal({ codec: { fromJson, toJson }, plugin }, face, { call, result }) {
  const { exports } = plugin.description;
  const { result: type } = functionOf(face ? exports[face] : exports, call);
  return toJson(
    type,
    fromJson(type, result, (name) => name),
    (name) => name,
  );
}

/** What the cases say that a guest asks of its host, and what it is told. */
class Host {
  imports = {};
  handles = new Map();
  #expected = [];

  constructor({ imports, types }) {
    this.codec = codec(types);
    this.types = types;
    for (const [face, functions] of Object.entries(imports)) {
      if (isWasi(face)) continue;
      if ("params" in functions) this.imports[face] = (...args) => this.#asked(null, face, functions, args);
      else this.imports[face] = this.#interface(face, functions);
    }
  }

  #interface(face, functions) {
    const made = {};
    const drop = (object) => this.#dropped(object);
    for (const { resource } of this.types) {
      if (resource?.[0] !== face) continue;
      const key = `[constructor]${resource[1]}`;
      const construct = (args, object) => this.#asked(face, key, functions[key], args, object);
      made[pascal(resource[1])] = class {
        /** With `Host` itself as its argument it is what a function answers. */
        constructor(...args) {
          if (args[0] !== Host) construct(args, this);
        }
        [Symbol.dispose]() {
          drop(this);
        }
      };
    }
    for (const [key, type] of Object.entries(functions)) {
      const { kind, resource, own } = functionName(key);
      const ask = (args) => this.#asked(face, key, type, args);
      if (kind === "function") made[camel(own)] = (...args) => ask(args);
      if (kind === "static") made[pascal(resource)][camel(own)] = (...args) => ask(args);
      if (kind === "method") {
        made[pascal(resource)].prototype[camel(own)] = function (...args) {
          return ask([this, ...args]);
        };
      }
    }
    return made;
  }

  expect(asks) {
    this.failure = undefined;
    this.#expected = [...asks];
  }

  finish() {
    if (this.failure) throw this.failure;
    const [next] = this.#expected;
    if (next) fail(`the guest did not ask ${next.call ?? `for the drop of ${next.drop}`}`);
  }

  /** What is wrong with what the guest asks is told by the step, whatever the guest makes of it. */
  #fail(text) {
    this.failure = new Mismatch(text);
    throw this.failure;
  }

  #dropped(object) {
    const next = this.#expected.shift();
    if (next?.drop === undefined) this.#fail(`the guest drops a handle, expected ${next?.call ?? "nothing"}`);
    if (this.handles.get(next.drop) !== object) this.#fail(`the guest drops another handle than ${next.drop}`);
    this.handles.delete(next.drop);
  }

  #asked(face, key, type, args, made) {
    const { kind, resource, own } = functionName(key);
    const call = kind === "constructor" ? `${resource}.constructor` : resource ? `${resource}.${own}` : own;
    const gone = [];
    const name = (object, _resource, isOwn) => {
      if (isOwn) gone.push(object);
      return new Given(object);
    };
    const found = args.map((arg, at) => this.codec.toJson(type.params[at][1], arg, name));
    const next = this.#expected.shift();
    if (next?.call !== call || (next.interface ?? null) !== face) {
      this.#fail(`the guest asks ${call}${brief(found)}, expected ${next?.call ?? "nothing"}`);
    }
    const wanted = next.on === undefined ? next.args : [next.on, ...next.args];
    if (!same(wanted, found, this.handles))
      this.#fail(`the guest asks ${call}${brief(found)}, expected ${brief(wanted)}`);
    // What the guest gives back is no longer its own.
    for (const [known, object] of this.handles) if (gone.includes(object)) this.handles.delete(known);
    if (next.fails !== undefined) throw new Error(next.fails);
    if (made) {
      this.handles.set(next.result, made);
      return made;
    }
    const handle = (own, at) => this.#handle(own, at);
    const fallible = this.types[type.result]?.result;
    if (!fallible) return this.codec.fromJson(type.result, next.result ?? null, handle);
    if ("err" in next.result) throw new ResultError(this.codec.fromJson(fallible[1], next.result.err, handle));
    return this.codec.fromJson(fallible[0], next.result.ok, handle);
  }

  /** The host's object of that name, which may be a new one. */
  #handle(name, at) {
    const [face, resource] = this.types[at].resource;
    if (!this.handles.has(name)) this.handles.set(name, new this.imports[face][pascal(resource)](Host));
    return this.handles.get(name);
  }
}
