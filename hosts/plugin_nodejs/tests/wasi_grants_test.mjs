// What a component reaches by WASI where something is granted, and what ends it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { ComponentError, Plugin, TimeLimitError, TrapError } from "../../../lib/host/jco/node.mjs";

const { GRANTED, PROBE, TRANSPILED } = process.env;
const granted = JSON.parse(readFileSync(GRANTED, "utf8"));

const open = async (wasi, more) => (await Plugin.open(TRANSPILED, { wasi, ...more })).probe;

/** Files and links as `granted.json` has them. */
function plant(base) {
  for (const [path, text] of Object.entries(granted.files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  for (const path of granted.folders) mkdirSync(join(base, path));
  for (const [path, target] of Object.entries(granted.links)) symlinkSync(target, join(base, path));
}

/** All paths below a folder, with the contents of files. */
function tree(base) {
  const of = (entry, path) => [
    [path, entry.isFile() && readFileSync(path, "utf8")],
    ...(entry.isDirectory() ? tree(path) : []),
  ];
  return readdirSync(base, { withFileTypes: true }).flatMap((entry) => of(entry, join(base, entry.name)));
}

test("what is granted, and nothing else", async () => {
  const base = await mkdtemp(join(process.env.TEST_TMPDIR, "granted-"));
  plant(base);
  const before = tree(base);
  const probe = await open({
    args: granted.args,
    env: granted.env,
    stdin: new TextEncoder().encode(granted.stdin),
    clock: granted.clock * 1000,
    random: Uint8Array.from(granted.random),
    dirs: granted.dirs.map((dir) => `${base}/${dir}`),
    output() {},
  });
  for (const [what, args, expected] of granted.attempts) {
    assert.equal(probe.attempt(what, args), expected, `${what} ${args}`);
  }
  assert.deepEqual(tree(base), before);
});

test("directories that cannot be granted", async () => {
  const file = join(process.env.TEST_TMPDIR, "file");
  writeFileSync(file, "");
  for (const [host, reason] of [
    ["no/such", "no such directory"],
    [file, "not a directory"],
  ]) {
    await assert.rejects(open({ dirs: [`${host}::/data`] }), {
      name: "PluginError",
      message: `dirs: ${host}: ${reason}`,
    });
  }
  const use = "use HOST or HOST::GUEST, as .::/data";
  for (const [dirs, message] of [
    ["/data", 'wasi.dirs: expected an array, got "/data"'],
    [[1], "wasi.dirs: 1: expected a string"],
    [[""], `wasi.dirs: "": ${use}`],
    [["::/data"], `wasi.dirs: "::/data": ${use}`],
    [[".::"], `wasi.dirs: ".::": ${use}`],
    [[".:rw"], `wasi.dirs: ".:rw": unknown suffix :rw; the only one is :ro, for read-only; ${use}`],
    [[".::/a", "/::/a"], 'wasi.dirs: "/::/a": the guest has a /a already'],
  ]) {
    await assert.rejects(open({ dirs }), { message });
  }
});

test("what a lost instance had open is closed", async () => {
  const base = await mkdtemp(join(process.env.TEST_TMPDIR, "open-"));
  writeFileSync(join(base, "file"), "text");
  const probe = await open({ dirs: [`${base}::/data`], output() {} });
  const count = () => readdirSync("/proc/self/fd").length;
  assert.equal(probe.attempt("file-read", ["/data/file"]), "text");
  const before = count();
  for (let n = 0; n < 20; n++) {
    assert.equal(probe.attempt("file-read", ["/data/file"]), "text");
    assert.throws(() => probe.attempt("exit", ["1"]), TrapError);
  }
  assert.equal(probe.attempt("file-read", ["/data/file"]), "text");
  assert.equal(count(), before);
});

test("a pipe in a directory is no file", async () => {
  const base = await mkdtemp(join(process.env.TEST_TMPDIR, "pipe-"));
  execFileSync("mkfifo", [join(base, "pipe")]);
  const probe = await open({ dirs: [`${base}::/data`], output() {} });
  assert.equal(probe.attempt("file-read", ["/data/pipe"]), "refused");
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
    [{ files: [] }, "TypeError", 'options: expected args, clock, env, output, random, stdin, got "files"'],
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
