// One component in this host, with the cases of its contract: each of them called on a page in Chromium.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { casesFor } from "../../../lib/host/jco/cases.mjs";
import { browse, openPage, serve } from "../chromium/session.mjs";

const { CASES, COMPONENT, TRANSPILED, RUNNER, IMPORTS_MODULE } = process.env;
const contract = JSON.parse(readFileSync(CASES, "utf8"));
const description = JSON.parse(readFileSync(`${TRANSPILED}/interfaces.json`, "utf8"));
const cases = casesFor(contract, description);

test("has cases", () => assert.ok(cases.length > 0));

/** On the page: runs a case, and tells what is wrong. */
async function run(at) {
  const { casesFor, kept, runCase } = await import(new URL("jco/cases.mjs", document.baseURI));
  const { parts } = await import(new URL("jco/served.mjs", document.baseURI));
  const { Plugin } = await import(new URL("jco/browser.mjs", document.baseURI));
  globalThis.loaded ??= (async () => {
    const component = kept(await parts("component"));
    return { component, cases: casesFor(await (await fetch("cases.json")).json(), component.description) };
  })();
  const { component, cases } = await globalThis.loaded;
  const { group, one } = cases[at];
  // What a guest prints is not said by the page.
  const open = (imports) => Plugin.start("component", component, { imports, wasi: { output() {} } });
  return runCase(open, component.description, group, one).then(
    () => undefined,
    (error) => error.message,
  );
}

test("each case, on a page", async (t) => {
  const server = await serve("--component", COMPONENT, "--transpiled", TRANSPILED, "--imports", IMPORTS_MODULE);
  const { context, close } = await browse();
  try {
    const { page, said } = await openPage(context);
    const blank = { body: "<!doctype html><link rel=icon href=icon.svg>", contentType: "text/html" };
    await page.route(`${server.url}/`, (route) => route.fulfill(blank));
    await page.route("**/jco/cases.mjs", (route) => route.fulfill({ path: RUNNER, contentType: "text/javascript" }));
    await page.route("**/cases.json", (route) => route.fulfill({ path: CASES, contentType: "application/json" }));
    await page.goto(server.url);
    for (const [at, { one }] of cases.entries()) {
      await t.test(one.name, async () => assert.equal(await page.evaluate(run, at), undefined));
    }
    assert.deepEqual(said, []);
  } finally {
    await close();
    assert.equal(await server.stop(), 0);
  }
});
