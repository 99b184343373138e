// What is read of a component is what `wasm-tools component wit --json` tells of it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { interfacesOf } from "./interfaces.mjs";

const { COMPONENTS, WASM_TOOLS } = process.env;

/** Types in the place of their numbers. */
function expanded({ imports, exports, types }) {
  const whole = [];
  const of = (type) => (typeof type === "number" ? whole[type] : type);
  const inside = { record: 1, variant: 1, tuple: 0, result: 0 };
  for (const type of types) {
    const [[kind, is]] = Object.entries(type);
    if (inside[kind] === 1) whole.push({ [kind]: is.map(([name, part]) => [name, of(part)]) });
    else if (inside[kind] === 0) whole.push({ [kind]: is.map(of) });
    else whole.push({ [kind]: ["enum", "flags", "resource"].includes(kind) ? is : of(is) });
  }
  const func = ({ params, result }) => ({ params: params.map(([name, type]) => [name, of(type)]), result: of(result) });
  const all = (items) =>
    Object.fromEntries(
      Object.entries(items).map(([name, item]) => [
        name,
        "params" in item
          ? func(item)
          : Object.fromEntries(Object.entries(item).map(([own, type]) => [own, func(type)])),
      ]),
    );
  return { imports: all(imports), exports: all(exports) };
}

/** The same of what wasm-tools tells. */
function told({ worlds, interfaces, packages, types }) {
  const face = (id) => {
    const { name, package: at } = interfaces[id];
    const [own, version] = packages[at].name.split("@");
    return `${own}/${name}@${version}`;
  };
  function of(type) {
    if (typeof type !== "number") return type ?? null;
    const { kind, name, owner } = types[type];
    if (kind === "resource") return { resource: [face(owner.interface), name] };
    const [[is, what]] = Object.entries(kind);
    const named = (items) => items.map((item) => [item.name, of(item.type)]);
    const names = (items) => items.map((item) => item.name);
    return {
      type: () => of(what),
      record: () => ({ record: named(what.fields) }),
      variant: () => ({ variant: named(what.cases) }),
      enum: () => ({ enum: names(what.cases) }),
      flags: () => ({ flags: names(what.flags) }),
      tuple: () => ({ tuple: what.types.map(of) }),
      option: () => ({ option: of(what) }),
      list: () => ({ list: of(what) }),
      result: () => ({ result: [of(what.ok), of(what.err)] }),
      handle: () => Object.fromEntries(Object.entries(what).map(([handle, resource]) => [handle, of(resource)])),
    }[is]();
  }
  const func = ({ params, result }) => ({
    params: params.map(({ name, type }) => [name, of(type)]),
    result: of(result),
  });
  const all = (items) =>
    Object.fromEntries(
      Object.entries(items).flatMap(([name, item]) => {
        if ("function" in item) return [[name, func(item.function)]];
        if (!("interface" in item)) return [];
        const { functions } = interfaces[item.interface.id];
        const found = Object.entries(functions).map(([own, type]) => [own, func(type)]);
        return [[face(item.interface.id), Object.fromEntries(found)]];
      }),
    );
  return { imports: all(worlds[0].imports), exports: all(worlds[0].exports) };
}

for (const path of COMPONENTS.split(" ")) {
  test(path, () => {
    const { stdout, stderr } = spawnSync(WASM_TOOLS, ["component", "wit", "--json", path], { encoding: "utf8" });
    assert.equal(stderr, "");
    assert.deepEqual(expanded(interfacesOf(readFileSync(path))), told(JSON.parse(stdout)));
  });
}

test("a number of a type is no type, however large it is", () => {
  const types = Array.from({ length: 200 }, (_, at) => `(type (tuple u8 ${at % 2 ? "string" : "bool"}))`).join(" ");
  const params = Array.from({ length: 200 }, (_, at) => `(param "p${at}" ${at})`).join(" ");
  const interface_ = `(instance ${types} (type (func ${params})) (export "f" (func (type 200))))`;
  const wat = `(component (import "a:b/c@1.0.0" ${interface_}))`;
  const { stdout: component } = spawnSync(WASM_TOOLS, ["parse", "-"], { input: wat });
  const { stdout } = spawnSync(WASM_TOOLS, ["component", "wit", "--json"], { input: component, encoding: "utf8" });
  assert.deepEqual(expanded(interfacesOf(component)), told(JSON.parse(stdout)));
});

test("what is damaged is an error", () => {
  const bytes = readFileSync(COMPONENTS.split(" ").at(-1));
  assert.throws(() => interfacesOf(bytes.subarray(0, bytes.length / 2)), Error);
});
