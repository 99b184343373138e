// The command, as `bazel run //hosts:plugin_nodejs -- …` starts it; and the example of docs/plugin_nodejs.md.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";

import { component } from "../../../lib/host/testing/cases.mjs";

function run(...args) {
  const { status, stdout, stderr } = spawnSync(resolve(process.env.RUN), args, {
    encoding: "utf8",
    env: { ...process.env, TMPDIR: process.env.TEST_TMPDIR },
  });
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

test("greets with another component, and leaves nothing in the temporary folder", () => {
  greets(["--component", process.env.IMPORTS, "World"], "Hello, dlroW");
  greets([`--component=${process.env.IMPORTS}`, "World", "--up"], "HELLO, DLROW");
  assert.deepEqual(readdirSync(process.env.TEST_TMPDIR).filter((name) => name.startsWith("greeter-")), []);
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
  fails(["--max-memory", "much", "World"], 2, "--max-memory much: use a size, as 64MiB");
  fails(["--timeout", "0s", "World"], 2, "--timeout 0s: use a time, as 10s");
  assert.match(run("--help").stdout, /^Greets a name/);
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
