// The command, as `bazel run //hosts:plugin_nodejs -- …` starts it; and the example of docs/plugin_nodejs.md.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { component } from "../../../lib/host/testing/cases.mjs";

function run(...args) {
  // Nothing is written to disk.
  const env = { ...process.env, TMPDIR: join(process.env.TEST_TMPDIR, "missing") };
  const { status, stdout, stderr } = spawnSync(resolve(process.env.RUN), args, { encoding: "utf8", env });
  return { status, stdout, stderr };
}

function greets(args, greeting) {
  assert.deepEqual(run(...args), { status: 0, stdout: `${greeting}\n`, stderr: "" });
}

function fails(args, status, text) {
  const result = run(...args);
  assert.equal(result.status, status, result.stderr);
  assert.equal(result.stdout, "");
  assert.match(result.stderr, /^error: [^\n]*\n$/);
  assert.ok(result.stderr.includes(text), result.stderr);
}

test("greets with the default component", () => {
  greets(["World"], "Hello, World");
  greets(["World", "--up"], "HELLO, WORLD");
  greets(["--up", "Zoë Strauß"], "HELLO, ZOË STRAUSS");
  greets(["--", "--up"], "Hello, --up");
  greets([""], "Hello, ");
});

test("greets with another component", () => {
  greets(["--component", process.env.IMPORTS, "World"], "Hello, dlroW");
  greets([`--component=${process.env.IMPORTS}`, "World", "--up"], "HELLO, DLROW");
});

test("a component that cannot be used is named", () => {
  fails(["--component", "there.wasm", "World"], 1, "there.wasm: no such file");
  fails(["--component", component("greeter_v2"), "World"], 1, "does not export anyhost:hello/greeter@1.0.0");
  fails(["--component", component("faulty_greeter"), "trap"], 1, "faulty_greeter.wasm: trap");
  fails(["--component", component("faulty_greeter"), "--timeout", "300ms", "loop"], 1, "no greeting within 300 ms");
});

test("a wrong command line is told", () => {
  fails([], 2, "0 names");
  fails(["a", "b"], 2, "2 names");
  fails(["--loud", "World"], 2, "--loud");
  const size = "use a number and B, KiB, MiB or GiB, as 64MiB";
  fails(["--max-memory", "64MB", "World"], 2, `invalid value '64MB' for '--max-memory <SIZE>': ${size}`);
  const time = "use a number and ms, s, m or h, as 30s";
  fails(["--timeout", "30", "World"], 2, `invalid value '30' for '--timeout <TIME>': ${time}`);
});

test("a name that is not UTF-8 is told", () => {
  for (const bytes of ["\\xff", "\\xed\\xa0\\xbd"]) {
    // Its input is a socket, which Bash takes for a login from another machine: then it would read settings.
    const command = ["--norc", "-c", `exec "$0" $'${bytes}'`, resolve(process.env.RUN)];
    const { status, stderr } = spawnSync("bash", command, { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, /^error: invalid UTF-8 was detected in the arguments [^\n]*\n$/);
  }
});

test("the largest size and the longest time are taken", () => {
  greets(["--max-memory", "4GiB", "--timeout", "596h", "World"], "Hello, World");
});

test("tells what it is", () => {
  assert.match(run("--help").stdout, /^Greets a name/);
  for (const flag of ["--version", "-V"]) greets([flag], `plugin_nodejs ${process.env.VERSION}`);
});

test("the example of the documentation is this one, and works", () => {
  const example = readFileSync(process.env.EXAMPLE, "utf8");
  const page = readFileSync(process.env.DOC, "utf8");
  assert.ok(page.includes(`\`\`\`js\n${example}\`\`\``), "the page has another example");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--preserve-symlinks", "--preserve-symlinks-main", resolve(process.env.EXAMPLE), process.env.IMPORTS],
    { encoding: "utf8" },
  );
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "Hello, <dlroW>\nHELLO, <DLROW>\n", stderr: "" });
});
