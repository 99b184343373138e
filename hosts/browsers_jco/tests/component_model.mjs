// The component model's tests by the library for pages, in Chromium: component_model.mjs PLAN.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";

import { browse, openPage, serve } from "../chromium/session.mjs";

const { COMPONENT, OUTCOMES, SERVER_TRANSPILED, TRANSPILE } = process.env;
const TYPES = { ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

const [, , plan] = process.argv;
const folder = mkdtempSync(join(process.env.TEST_TMPDIR ?? tmpdir(), "component-model-"));
// As this host's server does before it serves a component.
const { status } = spawnSync(resolve(TRANSPILE), [plan, folder], { stdio: ["ignore", "inherit", "inherit"] });
if (status !== 0) throw new Error(`${TRANSPILE} ends with ${status}`);

/** On the page: opens what a component was made into, and calls it. */
async function run(entry) {
  const { outcomes } = await import(new URL("jco/component_model.mjs", document.baseURI));
  const { Plugin } = await import(new URL("jco/browser.mjs", document.baseURI));
  return outcomes(entry, () => Plugin.open(entry.folder, { name: entry.component }));
}

const server = await serve("--component", COMPONENT, "--transpiled", SERVER_TRANSPILED);
const { context, close } = await browse();
try {
  const { page } = await openPage(context);
  const served = (path) => ({ path, contentType: TYPES[extname(path)] ?? "text/javascript" });
  const blank = { body: "<!doctype html><link rel=icon href=icon.svg>", contentType: "text/html" };
  await page.route(`${server.url}/`, (route) => route.fulfill(blank));
  await page.route("**/jco/component_model.mjs", (route) => route.fulfill(served(OUTCOMES)));
  await page.route("**/suite/**", (route) => {
    const [, path] = /\/suite\/(.*)$/.exec(route.request().url());
    return route.fulfill(served(join(folder, path)));
  });
  await page.goto(server.url);
  for (const entry of JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"))) {
    for (const outcome of await page.evaluate(run, entry)) console.log(JSON.stringify(outcome));
  }
} finally {
  await close();
  await server.stop();
  rmSync(folder, { recursive: true });
}
