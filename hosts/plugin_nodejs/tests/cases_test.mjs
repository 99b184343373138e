// One component in this host, with the cases of its contract: as the build transpiled it, and as the file that it is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { casesFor, kept, runCase } from "../../../lib/host/jco/cases.mjs";
import { Plugin, parts } from "../../../lib/host/jco/node.mjs";

const { CASES, COMPONENT, TRANSPILED } = process.env;
const contract = JSON.parse(readFileSync(CASES, "utf8"));

for (const path of [TRANSPILED, COMPONENT]) {
  const component = kept(await parts(path));
  const { description } = component;
  const open = (imports) => Plugin.start(path, component, { imports });
  test(`${path} has cases`, () => assert.ok(casesFor(contract, description).length > 0));
  for (const { group, one } of casesFor(contract, description)) {
    test(`${path}: ${one.name}`, () => runCase(open, description, group, one));
  }
}

test("a call in a time limit is the same", async () => {
  const { description } = await parts(TRANSPILED);
  const { group, one } = casesFor(contract, description)[0];
  await runCase((imports) => Plugin.open(TRANSPILED, { imports, timeout: 60_000 }), description, group, one);
});
