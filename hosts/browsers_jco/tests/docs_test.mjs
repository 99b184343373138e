// The examples of docs/browsers_jco.md, run as they stand on the page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { browse, openPage, serve } from "../chromium/session.mjs";

const { COMPONENT, DOC, TRANSPILED } = process.env;
const examples = [...readFileSync(DOC, "utf8").matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

test("the examples greet", async () => {
  assert.equal(examples.length, 2);
  const server = await serve("--component", COMPONENT, "--transpiled", TRANSPILED);
  const { context, close } = await browse();
  for (const body of examples) {
    const { page, said } = await openPage(context);
    await page.route("**/example.mjs", (route) => route.fulfill({ body, contentType: "text/javascript" }));
    await page.goto(server.url);
    await page.evaluate(() => import("./example.mjs"));
    assert.equal(await page.locator("body").textContent(), "HELLO, DLROW");
    assert.deepEqual(said, []);
    await page.close();
  }
  await close();
  await server.stop();
});
