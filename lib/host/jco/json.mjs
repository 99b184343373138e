// Values of WIT as JSON, in the form that docs/values.md tells, and calls in that form: for pages, command lines and tests.

import { PluginError, ResultError } from "./errors.mjs";
import { functionName, namesOf } from "./names.mjs";
import { camel, isTagged, pascal } from "./types.mjs";

const FLOATS = new Map([
  ["nan", Number.NaN],
  ["inf", Infinity],
  ["-inf", -Infinity],
]);

const isPlain = (json) => typeof json === "object" && json !== null && !Array.isArray(json);

function bytesOf(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return text;
  }
}

/** The one pair of an object, if it is one. */
function pair(json) {
  const pairs = isPlain(json) ? Object.entries(json) : [];
  return pairs.length === 1 ? pairs[0] : undefined;
}

/** The codec for `types`, those of a component. What is no value of its type is left as it is, for the checkers to tell. */
export function codec(types) {
  /** A value of JavaScript; `handle(name, resource, isOwn)` gives the object of a handle's name. */
  function fromJson(type, json, handle) {
    if (type === null) return json ?? undefined;
    const inner = (part, value) => fromJson(part, value, handle);
    const isWhole = typeof json === "string" ? /^-?\d+$/.test(json) : Number.isSafeInteger(json);
    if (type === "u64" || type === "s64") return isWhole ? BigInt(json) : json;
    if (type === "f32" || type === "f64") {
      const number = FLOATS.get(json) ?? json;
      return type === "f32" && typeof number === "number" ? Math.fround(number) : number;
    }
    if (typeof type === "string") return json;
    const [[kind, is]] = Object.entries(types[type]);
    if (kind === "own" || kind === "borrow") return handle(json, is, kind === "own");
    if (kind === "list" && is === "u8" && typeof json === "string") return bytesOf(json);
    if (kind === "list" && Array.isArray(json)) return json.map((item) => inner(is, item));
    if (kind === "tuple" && Array.isArray(json)) return json.map((item, at) => inner(is[at] ?? null, item));
    if (kind === "record" && isPlain(json)) {
      const fields = new Map(is);
      const made = Object.entries(json).map(([name, value]) =>
        fields.has(name) ? [camel(name), inner(fields.get(name), value)] : [name, value],
      );
      return Object.fromEntries(made);
    }
    if (kind === "option") {
      if (!isTagged(types, is)) return json === null || json === undefined ? undefined : inner(is, json);
      if (json === null || json === undefined) return { tag: "none" };
      return pair(json)?.[0] === "some" ? { tag: "some", val: inner(is, json.some) } : json;
    }
    const [name, payload] = pair(json) ?? [];
    if (kind === "variant" && name !== undefined) {
      return { tag: name, val: inner(new Map(is).get(name) ?? null, payload) };
    }
    if (kind === "result" && name !== undefined) return { tag: name, val: inner(is[name === "ok" ? 0 : 1], payload) };
    if (kind === "flags" && Array.isArray(json))
      return Object.fromEntries(json.map((flag) => [camel(`${flag}`), true]));
    return json;
  }

  /** What is told of a value in JSON; `name(object, resource, isOwn)` tells what a handle is called. */
  function toJson(type, value, name) {
    if (type === null) return null;
    const inner = (part, of) => toJson(part, of, name);
    if (type === "u64" || type === "s64") return String(value);
    if (type === "f32" || type === "f64") {
      if (Number.isNaN(value)) return "nan";
      return Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf";
    }
    if (typeof type === "string") return value;
    const [[kind, is]] = Object.entries(types[type]);
    switch (kind) {
      case "own":
      case "borrow":
        return name(value, is, kind === "own");
      case "list":
        if (is === "u8") return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""));
        return Array.from(value, (item) => inner(is, item));
      case "tuple":
        return is.map((part, at) => inner(part, value[at]));
      case "record":
        return Object.fromEntries(is.map(([field, part]) => [field, inner(part, value[camel(field)])]));
      case "option":
        if (!isTagged(types, is)) return value === undefined || value === null ? null : inner(is, value);
        return value.tag === "none" ? null : { some: inner(is, value.val) };
      case "result":
        return { [value.tag]: inner(is[value.tag === "ok" ? 0 : 1], value.val) };
      case "variant":
        return { [value.tag]: inner(new Map(is).get(value.tag), value.val) };
      case "flags":
        return is.filter((flag) => value[camel(flag)]);
      default:
        return value;
    }
  }

  return { fromJson, toJson };
}

/** The function that `call` names, as `greet` or `session.add`, among those of an interface: its key and its type. */
export function functionOf(functions, call) {
  const key = Object.keys(functions).find((name) => {
    const { kind, resource, own } = functionName(name);
    return call === (kind === "constructor" ? `${resource}.constructor` : resource ? `${resource}.${own}` : own);
  });
  return key && { key, ...functions[key] };
}

/** What calls a function of a plugin with a list of arguments, by the names that its description has. */
export function callableOf(plugin, face, key) {
  const { kind, resource, own } = functionName(key);
  const from = face === undefined ? plugin : plugin.interface(face);
  if (kind === "function") return (args) => from[camel(own)](...args);
  const Class = from[pascal(resource)];
  if (kind === "static") return (args) => Class[camel(own)](...args);
  if (kind === "constructor") return (args) => new Class(...args);
  return ([self, ...args]) => Class.prototype[camel(own)].apply(self, args);
}

/** Calls of a plugin in JSON. Handles have names, which `handles` maps to the objects. */
export class JsonCalls {
  handles = new Map();

  constructor(plugin) {
    this.plugin = plugin;
    this.codec = codec(plugin.description.types);
  }

  /** Calls a function of `face`, or of the world itself; `name` says what new handles are called. */
  call({ interface: face, call, on, args }, name = (object, resource) => this.#named(object, resource)) {
    const { exports, types } = this.plugin.description;
    const full = face ? Object.keys(exports).find((full) => namesOf(full).includes(face)) : undefined;
    const found = functionOf(face ? (exports[full] ?? {}) : exports, call);
    if (!found?.params) throw new PluginError(`there is no function ${face ? `${face}.` : ""}${call}`);
    const handle = (handleName, _resource, isOwn) => {
      const object = this.handles.get(handleName) ?? handleName;
      if (isOwn) this.handles.delete(handleName);
      return object;
    };
    const given = on === undefined ? args : [on, ...args];
    const values = given.map((arg, at) => this.codec.fromJson(found.params[at]?.[1] ?? null, arg, handle));
    const [ok, error] = types[found.result]?.result ?? [];
    try {
      const value = callableOf(this.plugin, full, found.key)(values);
      if (ok === undefined) return this.codec.toJson(found.result, value, name);
      return { ok: this.codec.toJson(ok, value, name) };
    } catch (thrown) {
      if (!(ok !== undefined && thrown instanceof ResultError)) throw thrown;
      return { err: this.codec.toJson(error, thrown.value, name) };
    }
  }

  /** Drops a handle. */
  drop(name) {
    this.handles.get(name)[Symbol.dispose]();
    this.handles.delete(name);
  }

  #named(object, resource) {
    const known = [...this.handles].find(([, value]) => value === object);
    if (known) return known[0];
    const own = this.plugin.description.types[resource].resource[1];
    let number = 1;
    while (this.handles.has(`${own}-${number}`)) number++;
    this.handles.set(`${own}-${number}`, object);
    return `${own}-${number}`;
  }
}
