// WAVE, the notation that `wasmtime run --invoke` has for calls and values of WIT: from and to the JSON of json.mjs.

const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const LABEL = /%?[a-zA-Z][a-zA-Z0-9-]*/y;
const ESCAPES = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "'": "'" };

class Parser {
  at = 0;

  constructor(text, types) {
    Object.assign(this, { text, types });
  }

  fail(expected) {
    const got = this.text.slice(this.at, this.at + 20) || "the end";
    throw new SyntaxError(`at character ${this.at + 1}: expected ${expected}, got ${got}`);
  }

  /** What matches here, after white space and comments; `undefined` if it is not there. */
  take(pattern) {
    const found = this.peek(pattern);
    if (found !== undefined) this.at += found.length;
    return found;
  }

  peek(pattern) {
    this.at += /^(\s|\/\/.*)*/.exec(this.text.slice(this.at))[0].length;
    if (typeof pattern === "string") return this.text.startsWith(pattern, this.at) ? pattern : undefined;
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  need(pattern, expected = `'${pattern}'`) {
    return this.take(pattern) ?? this.fail(expected);
  }

  label(expected) {
    return this.need(LABEL, expected).replace("%", "");
  }

  /** What is between brackets, with commas; the last may have one, too. */
  items(open, close, item) {
    this.need(open);
    const found = [];
    while (!this.take(close)) {
      found.push(item(found.length));
      if (!this.peek(close)) this.need(",", `',' or '${close}'`);
    }
    return found;
  }

  quoted(mark, expected) {
    this.need(mark, expected);
    let text = "";
    for (;;) {
      const next = /^(?:\\u\{([0-9a-fA-F]{1,6})\}|\\([ntr\\"'])|([^\\\n]))/u.exec(this.text.slice(this.at));
      if (!next) this.fail(`the end of the text, ${mark}`);
      this.at += next[0].length;
      if (next[0] === mark) return text;
      const code = Number.parseInt(next[1], 16);
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) this.fail("a Unicode scalar value");
      text += next[1] ? String.fromCodePoint(code) : next[2] ? ESCAPES[next[2]] : next[3];
    }
  }

  primitive(type) {
    if (type === "string") return this.quoted('"', 'string, as "text"');
    if (type === "char") return this.quoted("'", "char, as 'x'");
    if (type === "bool") return this.need(/(true|false)\b/y, "bool") === "true";
    if (type[0] === "f") {
      const special = this.take(/(nan|-?inf)\b/y);
      return special ?? Number(this.need(NUMBER, type));
    }
    const whole = this.need(/-?\d+/y, type);
    return type.endsWith("64") ? whole : Number(whole);
  }

  value(type) {
    if (typeof type === "string") return this.primitive(type);
    const [[kind, is]] = Object.entries(this.types[type]);
    switch (kind) {
      case "list": {
        const items = this.items("[", "]", () => this.value(is));
        if (is !== "u8" || items.some((byte) => !(byte >= 0 && byte <= 0xff))) return items;
        return btoa(String.fromCharCode(...items));
      }
      case "tuple": {
        const items = this.items("(", ")", (at) => (at < is.length ? this.value(is[at]) : this.fail("')'")));
        return items.length === is.length ? items : this.fail(`${is.length} items before`);
      }
      case "record":
        return this.record(is);
      case "flags":
        return this.items("{", "}", () => this.label("a flag"));
      case "enum":
        return this.label(`one of ${is.join(", ")}`);
      case "variant":
        return this.cases(is, is.map(([name]) => name).join(", "));
      case "option": {
        const found = this.cases([
          ["some", is],
          ["none", null],
        ]);
        const isNested = "option" in Object(this.types[is]);
        if (found) return "none" in found ? null : isNested ? found : found.some;
        return isNested ? this.fail("some or none") : this.value(is);
      }
      case "result":
        return (
          this.cases([
            ["ok", is[0]],
            ["err", is[1]],
          ]) ?? { ok: is[0] === null ? this.fail("ok or err") : this.value(is[0]) }
        );
      default:
        return this.fail("no handle, which cannot be written");
    }
  }

  record(fields) {
    const types = new Map(fields);
    const pairs = this.take(/\{\s*:\s*\}/y)
      ? []
      : this.items("{", "}", () => {
          const name = this.label(`a field of ${[...types.keys()].join(", ")}`);
          if (!types.has(name)) this.fail(`a value for a field of ${[...types.keys()].join(", ")}, not for ${name}`);
          this.need(":");
          return [name, this.value(types.get(name))];
        });
    return Object.fromEntries(pairs);
  }

  /** A case with its payload; without `expected` it may be another value, and `undefined` comes back. */
  cases(all, expected) {
    const start = this.at;
    const name = this.take(LABEL)?.replace("%", "");
    const found = all.find(([own]) => own === name);
    if (!found) {
      this.at = start;
      return expected ? this.fail(`one of ${expected}`) : undefined;
    }
    if (found[1] === null || !this.take("(")) return { [name]: null };
    const payload = this.value(found[1]);
    this.need(")");
    return { [name]: payload };
  }
}

/** The name of the function that is called, and where its arguments are; `undefined` for what is no call. */
export function callIn(text) {
  const [, name, args] = /^\s*([%\w:/@.-]+)(\(.*\))\s*$/s.exec(text) ?? [];
  return name && { name, args };
}

/** The arguments of a call, in parentheses, as JSON. */
export function parseArguments(text, params, types) {
  const parser = new Parser(text, types);
  const found = parser.items("(", ")", (at) => {
    if (at >= params.length) parser.fail(`${params.length} arguments`);
    return parser.value(params[at][1]);
  });
  if (found.length < params.length)
    parser.fail(`${params[found.length][0]}: ${witType(params[found.length][1], types)}`);
  return parser.peek(/[\s\S]/y) === undefined ? found : parser.fail("the end");
}

function escaped(text, mark) {
  return text.replace(/[\\\n\t\r]|\p{Cc}|["']/gu, (character) => {
    const known = Object.entries(ESCAPES).find(([, is]) => is === character);
    if (character === '"' || character === "'") return character === mark ? `\\${mark}` : character;
    return known ? `\\${known[0]}` : `\\u{${character.codePointAt(0).toString(16)}}`;
  });
}

/** A value in JSON as WAVE writes it. */
export function print(json, type, types) {
  if (type === "string") return `"${escaped(json, '"')}"`;
  if (type === "char") return `'${escaped(json, "'")}'`;
  if (typeof type === "string") return Object.is(json, -0) ? "-0" : String(json);
  const [[kind, is]] = Object.entries(types[type]);
  const inner = (value, part) => print(value, part, types);
  const named = (name, payload, part) => (part === null ? name : `${name}(${inner(payload, part)})`);
  switch (kind) {
    case "list":
      if (is === "u8") return `[${Array.from(atob(json), (byte) => byte.charCodeAt(0)).join(", ")}]`;
      return `[${json.map((item) => inner(item, is)).join(", ")}]`;
    case "tuple":
      return `(${json.map((item, at) => inner(item, is[at])).join(", ")})`;
    case "record":
      return `{${is.map(([name, part]) => `${name}: ${inner(json[name], part)}`).join(", ")}}`;
    case "flags":
      return `{${json.join(", ")}}`;
    case "option":
      return json === null ? "none" : named("some", "option" in Object(types[is]) ? json.some : json, is);
    case "variant":
    case "result": {
      const [[name, payload]] = Object.entries(json);
      const part = kind === "variant" ? new Map(is).get(name) : is[name === "ok" ? 0 : 1];
      return named(name, payload, part);
    }
    default:
      return json;
  }
}

/** A type in WIT's words; records and the like, which lose their names in a component, by what is in them. */
export function witType(type, types) {
  if (typeof type !== "number") return type ?? "_";
  const [[kind, is]] = Object.entries(types[type]);
  const inner = (part) => witType(part, types);
  const named = ([name, part]) => (part === null ? name : `${name}(${inner(part)})`);
  const text = {
    record: () => `{${is.map(([name, part]) => `${name}: ${inner(part)}`).join(", ")}}`,
    variant: () => is.map(named).join(" | "),
    enum: () => is.join(" | "),
    flags: () => `{${is.join(", ")}}`,
    tuple: () => `tuple<${is.map(inner).join(", ")}>`,
    result: () => `result<${is.map(inner).join(", ")}>`,
    resource: () => is[1],
    unsupported: () => is,
  }[kind];
  return text?.() ?? (kind === "own" ? inner(is) : `${kind}<${inner(is)}>`);
}

/** A function as WIT declares it. */
export function signature(name, { params, result }, types) {
  const given = params.map(([param, type]) => `${param}: ${witType(type, types)}`).join(", ");
  return `${name}(${given})${result === null ? "" : ` -> ${witType(result, types)}`}`;
}
