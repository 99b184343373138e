// The page in Chromium, typed to and read as a visitor does: with a component of one function, and one of all types.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { browse, openPage, serve } from "../chromium/session.mjs";

const { HOST, PLAIN, PLAIN_TRANSPILED, PRICING, PRICING_TRANSPILED, VALUES, VALUES_TRANSPILED } = process.env;
const OUTPUTS = process.env.TEST_UNDECLARED_OUTPUTS_DIR;
const MAX_SENT = 40_000;

let server;
let values;
let browser;

before(async () => {
  server = await serve("--component", PLAIN, "--transpiled", PLAIN_TRANSPILED);
  values = await serve("--component", VALUES, "--transpiled", VALUES_TRANSPILED, "--imports", HOST);
  browser = await browse();
});

after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
  assert.equal(await values?.stop(), 0);
});

const reads = (page, text) => page.waitForFunction((text) => document.querySelector("output").value === text, text);

async function visit(url, use) {
  const { page, said } = await openPage(browser.context);
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName("called").length > 0);
  await use(page);
  assert.deepEqual(said, []);
  await page.close();
}

test("calls at once, with little sent and nothing to complain of", async () => {
  const urls = new Set();
  const note = (request) => urls.add(request.url().replace(/\?.*/, ""));
  browser.context.on("request", note);
  await visit(`${server.url}/?name=World`, (page) => reads(page, "Hello, World"));
  browser.context.off("request", note);

  const sizes = new Map();
  for (const url of urls) {
    assert.ok(url.startsWith(server.url), url);
    const { headers } = await fetch(url, { headers: { "accept-encoding": "gzip" } });
    assert.equal(headers.get("content-encoding"), "gzip");
    sizes.set(new URL(url).pathname, Number(headers.get("content-length")));
  }
  for (const path of ["/component/component.js", "/component/component.core.wasm", "/page.mjs", "/jco/worker.mjs"]) {
    assert.ok(sizes.get(path) > 0, `${path} is not among ${[...sizes.keys()]}`);
  }
  const sent = [...sizes.values()].reduce((sum, size) => sum + size);
  console.log(`sent: ${sent} bytes, allowed: ${MAX_SENT}`);
  assert.ok(sent <= MAX_SENT, JSON.stringify([...sizes]));
});

test("calls as one types and toggles", () =>
  visit(server.url, async (page) => {
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Greeter");
    await reads(page, "Hello, ");
    for (const [name, up, greeting] of [
      ["World", false, "Hello, World"],
      ["Zoë Strauß", true, "HELLO, ZOË STRAUSS"],
      ["日本 👩‍🚀", false, "Hello, 日本 👩‍🚀"],
      ['"\\<b>', false, 'Hello, "\\<b>'],
    ]) {
      await page.getByLabel("Up").setChecked(up);
      await page.getByRole("textbox", { name: "Name" }).fill(name);
      await reads(page, greeting);
    }
  }));

test("works with the keyboard alone", () =>
  visit(server.url, async (page) => {
    await page.keyboard.press("Tab");
    await page.keyboard.type("Ana");
    await page.keyboard.press("Enter");
    await reads(page, "Hello, Ana");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await reads(page, "HELLO, ANA");
    // Who does not see the result is told it: an output is a live region.
    assert.equal(await page.getByRole("status", { name: "Result" }).textContent(), "HELLO, ANA");
    assert.equal(page.url(), `${server.url}/`);
  }));

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
    await page.getByLabel("Up").check();
    await reads(page, "HELLO, ZOË STRAUSS");
    await page.screenshot({ path: join(OUTPUTS, `${width}_${colorScheme}.png`) });
    await page.getByLabel("Name").fill("x".repeat(1000));
    await page.waitForFunction(() => document.querySelector("output").value.length > 1000);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `too wide for ${width}`);
    await page.close();
  }
});

/** The part of the page for one function. */
const section = (page, name) =>
  page.locator("section").filter({ has: page.getByRole("heading", { name, exact: true }) });

async function shows(part, json) {
  await part.page().waitForFunction(
    ([element, json]) => {
      try {
        return JSON.stringify(JSON.parse(element.value)) === json;
      } catch {
        return false;
      }
    },
    [await part.getByRole("status").elementHandle(), JSON.stringify(json)],
  );
}

test("has fields for every type", () =>
  visit(values.url, async (page) => {
    const point = section(page, "Echo point");
    await point.getByRole("textbox", { name: "X s32" }).fill("-3");
    await shows(point, { x: -3, y: 0 });
    await point.getByRole("textbox", { name: "X s32" }).fill("3.5");
    await point.getByRole("alert").filter({ hasText: "value.x: expected s32, got 3.5" }).waitFor();

    const shape = section(page, "Echo shape");
    await shape.getByLabel("Value", { exact: true }).selectOption("polygon");
    await shape.getByRole("button", { name: "Add to Polygon" }).click();
    await shape.getByRole("textbox", { name: "Y s32" }).fill("7");
    await shows(shape, { polygon: [{ x: 0, y: 7 }] });
    await shape.getByRole("button", { name: "Remove" }).click();
    await shows(shape, { polygon: [] });

    const rights = section(page, "Echo rights");
    await rights.getByLabel("Run as root").check();
    await shows(rights, ["run-as-root"]);

    const big = section(page, "Echo u64");
    await big.getByLabel("Value").fill("18446744073709551615");
    await page.waitForFunction(
      (element) => element.value === "18446744073709551615",
      await big.getByRole("status").elementHandle(),
    );

    const option = section(page, "Echo option");
    await shows(option, null);
    await option.getByLabel("Value is given").check();
    await option.getByRole("textbox").fill("text");
    await page.waitForFunction((element) => element.value === "text", await option.getByRole("status").elementHandle());

    const result = section(page, "Echo result");
    await result.getByLabel("Value", { exact: true }).selectOption("err");
    await result.getByRole("textbox").fill("no");
    await result.getByRole("alert").filter({ hasText: "error: no" }).waitFor();
    await page.screenshot({ path: join(OUTPUTS, "values.png"), fullPage: true });
  }));

test("prices a cart", async () => {
  const server = await serve("--component", PRICING, "--transpiled", PRICING_TRANSPILED, "--imports", HOST);
  await visit(server.url, async (page) => {
    await page.setViewportSize({ width: 560, height: 900 });
    const quote = section(page, "Quote");
    await quote.getByRole("alert").filter({ hasText: '"empty-cart": null' }).waitFor();
    await quote.getByLabel("Customer is given").check();
    await quote.getByLabel("Customer", { exact: true }).fill("Ana");
    await quote.getByRole("button", { name: "Add to Lines" }).click();
    await quote.getByLabel("Sku").fill("lamp");
    await quote.getByLabel("Unit price").fill("2500");
    await quote.getByLabel("Quantity").fill("2");
    await quote.getByLabel("Gift wrap").check();
    await quote.getByLabel("Discount").selectOption("percentage");
    await quote.getByRole("textbox", { name: "Percentage f64" }).fill("10");
    await quote.getByRole("status").filter({ hasText: '"total": "4800"' }).waitFor();
    await quote.screenshot({ path: join(OUTPUTS, "pricing.png") });
  });
  assert.equal(await server.stop(), 0);
});

test("makes and uses resources", () =>
  visit(values.url, async (page) => {
    const made = section(page, "New counter");
    await made.getByLabel("Start").fill("5");
    await made.getByRole("button").click();
    await made.getByRole("status").filter({ hasText: "counter 1" }).waitFor();
    const increment = section(page, "Counter increment");
    await increment.getByLabel("By").fill("2");
    await increment.getByRole("button").click();
    await increment.getByRole("status").filter({ hasText: "7" }).waitFor();
  }));
