// The types of an interface as JavaScript has them, which is how jco hands values over. jco itself takes what it is given:
// here each type becomes, once, a function that looks at a value and says what is wrong with it.

import { shown, wrong } from "./values.mjs";

/** A name of WIT as jco writes it: `run-as-root` is `runAsRoot`, and a resource `line-item` the class `LineItem`. */
export function camel(name) {
  return name
    .split("-")
    .map((word, at) => (at ? word[0].toUpperCase() + word.slice(1).toLowerCase() : word.toLowerCase()))
    .join("");
}
export function pascal(name) {
  const own = camel(name);
  return own[0].toUpperCase() + own.slice(1);
}

/** What is wrong with a value: the place grows as the finding comes back to the argument that holds it. */
class Wrong {
  place = "";

  constructor(expected, value, Kind = TypeError) {
    Object.assign(this, { expected, got: shown(value), Kind });
  }

  at(place) {
    this.place = place + this.place;
    return this;
  }

  error(name) {
    return wrong(this.Kind, `${name}${this.place}: expected ${this.expected}, got ${this.got}`);
  }
}

const kindOf = (kind, name) => (value) => (typeof value === kind ? undefined : new Wrong(name, value));

function integer(name, least, most) {
  return (value) => {
    if (Number.isInteger(value) && value >= least && value <= most) return undefined;
    return new Wrong(name, value, typeof value === "number" ? RangeError : TypeError);
  };
}

function big(name, least, most) {
  return (value) => {
    if (typeof value !== "bigint") return new Wrong(`${name}, a BigInt`, value);
    return value >= least && value <= most ? undefined : new Wrong(name, value, RangeError);
  };
}

function string(value) {
  if (typeof value !== "string") return new Wrong("string", value);
  if (value.isWellFormed()) return undefined;
  const at = value.search(/\p{Surrogate}/u);
  const wrong = new Wrong("Unicode text", value);
  wrong.got = `a lone surrogate (U+${value.charCodeAt(at).toString(16).toUpperCase()}) at index ${at}`;
  return wrong;
}

function char(value) {
  const [first] = typeof value === "string" ? value : [];
  return first === value && value.isWellFormed() ? undefined : new Wrong("char, a string of one character", value);
}

const PRIMITIVES = {
  bool: kindOf("boolean", "bool"),
  u8: integer("u8", 0, 0xff),
  s8: integer("s8", -0x80, 0x7f),
  u16: integer("u16", 0, 0xffff),
  s16: integer("s16", -0x8000, 0x7fff),
  u32: integer("u32", 0, 0xffffffff),
  s32: integer("s32", -0x80000000, 0x7fffffff),
  u64: big("u64", 0n, 2n ** 64n - 1n),
  s64: big("s64", -(2n ** 63n), 2n ** 63n - 1n),
  f32: kindOf("number", "f32"),
  f64: kindOf("number", "f64"),
  char,
  string,
};

/** The typed arrays that jco takes and gives for lists of numbers. */
const ARRAYS = {
  ...{ u8: Uint8Array, s8: Int8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, s32: Int32Array },
  ...{ u64: BigUint64Array, s64: BigInt64Array, f32: Float32Array, f64: Float64Array },
};

/** Whether jco writes an option of this payload as `{tag, val}`: else "nothing in it" and "nothing" are the same. */
export const isTagged = (types, payload) => typeof payload === "number" && "option" in types[payload];

const nothing = (value) => (value === undefined || value === null ? undefined : new Wrong("no value", value));

function list(element, itemOf) {
  const Typed = ARRAYS[element];
  const expected = Typed ? `list<${element}>, a ${Typed.name} or an array` : "a list, an array";
  return (value) => {
    if (Typed && ArrayBuffer.isView(value) && value[Symbol.toStringTag] === Typed.name) return undefined;
    if (!Array.isArray(value)) return new Wrong(expected, value);
    for (let at = 0; at < value.length; at++) {
      const wrong = itemOf(value[at]);
      if (wrong) return wrong.at(`[${at}]`);
    }
    return undefined;
  };
}

function tuple(items) {
  return (value) => {
    if (!Array.isArray(value) || value.length !== items.length) return new Wrong(`a tuple of ${items.length}`, value);
    for (let at = 0; at < items.length; at++) {
      const wrong = items[at](value[at]);
      if (wrong) return wrong.at(`[${at}]`);
    }
    return undefined;
  };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function unknownKey(value, known, expected) {
  for (const key of Object.keys(value)) if (!known.has(key)) return new Wrong(expected, key);
  return undefined;
}

function record(fields) {
  const known = new Set(fields.map(([name]) => name));
  const names = [...known].join(", ");
  return (value) => {
    if (!isObject(value)) return new Wrong(`a record of ${names}`, value);
    for (let at = 0; at < fields.length; at++) {
      const [name, check] = fields[at];
      const wrong = check(value[name]);
      if (wrong) return wrong.at(`.${name}`);
    }
    return unknownKey(value, known, `no other fields than ${names}`);
  };
}

function flags(names) {
  const known = new Set(names);
  const all = names.join(", ");
  const flag = (value) => (value === undefined ? undefined : PRIMITIVES.bool(value));
  return (value) => {
    if (!isObject(value)) return new Wrong(`an object with flags of ${all}`, value);
    for (const name of names) {
      const wrong = flag(value[name]);
      if (wrong) return wrong.at(`.${name}`);
    }
    return unknownKey(value, known, `no other flags than ${all}`);
  };
}

function variant(cases) {
  const checks = new Map(cases);
  const expected = `{tag, val} with a tag of ${[...checks.keys()].join(", ")}`;
  return (value) => {
    if (!isObject(value)) return new Wrong(expected, value);
    const check = checks.get(value.tag);
    if (!check) return new Wrong(expected, value.tag).at(".tag");
    return check(value.val)?.at(".val");
  };
}

/**
 * The checkers for `types`, those of a component: `checkerOf(type)` gives a function that takes a value and returns
 * nothing, or what is wrong. `handle` makes the one for a resource's handles.
 */
export function checkers(types, handle) {
  const made = [];
  const of = (type) => (type === null ? nothing : (made[type] ?? PRIMITIVES[type]));
  for (const type of types) {
    const [[kind, is]] = Object.entries(type);
    const make = {
      record: () => record(is.map(([name, field]) => [camel(name), of(field)])),
      variant: () => variant(is.map(([name, payload]) => [name, of(payload)])),
      result: () =>
        variant([
          ["ok", of(is[0])],
          ["err", of(is[1])],
        ]),
      enum: () => {
        const names = new Set(is);
        return (value) => (names.has(value) ? undefined : new Wrong(`one of ${is.join(", ")}`, value));
      },
      flags: () => flags(is.map(camel)),
      list: () => list(is, of(is)),
      tuple: () => tuple(is.map(of)),
      option: () => {
        if (isTagged(types, is))
          return variant([
            ["none", nothing],
            ["some", of(is)],
          ]);
        const check = of(is);
        return (value) => (value === undefined || value === null ? undefined : check(value));
      },
      own: () => handle(is, Wrong),
      borrow: () => handle(is, Wrong),
    }[kind];
    made.push(make?.());
  }
  return of;
}

/**
 * For types that hold a resource somewhere, a function that makes a value another one by putting what `change(handle,
 * resource, isOwn)` returns in the place of each handle; for all others, `undefined`.
 */
export function mappers(types) {
  const made = [];
  const of = (type) => made[type];
  const cases = (all) => {
    const maps = new Map(all.filter(([, map]) => map));
    if (!maps.size) return undefined;
    return (value, change) => {
      const map = maps.get(value.tag);
      return map ? { tag: value.tag, val: map(value.val, change) } : value;
    };
  };
  for (const type of types) {
    const [[kind, is]] = Object.entries(type);
    const make = {
      record: () => {
        const fields = is.map(([name, field]) => [camel(name), of(field)]).filter(([, map]) => map);
        if (!fields.length) return undefined;
        return (value, change) => ({
          ...value,
          ...Object.fromEntries(fields.map(([name, map]) => [name, map(value[name], change)])),
        });
      },
      variant: () => cases(is.map(([name, payload]) => [name, of(payload)])),
      result: () =>
        cases([
          ["ok", of(is[0])],
          ["err", of(is[1])],
        ]),
      list: () => of(is) && ((value, change) => value.map((item) => of(is)(item, change))),
      tuple: () =>
        is.some(of) && ((value, change) => value.map((item, at) => (of(is[at]) ? of(is[at])(item, change) : item))),
      option: () => {
        if (isTagged(types, is)) return cases([["some", of(is)]]);
        return of(is) && ((value, change) => (value === undefined || value === null ? value : of(is)(value, change)));
      },
      own: () => (value, change) => change(value, is, true),
      borrow: () => (value, change) => change(value, is, false),
    }[kind];
    made.push(make?.() || undefined);
  }
  return of;
}

/** Whether a function of these types can be called from JavaScript; else what it has that cannot. */
export function unsupported(types, { async, params, result }) {
  if (async) return "async";
  const within = (type) => {
    if (typeof type !== "number") return undefined;
    const [[kind, is]] = Object.entries(types[type]);
    if (kind === "unsupported") return is;
    const parts = { record: () => is.map(([, t]) => t), variant: () => is.map(([, t]) => t), resource: () => [] }[kind];
    return (parts?.() ?? [is].flat().filter((t) => typeof t === "number")).map(within).find(Boolean);
  };
  return [...params.map(([, type]) => type), result].map(within).find(Boolean);
}
