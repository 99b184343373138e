// A component with a core module of more than 8 MB on the page itself: it begins anew after a trap, some time later.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browse, openPage, serve } from "../chromium/session.mjs";

const { COMPONENT, HOST, TRANSPILED } = process.env;

/** On the page: calls before and after a function of the host's has ended the instance. */
async function run() {
  const { Plugin } = await import(new URL("jco/browser.mjs", document.baseURI));
  const rates = {
    rate() {
      throw new Error("the line is dead");
    },
  };
  const plugin = await Plugin.open("component", { imports: { rates, log: { note() {} } } });
  const { pricing } = plugin;
  const told = (work) => {
    try {
      return work();
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  };
  const show = () => told(() => pricing.show(450n, "eur"));
  const fail = () => told(() => pricing.convert(100n, "eur", "usd"));
  const found = [show()];
  for (let n = 0; n < 2; n++) {
    found.push(fail(), show(), show());
    await plugin.ready();
    found.push(show());
  }
  await plugin.ready();
  return [...found, show()];
}

test("calls wait for a fresh instance, and find it", async () => {
  const server = await serve("--component", COMPONENT, "--transpiled", TRANSPILED, "--imports", HOST);
  const { context, close } = await browse();
  try {
    const { page, said } = await openPage(context);
    const blank = { body: "<!doctype html><link rel=icon href=icon.svg>", contentType: "text/html" };
    await page.route(`${server.url}/`, (route) => route.fulfill(blank));
    await page.goto(server.url);
    const early = "PluginError: component: pricing.show: a fresh instance is being made; ready() waits for it";
    const again = ["Error: the line is dead", early, early, "4.50 EUR"];
    assert.deepEqual(await page.evaluate(run), ["4.50 EUR", ...again, ...again, "4.50 EUR"]);
    assert.deepEqual(said, []);
  } finally {
    await close();
    assert.equal(await server.stop(), 0);
  }
});
