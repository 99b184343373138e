// The interfaces of a component with their types, read from the component itself. What jco makes of a component has no
// types any more, and its tools print only the names of the interfaces.
//
// A component's exports have the types that its definitions give them, so those are followed as an engine would: each
// component inside it is instantiated, with types in the place of code.

import { Reader } from "./reader.mjs";

const PRIMITIVES = {
  ...{ 127: "bool", 126: "s8", 125: "u8", 124: "s16", 123: "u16", 122: "s32", 121: "u32", 120: "s64" },
  ...{ 119: "u64", 118: "f32", 117: "f64", 116: "char", 115: "string" },
};
const UNSUPPORTED = { 100: "error-context", 101: "future", 102: "stream", 103: "list of a fixed length" };
const SORTS = [undefined, "func", "value", "type", "component", "instance"];

/** What a component, or one of its types, defines so far. */
class Scope {
  type = [];
  func = [];
  component = [];
  instance = [];
  value = [];
  exports = new Map();
  imports = new Map();

  /** `args` are what the component is instantiated with; the outermost has none, and imports what it declares. */
  constructor(parent, args) {
    Object.assign(this, { parent, args });
  }

  define({ sort, is }) {
    this[sort]?.push(is);
  }

  outer(count) {
    return count ? this.parent.outer(count - 1) : this;
  }
}

function valueType(reader, scope) {
  const first = reader.bytes[reader.at];
  const code = reader.number();
  // A negative number, which is one byte, is a type of its own, any other the index of one.
  if (first < 0x40 || first >= 0x80) return scope.type[code];
  return PRIMITIVES[code] ?? { unsupported: UNSUPPORTED[code] ?? `type 0x${code.toString(16)}` };
}

function definedType(reader, scope) {
  const value = () => valueType(reader, scope);
  const code = reader.byte();
  switch (code) {
    case 0x72:
      return { record: reader.vec(() => [reader.name(), value()]) };
    case 0x71:
      return { variant: reader.vec(() => [reader.name(), reader.option(value), reader.byte()].slice(0, 2)) };
    case 0x70:
      return { list: value() };
    case 0x6f:
      return { tuple: reader.vec(value) };
    case 0x6e:
      return { flags: reader.vec(() => reader.name()) };
    case 0x6d:
      return { enum: reader.vec(() => reader.name()) };
    case 0x6b:
      return { option: value() };
    case 0x6a:
      return { result: [reader.option(value), reader.option(value)] };
    case 0x69:
      return { own: scope.type[reader.number()] };
    case 0x68:
      return { borrow: scope.type[reader.number()] };
    case 0x67:
      return { unsupported: UNSUPPORTED[code], of: [value(), reader.number()] };
    case 0x66:
    case 0x65:
      return { unsupported: UNSUPPORTED[code], of: reader.option(value) };
    case 0x40:
    case 0x43: {
      const params = reader.vec(() => [reader.name(), value()]);
      const result = reader.byte() ? [reader.number(), null][1] : value();
      return code === 0x43 ? { async: true, params, result } : { params, result };
    }
    case 0x41:
    case 0x42: {
      const start = reader.at;
      declarations(reader, new Scope(scope, undefined));
      const declared = reader.bytes.subarray(start, reader.at);
      // Resources are new ones each time that it is used.
      return { declares: () => declarations(new Reader(declared), new Scope(scope, undefined)) };
    }
    case 0x3f:
      reader.byte();
      reader.option(() => reader.number());
      return { resource: undefined };
    default:
      if (PRIMITIVES[code]) return PRIMITIVES[code];
      throw new Error(`type 0x${code.toString(16)} is not known here`);
  }
}

function declarations(reader, scope) {
  reader.vec(() => {
    const kind = reader.byte();
    if (kind === 0) reader.coreType();
    else if (kind === 1) scope.type.push(definedType(reader, scope));
    else if (kind === 2) alias(reader, scope);
    else if (kind === 3 || kind === 4) {
      const name = reader.externName();
      const item = described(reader, scope);
      scope.define(item);
      (kind === 3 ? scope.imports : scope.exports).set(name, item);
    } else throw new Error(`declaration 0x${kind.toString(16)} is not known here`);
  });
  return scope;
}

/** What an import or export is said to be: its sort, and what stands for it. */
function described(reader, scope) {
  const sort = SORTS[reader.byte()];
  if (sort === undefined) return reader.core();
  if (sort === "type") return { sort, is: reader.byte() ? { resource: undefined } : scope.type[reader.number()] };
  const type = scope.type[reader.number()];
  if (sort === "instance") return { sort, is: { exports: type.declares().exports } };
  if (sort === "component") return { sort, is: { instantiate: () => type.declares() } };
  return { sort, is: type };
}

function sortIndex(reader, scope) {
  const sort = SORTS[reader.byte()];
  if (sort === undefined) return reader.core();
  return { sort, is: scope[sort][reader.number()] };
}

function alias(reader, scope) {
  const sort = SORTS[reader.byte()];
  if (sort === undefined) reader.byte();
  const target = reader.byte();
  if (target === 0) {
    const { exports } = scope.instance[reader.number()];
    scope.define(exports.get(reader.name()));
  } else if (target === 1) {
    reader.number();
    reader.name();
  } else {
    const from = scope.outer(reader.number());
    const index = reader.number();
    if (sort) scope.define({ sort, is: from[sort][index] });
  }
}

function instance(reader, scope) {
  if (reader.byte() === 0) {
    const component = scope.component[reader.number()];
    const args = new Map(reader.vec(() => [reader.name(), sortIndex(reader, scope)]));
    scope.instance.push({ exports: component.instantiate(args).exports });
  } else {
    scope.instance.push({ exports: new Map(reader.vec(() => [reader.externName(), sortIndex(reader, scope)])) });
  }
}

// Canonical functions by what follows their code: bytes, numbers, options, a result, and a type of core WebAssembly.
const CANONICAL = {
  "": [0x05, 0x0d, 0x1e, 0x1f, 0x22, 0x23, 0x24, 0x25, 0x26, 0x28],
  b: [0x06, 0x0c, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x42],
  bn: [0x20, 0x21, 0x40],
  bnn: [0x41],
  bno: [0x00, 0x01],
  cn: [0x0a, 0x0b],
  n: [0x02, 0x03, 0x04, 0x0e, 0x13, 0x14, 0x15, 0x1a, 0x1b, 0x2e, 0x2f],
  nb: [0x11, 0x12, 0x18, 0x19],
  nn: [0x27],
  no: [0x0f, 0x10, 0x16, 0x17],
  o: [0x1c, 0x1d],
  ro: [0x09],
};
// Those options that have a number.
const NUMBERED = [0x03, 0x04, 0x05, 0x07];

function canon(reader, scope) {
  const parts = {
    b: () => reader.byte(),
    c: () => reader.coreValueType(),
    n: () => reader.number(),
    o: () => reader.vec(() => NUMBERED.includes(reader.byte()) && reader.number()),
    r: () => (reader.byte() ? reader.byte() : valueType(reader, scope)),
  };
  const code = reader.byte();
  const [shape] = Object.entries(CANONICAL).find(([, codes]) => codes.includes(code)) ?? [];
  if (shape === undefined) throw new Error(`canonical function 0x${code.toString(16)} is not known here`);
  for (const part of shape) parts[part]();
  if (code === 0) scope.func.push(scope.type[reader.number()]);
}

function importInto(reader, scope) {
  const name = reader.externName();
  const declared = described(reader, scope);
  const item = scope.args ? scope.args.get(name) : declared;
  scope.define(item);
  scope.imports.set(name, item);
}

function exportFrom(reader, scope) {
  const name = reader.externName();
  const item = sortIndex(reader, scope);
  // What it is said to be has the names of what it is, and no other types.
  reader.option(() => described(reader, scope));
  scope.define(item);
  scope.exports.set(name, item);
}

const SECTIONS = { 5: instance, 6: alias, 7: (r, s) => s.type.push(definedType(r, s)), 8: canon, 10: importInto };

function component(bytes, start, end, parent, args) {
  const scope = new Scope(parent, args);
  const reader = new Reader(bytes, start + 8, end);
  while (reader.at < end) {
    const id = reader.byte();
    const size = reader.number();
    const from = reader.at;
    if (from + size > end) throw new Error("the component ends too early");
    const section = new Reader(bytes, from, from + size);
    if (id === 4) {
      scope.component.push({ instantiate: (given) => component(bytes, from, from + size, scope, given) });
    } else if (id === 11) {
      section.vec(() => exportFrom(section, scope));
    } else if (SECTIONS[id]) {
      section.vec(() => SECTIONS[id](section, scope));
    }
    reader.at = from + size;
  }
  return scope;
}

/**
 * The interfaces that the component in `bytes` imports and exports, in a form that is JSON: by name, what their
 * functions take and return, as `{"params": [["name", "string"]], "result": "string"}`. Types that have a number are in
 * `types`: the list is in order, each names only earlier ones.
 */
export function interfacesOf(bytes) {
  const { imports, exports } = component(bytes, 0, bytes.length);
  const types = [];
  const numbers = new Map();

  const pairs = (of) => of.map(([name, type]) => [name, numbered(type)]);
  const each = (of) => of.map(numbered);
  const same = (of) => of;
  const parts = { record: pairs, variant: pairs, tuple: each, result: each };
  const whole = { enum: same, flags: same, resource: same, unsupported: same };

  /** The number of a type, or its name if it is a primitive. */
  function numbered(type) {
    if (typeof type !== "object" || type === null) return type;
    if (!numbers.has(type)) {
      const [[kind, of]] = Object.entries(type);
      const written = (parts[kind] ?? whole[kind] ?? numbered)(of);
      numbers.set(type, types.push({ [kind]: written }) - 1);
    }
    return numbers.get(type);
  }

  const func = ({ async, params, result }) => ({
    ...(async && { async }),
    params: pairs(params),
    result: numbered(result),
  });
  const all = (items) => {
    const found = {};
    for (const [name, { sort, is }] of items) {
      if (sort === "func") found[name] = func(is);
      if (sort === "core" || sort === "component")
        found[name] = { unsupported: `a ${sort === "core" ? "core module" : sort}` };
      if (sort === "type" && is.resource?.[0] === name) found[name] = {};
      if (sort !== "instance") continue;
      const functions = [...is.exports].filter(([, item]) => item.sort === "func");
      found[name] = Object.fromEntries(functions.map(([own, item]) => [own, func(item.is)]));
    }
    return found;
  };
  // A resource is called by the interface that has it, and its own name there; one of the world is its own interface.
  for (const [face, item] of [...imports, ...exports]) {
    for (const [name, { sort, is: type }] of item.is?.exports ?? [[face, item]]) {
      if (sort !== "type" || !Object.hasOwn(Object(type), "resource")) continue;
      type.resource ??= [face, name];
      numbered(type);
    }
  }
  return { imports: all(imports), exports: all(exports), types };
}
