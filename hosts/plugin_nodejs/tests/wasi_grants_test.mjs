// What a component reaches by WASI where something is granted, and what ends it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ComponentError, Plugin, TimeLimitError, TrapError } from "../../../lib/host/jco/node.mjs";

const { GRANTED, PROBE, TRANSPILED } = process.env;
const granted = JSON.parse(readFileSync(GRANTED, "utf8"));

const open = async (wasi, more) => (await Plugin.open(TRANSPILED, { wasi, ...more })).probe;

test("what is granted, and nothing else", async () => {
  const probe = await open({
    args: granted.args,
    env: granted.env,
    stdin: new TextEncoder().encode(granted.stdin),
    clock: granted.clock * 1000,
    random: Uint8Array.from(granted.random),
    output() {},
  });
  // There are no directories in this host: what would be in one is refused, too.
  const ofDirectories = ([what, , expected]) =>
    what.startsWith("at-") || (what.startsWith("file-") && expected !== "refused");
  const tried = granted.attempts.filter((attempt) => !ofDirectories(attempt));
  assert.ok(tried.length > 30);
  for (const [what, args, expected] of tried) {
    assert.equal(probe.attempt(what, args), expected, `${what} ${args}`);
  }
});

test("lines go to a function", async () => {
  const lines = [];
  const probe = await open({
    output(stream, line) {
      if (line === "fail") throw new RangeError("no more");
      lines.push([stream, line]);
    },
  });
  probe.attempt("print", ["one\ntwo", "three\x1b\r\n"]);
  assert.deepEqual(lines.splice(0).sort(), [
    ["stderr", "three\\u{1b}"],
    ["stdout", "one"],
    ["stdout", "two"],
  ]);
  probe.attempt("print", ["y".repeat(5000), ""]);
  assert.deepEqual(lines.splice(0), [
    ["stdout", "y".repeat(4096)],
    ["stdout", "y".repeat(904)],
  ]);
  assert.throws(() => probe.attempt("print", ["fail\n", ""]), RangeError);
  lines.splice(0);
  probe.attempt("print", ["again\n", ""]);
  assert.deepEqual(lines, [["stdout", "again"]]);
});

test("lines go to the console", async (t) => {
  const log = t.mock.method(console, "log", () => {});
  const error = t.mock.method(console, "error", () => {});
  const probe = await open(undefined, { name: "probe" });
  probe.attempt("print", ["one\n", "two\n"]);
  const told = ({ mock }) => mock.calls.map((call) => call.arguments);
  assert.deepEqual([told(log), told(error)], [[["probe: one"]], [["probe: two"]]]);
});

for (const [what, args] of [
  ["sleep", ["3600000"]],
  ["spin", ["3600000000000"]],
  ["flood", []],
]) {
  test(`time has an end for ${what}`, async () => {
    const probe = await open({ output() {} }, { timeout: 300 });
    assert.throws(() => probe.attempt(what, args), TimeLimitError);
    assert.equal(probe.attempt("time-passes", ["20"]), "true");
  });
}

test("what is not there ends the call alone", async () => {
  const probe = await open();
  for (const [what, arg, line] of [
    ["exit", "0", "trap: it exited with code 0"],
    ["exit", "3", "trap: it exited with code 1"],
    ["http", "localhost", "fields.constructor is refused: no HTTP in a plugin"],
  ]) {
    assert.throws(
      () => probe.attempt(what, [arg]),
      (error) => error instanceof TrapError && error.message.endsWith(line),
    );
    assert.equal(probe.attempt("args", []), "");
  }
});

test("the clock is the machine's", async () => {
  const probe = await open();
  assert.equal(probe.attempt("time-is-now", [String(Math.floor(Date.now() / 1000))]), "true");
});

test("what is given goes before WASI", async () => {
  const environment = {
    getEnvironment: () => [["GIVEN", "yes"]],
    getArguments: () => [],
    initialCwd: () => undefined,
  };
  const probe = await open({ env: { A: "1" } }, { imports: { "wasi:cli/environment": environment } });
  assert.equal(probe.attempt("env-all", []), "GIVEN=yes");
});

test("none refuses, for the file as for what was transpiled", async () => {
  for (const path of [PROBE, TRANSPILED]) {
    await assert.rejects(
      Plugin.open(path, { wasi: "none" }),
      (error) =>
        error instanceof ComponentError &&
        /imports wasi:.*, which this host does not provide; it provides nothing$/.test(error.message),
    );
  }
});

test("options that are wrong", async () => {
  for (const [wasi, name, message] of [
    [1, "TypeError", 'wasi: expected an object or "none", got 1'],
    [{ dirs: [] }, "TypeError", 'options: expected args, clock, env, output, random, stdin, got "dirs"'],
    [{ args: "a" }, "TypeError", 'wasi.args: expected an array, got "a"'],
    [{ args: ["a\0"] }, "RangeError", 'wasi.args: expected Unicode without NUL, got "a\\u0000"'],
    [{ env: { A: 1 } }, "TypeError", "wasi.env: expected a string, got 1"],
    [{ stdin: "text" }, "TypeError", 'wasi.stdin: expected a Uint8Array, got "text"'],
    [{ output: 1 }, "TypeError", "wasi.output: expected a function of a stream and a line, got 1"],
    [{ clock: -1 }, "RangeError", "wasi.clock: expected milliseconds since 1970, got -1"],
    [{ random: new Uint8Array() }, "RangeError", "wasi.random: expected a byte or more, got none"],
  ]) {
    await assert.rejects(Plugin.open(TRANSPILED, { wasi }), { name, message });
  }
});
