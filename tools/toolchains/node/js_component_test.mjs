// What the rule `js_component` refuses, each in lines that name the file, and that two builds have the same bytes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const { CHECK, JCO, QUICKJS, QUICKJS_MODULES, STARLINGMONKEY, STARLINGMONKEY_MODULES } = process.env;
const { SAME_BYTES, TEST_TMPDIR, WAC, WASM_TOOLS } = process.env;

const WIT = `package test:text@1.0.0;
interface text { shorten-text: func(text: string) -> string; resource pen { write: func() -> u32; } }
interface numbers { next: func() -> u64; }
interface paper { lines: func() -> u32; }
world texts { import paper; export text; }
world counting { export numbers; }
`;

const WELL = `export const text = {
  shortenText(text) { return text.slice(0, 3); },
  Pen: class Pen { write() { return 1; } },
};
`;

/** Runs a program of the rule on a source, in a folder of its own. */
function run(program, modules, source, { name = "src/text.js", world = "texts", own = [] } = {}) {
  const folder = mkdtempSync(join(TEST_TMPDIR, "build-"));
  const [file, wit, out] = ["source", "wit", "out"].map((path) => join(folder, path));
  writeFileSync(file, source);
  mkdirSync(wit);
  writeFileSync(join(wit, "text.wit"), WIT);
  const inputs = [`--source=${name}=${file}`, "--package=guests/text", `--entry=${name}`, `--wit=${wit}`];
  const tools = [`--world=${world}`, `--wasm-tools=${WASM_TOOLS}`, `--node-modules=${modules}`, `--out=${out}`];
  const { status, stderr } = spawnSync(process.execPath, [program, ...inputs, ...tools, ...own], { encoding: "utf8" });
  return { status, out, said: stderr };
}

const ENGINE = [`--same-bytes=${SAME_BYTES}`, `--wac=${WAC}`];
const quickjs = (source, options) => run(QUICKJS, QUICKJS_MODULES, source, { own: ENGINE, ...options });
const starlingmonkey = (source) => run(STARLINGMONKEY, STARLINGMONKEY_MODULES, source, { own: ENGINE });
const typescript = (source) => run(CHECK, JCO, source, { name: "src/text.ts" });

/** Fails unless a build fails with just these lines. */
function refused({ status, said }, expected) {
  assert.equal(status, 1, said);
  assert.match(said, expected);
  assert.doesNotMatch(said, /node:internal|\.mjs:\d/);
}

for (const [engine, build] of Object.entries({ quickjs, starlingmonkey })) {
  test(`${engine}: two builds have the same bytes, and only the world's exports`, () => {
    const [one, other] = [build(WELL), build(WELL)];
    assert.deepEqual([one.said, one.status, other.status], ["", 0, 0]);
    assert.ok(readFileSync(one.out).equals(readFileSync(other.out)));
    const wit = spawnSync(WASM_TOOLS, ["component", "wit", one.out], { encoding: "utf8" }).stdout;
    assert.deepEqual(wit.match(/^ {2}export .*$/gm), ["  export test:text/text@1.0.0;"]);
    assert.doesNotMatch(wit, /wasi:/);
  });

  test(`${engine}: a syntax error is where it is`, () => {
    refused(build("export const text = {\n  shortenText(text) { return text +; },\n};\n"), /src\/text\.js:2:\d+/);
  });

  test(`${engine}: what the world exports is not there`, () => {
    const source = WELL.replace("shortenText", "shorten");
    refused(build(source), /expected src\/text\.js to export the function text\.shortenText, as the world texts does/);
  });
}

test("a syntax error is one line", () => {
  const { said } = quickjs("export const text = {\n  shortenText(text) { return text +; },\n};\n");
  assert.match(said, /^guests\/text\/src\/text\.js:2:\d+: unexpected token in expression: ';'\n$/);
});

test("what the top level throws", () => {
  refused(
    quickjs(`${WELL}\nnull.length;\n`),
    /^guests\/text\/src\/text\.js:6:\d+: cannot read property 'length' of null\n$/,
  );
});

test("a module that is not there", () => {
  refused(quickjs(`import "./other.js";\n${WELL}`), /^.*"?\.\/other\.js"?.*\n$/);
});

test("a method that is not there", () => {
  const source = WELL.replace("write()", "read()");
  refused(quickjs(source), /expected src\/text\.js to export the function text\.Pen\.prototype\.write, as/);
});

test("64-bit integers", () => {
  const source = "export const numbers = { next() { return 1n; } };";
  refused(quickjs(source, { world: "counting" }), /^the world counting has the type u64, which QuickJS does not keep/);
});

test("TypeScript that is well", () => {
  const { status, said, out } = typescript(`import type * as world from "test:text/texts@1.0.0";
import { lines } from "test:text/paper@1.0.0";
export const text: typeof world.text = {
  shortenText: (text) => text.slice(lines()),
  Pen: class Pen { write() { return 1; } },
};
`);
  assert.deepEqual([said, status], ["", 0]);
  assert.match(readFileSync(join(out, "texts.d.ts"), "utf8"), /declare module 'test:text\/texts@1\.0\.0'/);
});

test("a type error is where it is", () => {
  const source = "export const text = {\n  shortenText: (text: string): string => text.length,\n};\n";
  refused(typescript(source), /^guests\/text\/src\/text\.ts\(2,\d+\): error TS2322: Type 'number' is not/m);
});

test("what is not of the world's types", () => {
  const source = 'export const text = { shortenText: (text: string) => text === "" };\n';
  refused(typescript(source), /error TS1360: .*'typeof import\("\.?[^"]*text/);
});

test("more than types", () => {
  refused(typescript("export enum Text { one }\n"), /^guests\/text\/src\/text\.ts\(1,13\): error TS1294: /m);
});
