// The command, as `bazel run //hosts:plugin_nodejs -- …` starts it; and the example of docs/plugin_nodejs.md.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { component } from "../../../lib/host/testing/cases.mjs";

const { DOC, EXAMPLE, IMPORTS, PACKAGE, RUN, TEST_TMPDIR, VALUES, VERSION } = process.env;

function run(...args) {
  // Nothing is written to disk.
  const env = { ...process.env, TMPDIR: join(TEST_TMPDIR, "missing") };
  const { status, stdout, stderr } = spawnSync(resolve(RUN), args, { encoding: "utf8", env });
  return { status, stdout, stderr };
}

function prints(args, text) {
  assert.deepEqual(run(...args), { status: 0, stdout: `${text}\n`, stderr: "" });
}

function fails(args, status, text) {
  const result = run(...args);
  assert.equal(result.status, status, result.stderr);
  assert.equal(result.stdout, "");
  assert.match(result.stderr, /^error: [^\n]*\n$/);
  assert.ok(result.stderr.includes(text), result.stderr);
}

const formatter = join(TEST_TMPDIR, "imports.mjs");
writeFileSync(formatter, 'export const formatter = { reverse: (text) => [...text].reverse().join("") };\n');
const host = join(TEST_TMPDIR, "host.mjs");
writeFileSync(
  host,
  `class Store { static defaultName() {} put() {} size() {} }
const keep = (value) => value;
export const host = { Store, relay: keep, notify() {}, check: keep, bytes: keep, find() {}, describe() {}, close() {} };
`,
);
const values = ["--component", VALUES, "--imports", host];

test("the short form, with the default component", () => {
  prints(["World"], "Hello, World");
  prints(["World", "--up"], "HELLO, WORLD");
  prints(["--up", "Zoë Strauß"], "HELLO, ZOË STRAUSS");
  prints(["--", "--up"], "Hello, --up");
  prints([""], "Hello, ");
  prints(["--json", "World"], '"Hello, World"');
});

test("a call in WAVE", () => {
  const greeting = '"HELLO, \\"YOU\\""';
  for (const name of ["greet", "greeter.greet", "anyhost:hello/greeter.greet", "anyhost:hello/greeter@1.0.0.greet"]) {
    prints([`${name}("\\"you\\"", true)`], greeting);
  }
  prints(["--json", 'greet("you", false)'], '"Hello, you"');
});

test("calls with all kinds of values", () => {
  for (const [call, wave, json] of [
    ["echo-u64(18446744073709551615)", "18446744073709551615", '"18446744073709551615"'],
    ["echo-f64(-inf)", "-inf", '"-inf"'],
    ["echo-char('\\u{1f44b}')", "'👋'", '"👋"'],
    ["echo-bytes([1, 2, 255])", "[1, 2, 255]", '"AQL/"'],
    ["echo-point({y: -1, x: 2})", "{x: 2, y: -1}", '{"x":2,"y":-1}'],
    ["echo-shape(polygon([{x: 1, y: 2}]))", "polygon([{x: 1, y: 2}])", '{"polygon":[{"x":1,"y":2}]}'],
    ["echo-shape(nothing)", "nothing", '{"nothing":null}'],
    ["echo-rights({run-as-root, read})", "{read, run-as-root}", '["read","run-as-root"]'],
    ["echo-option(none)", "none", "null"],
    ['echo-option("text")', 'some("text")', '"text"'],
    ["echo-nested-option(some(none))", "some(none)", '{"some":null}'],
    ['echo-result(err("no"))', 'err("no")', '{"err":"no"}'],
    ["echo-result-unit(ok)", "ok", '{"ok":null}'],
    ["echo-tuple((1, \"a\", 'b'))", "(1, \"a\", 'b')", '[1,"a","b"]'],
  ]) {
    prints([...values, call], wave);
    prints([...values, "--json", call], json);
  }
  assert.deepEqual(run(...values, "echo-nothing()"), { status: 0, stdout: "", stderr: "" });
});

test("a module has what the component imports", () => {
  prints(["--component", IMPORTS, "--imports", formatter, "World", "--up"], "HELLO, DLROW");
  const missing = "imports anyhost:hello/formatter@1.0.0, which this host does not provide; it provides nothing";
  fails(["--component", IMPORTS, "World"], 1, missing);
  fails(
    ["--component", IMPORTS, "--imports", join(TEST_TMPDIR, "nowhere.mjs"), "World"],
    1,
    "nowhere.mjs: cannot be imported",
  );
});

test("a component that cannot be used is named", () => {
  fails(["--component", "there.wasm", "World"], 1, "there.wasm: no such file");
  fails(["--component", component("no_greeter"), "World"], 2, "the component exports no function");
  fails(["--component", component("faulty_greeter"), "trap"], 1, "faulty_greeter.wasm: trap");
  const late = "greeter.greet: no result within 300 ms";
  fails(["--component", component("faulty_greeter"), "--timeout", "300ms", "loop"], 1, late);
});

test("a wrong call is told, with what there is", () => {
  const signature = "greeter.greet(name: string, up: bool) -> string";
  fails([], 2, `no call is given; the component exports ${signature}`);
  fails(["gret()"], 2, `there is no function gret; the component exports ${signature}`);
  fails(['greet("you")'], 2, "the arguments of greet: at character 8: expected up: bool, got the end");
  fails(['greet("you", 1)'], 2, "the arguments of greet: at character 9: expected bool, got 1)");
  fails(['greet("you", true, 1)'], 2, "expected 2 arguments");
  fails([...values, "echo-u8(256)"], 1, "value: expected u8, got 256");
  fails([...values, "echo-point({x: 1})"], 1, "value.y: expected s32, got undefined");
  fails([...values, "echo-rights({fly})"], 1, "value: expected no other flags than read, write, runAsRoot");
  fails([...values, "text"], 2, "'text' is no call");
});

test("a wrong command line is told", () => {
  fails(["a", "b"], 2, "2 calls");
  fails(["--loud", "World"], 2, "unexpected argument '--loud'");
  fails(["--up", 'greet("a", true)'], 2, "unexpected argument '--up'");
  const size = "use a number and B, KiB, MiB or GiB, as 64MiB";
  fails(["--max-memory", "64MB", "World"], 2, `invalid value '64MB' for '--max-memory <SIZE>': ${size}`);
  const time = "use a number and ms, s, m or h, as 30s";
  fails(["--timeout", "30", "World"], 2, `invalid value '30' for '--timeout <TIME>': ${time}`);
});

test("a name that is not UTF-8 is told", () => {
  for (const bytes of ["\\xff", "\\xed\\xa0\\xbd"]) {
    // Its input is a socket, which Bash takes for a login from another machine: then it would read settings.
    const command = ["--norc", "-c", `exec "$0" $'${bytes}'`, resolve(RUN)];
    const { status, stderr } = spawnSync("bash", command, { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, /^error: invalid UTF-8 was detected in the arguments [^\n]*\n$/);
  }
});

test("the largest size and the longest time are taken", () => {
  prints(["--max-memory", "4GiB", "--timeout", "596h", "World"], "Hello, World");
});

test("tells what it is", () => {
  assert.match(run("--help").stdout, /^Calls a function/);
  for (const flag of ["--version", "-V"]) prints([flag], `plugin_nodejs ${VERSION}`);
  assert.equal(JSON.parse(readFileSync(PACKAGE, "utf8")).version, VERSION);
});

test("the example of the documentation is this one, and works", () => {
  const example = readFileSync(EXAMPLE, "utf8");
  const page = readFileSync(DOC, "utf8");
  assert.ok(page.includes(`\`\`\`js\n${example}\`\`\``), "the page has another example");
  // As a program finds the package.
  const folder = join(TEST_TMPDIR, "program");
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(resolve(PACKAGE, ".."), join(folder, "node_modules", "anyhost"));
  copyFileSync(EXAMPLE, join(folder, "example.mjs"));
  const flags = ["--preserve-symlinks", "--preserve-symlinks-main"];
  const args = [...flags, join(folder, "example.mjs"), resolve(IMPORTS)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "Hello, <dlroW>\nHELLO, <DLROW>\n", stderr: "" });
  const without = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, NODE_PATH: "" } });
  assert.match(without.stderr, /ComponentError: .*takes the npm package @bytecodealliance\/jco, which is not there\n/);
});
