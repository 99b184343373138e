// One guest on this host's page, in Chromium: typed to and read as a visitor does.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { greetings, imports } from "../../../lib/host/testing/cases.mjs";
import { browse, openPage, serve } from "../chromium/session.mjs";

const { COMPONENT, TRANSPILED, TEST_UNDECLARED_OUTPUTS_DIR: OUTPUTS } = process.env;
const MAX_SENT = 40_000;

let server;
let browser;

before(async () => {
  server = await serve("--component", COMPONENT, "--transpiled", TRANSPILED);
  browser = await browse();
});

after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

/** A field of one line takes no line breaks. */
const typed = (text) => text.replaceAll("\n", "");

const reads = (page, greeting) =>
  page.waitForFunction((text) => document.getElementById("greeting").value === text, greeting);

test("greets at once, with little sent and nothing to complain of", async () => {
  const { page, said } = await openPage(browser.context);
  const urls = new Set();
  browser.context.on("request", (request) => urls.add(request.url()));
  await page.goto(server.url);
  await reads(page, imports.length ? "Hello, dlroW" : "Hello, World");
  assert.deepEqual(said, []);

  const sizes = new Map();
  for (const url of urls) {
    assert.ok(url.startsWith(server.url), url);
    const { headers } = await fetch(url, { headers: { "accept-encoding": "gzip" } });
    assert.equal(headers.get("content-encoding"), "gzip");
    sizes.set(new URL(url).pathname, Number(headers.get("content-length")));
  }
  for (const path of ["/component/component.js", "/component/component.core.wasm", "/page.mjs", "/worker.mjs"]) {
    assert.ok(sizes.get(path) > 0, `${path} is not among ${[...sizes.keys()]}`);
  }
  const sent = [...sizes.values()].reduce((sum, size) => sum + size);
  console.log(`sent: ${sent} bytes, allowed: ${MAX_SENT}`);
  assert.ok(sent <= MAX_SENT, JSON.stringify([...sizes]));
  await page.close();
});

test("greets as one types and toggles", async () => {
  const { page, said } = await openPage(browser.context);
  await page.goto(server.url);
  for (const { name, up, greeting } of greetings()) {
    await page.getByLabel("Uppercase").setChecked(up);
    await page.getByRole("textbox", { name: "Name" }).fill(typed(name));
    await reads(page, typed(greeting));
  }
  assert.deepEqual(said, []);
  await page.close();
});

test("works with the keyboard alone", async () => {
  const { page } = await openPage(browser.context);
  await page.goto(server.url);
  await page.keyboard.press("Tab");
  await page.keyboard.type("Ana");
  await page.keyboard.press("Enter");
  await reads(page, imports.length ? "Hello, anA" : "Hello, Ana");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await reads(page, imports.length ? "HELLO, ANA" : "HELLO, ANA");
  // Who does not see the greeting is told it: an output is a live region.
  const greeting = page.getByRole("status", { name: "Greeting" });
  assert.equal(await greeting.textContent(), "HELLO, ANA");
  assert.equal(page.url(), `${server.url}/`);
  await page.close();
});

test("fits a phone and a desk, by day and by night", async () => {
  for (const [width, height, colorScheme] of [
    [360, 640, "light"],
    [360, 640, "dark"],
    [720, 480, "light"],
    [720, 480, "dark"],
  ]) {
    const { page } = await openPage(browser.context);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await page.goto(server.url);
    await page.getByLabel("Name").fill("Zoë Strauß");
    await page.getByLabel("Uppercase").check();
    await reads(page, imports.length ? "HELLO, SSUARTS ËOZ" : "HELLO, ZOË STRAUSS");
    await page.screenshot({ path: join(OUTPUTS, `${width}_${colorScheme}.png`) });
    await page.getByLabel("Name").fill("x".repeat(1000));
    await page.waitForFunction(() => document.getElementById("greeting").value.length > 1000);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `too wide for ${width}`);
    await page.close();
  }
});
