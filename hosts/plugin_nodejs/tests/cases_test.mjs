// One component in this host, with the cases of its contract: as the build transpiled it, or as the file that it is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { casesFor, kept, runCase } from "../../../lib/host/jco/cases.mjs";
import { Plugin, parts } from "../../../lib/host/jco/node.mjs";

const { CASES, COMPONENT } = process.env;
const component = kept(await parts(COMPONENT));
const { description } = component;
const cases = casesFor(JSON.parse(readFileSync(CASES, "utf8")), description);

test("has cases", () => assert.ok(cases.length > 0));

for (const { group, one } of cases) {
  const open = (imports) => Plugin.start(COMPONENT, component, { imports });
  test(one.name, () => runCase(open, description, group, one));
}

test("a call in a time limit is the same", async () => {
  const { group, one } = cases[0];
  await runCase((imports) => Plugin.open(COMPONENT, { imports, timeout: 60_000 }), description, group, one);
});
