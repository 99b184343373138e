// Components that are none, are not greeters, or misbehave: the server refuses them, or the page says what is wrong
// and goes on.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

import { component, faults } from "../../../lib/host/testing/cases.mjs";
import { browse, openPage, serve } from "../chromium/session.mjs";

const { FAULTY_GREETER, GREETER_V2, NO_GREETER } = process.env;

let browser;
before(async () => {
  browser = await browse();
});
after(() => browser?.close());

/** Opens the page that a server with `args` serves; `prepare` is given the page first. */
async function visit(args, use, prepare = () => {}) {
  const server = await serve(...args);
  const { page, said } = await openPage(browser.context);
  try {
    await prepare(page);
    await page.goto(server.url);
    await use(page, said);
  } finally {
    await page.close();
    await server.stop();
  }
}

/** Waits for the alert to be shown; what it says has to contain `text`. */
async function alerts(page, text) {
  const alert = page.getByRole("alert").filter({ hasText: /./ });
  await alert.waitFor();
  const message = await alert.textContent();
  assert.ok(message.includes(text), message);
  assert.equal(await page.getByRole("status").textContent(), "");
}

async function greets(page, name, greeting) {
  await page.getByLabel("Name").fill(name);
  await page.waitForFunction((text) => document.getElementById("greeting").value === text, greeting);
  assert.equal(await page.getByRole("alert").textContent(), "");
}

function refuses(args, status, text) {
  const result = spawnSync(resolve(process.env.SERVER), args, { encoding: "utf8" });
  assert.equal(result.status, status, result.stderr);
  assert.match(result.stderr, /^error: [^\n]*\n$/);
  assert.ok(result.stderr.includes(text), result.stderr);
}

for (const { case: title, component: wanted, name, error } of faults) {
  const file = component(wanted);
  if (name === undefined) {
    test(`${title}: the server does not start`, () => refuses(["--component", file], 1, error));
  } else {
    test(`${title}: the page says so, and greets the next`, () =>
      visit(["--component", file], async (page, said) => {
        await greets(page, "World", "Hello, World");
        await page.getByLabel("Name").fill(name);
        await alerts(page, error);
        await page.screenshot({ path: join(process.env.TEST_UNDECLARED_OUTPUTS_DIR, `${name}.png`) });
        await greets(page, "World", "Hello, World");
        assert.deepEqual(said, []);
      }));
  }
}

test("a guest that loops is ended, and the page greets the next", () =>
  visit(["--component", component("faulty_greeter"), "--transpiled", FAULTY_GREETER], async (page) => {
    await page.getByLabel("Name").fill("loop");
    // The page does not wait for the guest.
    await page.getByLabel("Uppercase").check();
    await alerts(page, "no greeting within 5000 ms");
    await page.getByLabel("Name").fill("Ana");
    await page.waitForFunction(() => document.getElementById("greeting").value === "HELLO, ANA");
  }));

for (const [title, folder, exports] of [
  ["another version", GREETER_V2, "anyhost:hello/greeter@2.0.0"],
  ["no greeter", NO_GREETER, "nothing"],
]) {
  test(`${title}: the page says so`, () =>
    visit(["--component", `${title}.wasm`, "--transpiled", folder], (page) =>
      alerts(page, `does not export anyhost:hello/greeter@1.0.0; it exports ${exports}`),
    ));
}

for (const [title, answer, text] of [
  ["a core module that is missing", { status: 404 }, "component.core.wasm: no such file"],
  ["a core module that is text", { body: "this is text" }, "not WebAssembly"],
]) {
  test(`${title}: the page says so`, () =>
    visit(
      ["--component", component("faulty_greeter"), "--transpiled", FAULTY_GREETER],
      (page) => alerts(page, text),
      (page) => page.context().route("**/component.core.wasm", (route) => route.fulfill(answer)),
    ).finally(() => browser.context.unrouteAll()));
}
