// The declarations of the library and of components: what is well compiles, and what is wrong does not.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { test } from "node:test";

const { HELLO, PACKAGE, TEST_TMPDIR, VALUES } = process.env;
const compiler = createRequire(import.meta.url).resolve("typescript-compiler-api/lib/tsc.js");

mkdirSync(join(TEST_TMPDIR, "node_modules"));
symlinkSync(resolve(PACKAGE, ".."), join(TEST_TMPDIR, "node_modules", "anyhost"));
symlinkSync(resolve(HELLO), join(TEST_TMPDIR, "hello"));
symlinkSync(resolve(VALUES), join(TEST_TMPDIR, "values"));
writeFileSync(join(TEST_TMPDIR, "package.json"), '{ "type": "module" }');

const BEFORE = `import { BackgroundPlugin, Plugin, ResultError, TimeLimitError, TrapError } from "anyhost";
import type { Root as Hello } from "./hello/component.js";
import type { ImportObject, Root as Values } from "./values/component.js";
declare const imports: ImportObject;
const hello = await Plugin.open<Hello>("hello.wasm", { maxMemory: 2 ** 24, timeout: 100 });
const values = await Plugin.open<Values, ImportObject>(new URL("file:///values.wasm"), { imports });
const background = await BackgroundPlugin.open<Values>("component", { imports: "imports.mjs" });
`;

const WELL = `
    const greeting: string = hello.greeter.greet("World", true);
    const same: string = hello["anyhost:hello/greeter@1.0.0"].greet("World", false);
    const big: bigint = values.echo.echoU64(5n);
    const bytes: Uint8Array = values.echo.echoBytes(new Uint8Array(2));
    values.echo.echoShape({ tag: "circle", val: 1.5 });
    values.echo.echoRights({ runAsRoot: true });
    const counter = new values.counters.Counter(5);
    const value: number = counter.increment(1);
    const promised: number = await (await new background.counters.Counter(5)).increment(1);
    const text: string = await background.echo.echoString("text");
    const error: TrapError = new TimeLimitError();
    throw new ResultError({ tag: "circle", val: 1 });`;

const WRONG = [
  [
    'hello.greeter.greet("World", 1)',
    /TS2345: Argument of type 'number' is not assignable to parameter of type 'boolean'/,
  ],
  ['hello.greeter.greet("World")', /TS2554: Expected 2 arguments/],
  ['hello.greeter.gret("World", true)', /TS2551: Property 'gret' does not exist/],
  ["hello.greter", /TS2551: Property 'greter' does not exist/],
  ["values.echo.echoU64(5)", /TS2345/],
  ['values.echo.echoWeekday("sunday")', /TS2345/],
  ["values.echo.echoPoint({ x: 1 })", /TS2345: .*'\{ x: number; \}'/],
  ["values.echo.echoRights({ fly: true })", /TS2353/],
  ['const counter = new values.counters.Counter("5")', /TS2345/],
  ["const text: string = background.echo.echoString('text')", /TS2322/],
  ['await Plugin.open("a.wasm", { maxmemory: 1 })', /TS2561/],
  ['await Plugin.open<Values, ImportObject>("a.wasm", { imports: {} })', /TS2740|TS2739|TS2741/],
];

/** Compiles all at once, and gives the lines of each with its errors. */
function compile(codes) {
  const files = codes.map((code, at) => {
    const file = `test-${at}.mts`;
    writeFileSync(join(TEST_TMPDIR, file), `${BEFORE}${code};\n`);
    return file;
  });
  const options = ["--strict", "--noEmit", "--preserveSymlinks", "--pretty", "false"];
  const language = ["--module", "nodenext", "--target", "esnext", "--lib", "esnext,dom"];
  const args = [compiler, ...options, ...language, ...files];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: TEST_TMPDIR });
  const lines = stdout.trim().split("\n");
  assert.deepEqual(
    lines.filter((line) => !/^(test-| {2})/.test(line)),
    [],
  );
  return files.map((file) => lines.filter((line) => line.startsWith(`${file}(`)));
}

const [well, ...wrong] = compile([WELL, ...WRONG.map(([code]) => code)]);

test("what is well compiles", () => assert.deepEqual(well, []));

for (const [at, [code, error]] of WRONG.entries()) {
  test(`${code} does not compile`, () => {
    assert.equal(wrong[at].length, 1, wrong[at].join("\n"));
    assert.match(wrong[at][0], error);
  });
}
