// The command, as `bazel run //hosts:browsers_jco -- …` starts it; and the examples of docs/browsers_jco.md.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { browse, openPage, serve } from "../chromium/session.mjs";

let browser;
before(async () => {
  browser = await browse();
});
after(() => browser?.close());

for (const signal of ["SIGINT", "SIGTERM"]) {
  test(`serves the default component, until ${signal}`, async () => {
    const server = await serve();
    assert.equal(server.component, "hello_world_rust");
    const { page } = await openPage(browser.context);
    await page.goto(`${server.url}/?name=World`);
    await page.waitForFunction(() => document.querySelector("output").value === "Hello, World");
    // With the page still connected.
    assert.equal(await server.stop(signal), 0);
    await page.close();
  });
}

test("the examples of the documentation work", async () => {
  const examples = [...readFileSync(process.env.DOC, "utf8").matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
  assert.equal(examples.length, 2);
  const server = await serve("--component", process.env.IMPORTS, "--imports", process.env.HOST);
  assert.equal(server.component, "hello_world_imports_rust");
  for (const body of examples) {
    const { page, said } = await openPage(browser.context);
    await page.route("**/example.mjs", (route) => route.fulfill({ body, contentType: "text/javascript" }));
    await page.goto(server.url);
    await page.evaluate(() => import("./example.mjs"));
    assert.equal(await page.locator("body").textContent(), "HELLO, DLROW");
    assert.deepEqual(said, []);
    await page.close();
  }
  await server.stop();
});
