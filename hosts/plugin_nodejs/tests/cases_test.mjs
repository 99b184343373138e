// One component in this host, with the cases of its contract: as the build transpiled it, and as the file that it is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { casesFor, runCase } from "../../../lib/host/jco/cases.mjs";
import { describe, Plugin } from "../../../lib/host/jco/node.mjs";

const { CASES, COMPONENT, TRANSPILED } = process.env;
const contract = JSON.parse(readFileSync(CASES, "utf8"));

for (const path of [TRANSPILED, COMPONENT]) {
  const description = await describe(path);
  test(`${path} has cases`, () => assert.ok(casesFor(contract, description).length > 0));
  for (const { group, one } of casesFor(contract, description)) {
    test(`${path}: ${one.name}`, () => runCase((imports) => Plugin.open(path, { imports }), description, group, one));
  }
}

test("a call in a time limit is the same", async () => {
  const description = await describe(TRANSPILED);
  const { group, one } = casesFor(contract, description)[0];
  await runCase((imports) => Plugin.open(TRANSPILED, { imports, timeout: 60_000 }), description, group, one);
});
