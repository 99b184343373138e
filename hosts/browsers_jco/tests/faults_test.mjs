// Components that are none, or misbehave: the server refuses them, or the page says what is wrong and goes on.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

import { component, faults } from "../../../lib/host/testing/cases.mjs";
import { browse, openPage, serve } from "../chromium/session.mjs";

const { FAULTY_GREETER, IMPORTS, NO_GREETER } = process.env;

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
  for (const status of await page.getByRole("status").all()) assert.equal(await status.textContent(), "");
}

async function greets(page, name, greeting) {
  await page.getByLabel("Name").fill(name);
  await page.waitForFunction((text) => document.querySelector("output").value === text, greeting);
  for (const alert of await page.getByRole("alert").all()) assert.equal(await alert.textContent(), "");
}

function refuses(args, status, text) {
  const result = spawnSync(resolve(process.env.SERVER), args, { encoding: "utf8" });
  assert.equal(result.status, status, result.stderr);
  assert.match(result.stderr, /^error: [^\n]*\n$/);
  assert.ok(result.stderr.includes(text), result.stderr);
}

for (const { case: title, component: wanted, name, error } of faults) {
  // Which interface a component has is nothing to this host.
  if (error.startsWith("does not export")) continue;
  const file = component(wanted);
  if (name === undefined) {
    test(`${title}: the server does not start`, () => refuses(["--component", file], 1, error));
  } else {
    test(`${title}: the page says so, and calls the next`, () =>
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

test("a component that imports what the page does not have: the server does not start", () => {
  const text = (name) => `imports ${name}, which this host does not provide; it provides nothing`;
  refuses(["--component", IMPORTS], 1, text("anyhost:hello/formatter@1.0.0"));
  refuses(["--component", IMPORTS, "--imports", "nowhere.mjs"], 1, "nowhere.mjs");
});

test("a guest that loops is ended, and the page calls the next", () =>
  visit(["--component", component("faulty_greeter"), "--transpiled", FAULTY_GREETER], async (page) => {
    await page.getByLabel("Name").fill("loop");
    // The page does not wait for the guest.
    await page.getByLabel("Up").check();
    await alerts(page, "greeter.greet: no result within 5000 ms");
    await page.getByLabel("Name").fill("Ana");
    await page.waitForFunction(() => document.querySelector("output").value === "HELLO, ANA");
  }));

test("a component without functions: the page says so", () =>
  visit(["--component", "it.wasm", "--transpiled", NO_GREETER], (page) => alerts(page, "exports no function")));

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
