// What a page of one's own hands to the greeter, and what comes back: in Chromium.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";

import { component } from "../../../lib/host/testing/cases.mjs";
import { browse, openPage, serve } from "../chromium/session.mjs";

const { FAULTY_GREETER, IMPORTS, IMPORTS_TRANSPILED } = process.env;

let browser;
let faulty;
let formatting;
before(async () => {
  faulty = await serve("--component", component("faulty_greeter"), "--transpiled", FAULTY_GREETER);
  formatting = await serve("--component", IMPORTS, "--transpiled", IMPORTS_TRANSPILED);
  browser = await browse();
});
after(async () => {
  await browser?.close();
  await faulty?.stop();
  await formatting?.stop();
});

/** On every page: what a promise ends with, in a form that a test can read. */
function install() {
  globalThis.told = async (promise) => {
    const errors = await import(new URL("jco/errors.mjs", document.baseURI));
    const kinds = [RangeError, TypeError, WebAssembly.RuntimeError, ...Object.values(errors)];
    try {
      return { value: await promise };
    } catch (thrown) {
      if (!(thrown instanceof Error)) return { thrown };
      const is = kinds.filter(({ prototype }) => Object.getPrototypeOf(thrown) === prototype);
      return { is: is[0]?.name, name: thrown.name, message: thrown.message, stack: thrown.stack };
    }
  };
}

/** Opens a page that has the library and nothing else; `reverse` is the body of the function that guests may call. */
async function visit(use, { server = faulty, reverse } = {}) {
  const { page, said } = await openPage(browser.context);
  const formatter = { body: `export function reverse(text) { ${reverse} }`, contentType: "text/javascript" };
  await page.route(`${server.url}/`, (route) => route.fulfill({ body: "<!doctype html>", contentType: "text/html" }));
  if (reverse) await browser.context.route("**/formatter.mjs", (route) => route.fulfill(formatter));
  await page.addInitScript(install);
  try {
    await page.goto(server.url);
    await use(page);
    assert.deepEqual(said, []);
  } finally {
    await page.close();
    await browser.context.unrouteAll();
  }
}

async function workers(page, number) {
  while (page.workers().length !== number) await setTimeout(20);
}

test("close: what was asked, and what will be, is rejected at once; no worker is left", () =>
  visit(async (page) => {
    const found = await page.evaluate(async () => {
      const { BackgroundGreeter } = await import("./background_greeter.mjs");
      // With a limit of 24 days, "at once" needs no clock.
      const greeter = new BackgroundGreeter({ timeout: 2 ** 31 - 1 });
      const first = await told(greeter.greet("World"));
      const asked = [told(greeter.greet("loop")), told(greeter.greet("World"))];
      greeter.close();
      greeter.close();
      return [first, ...(await Promise.all(asked)), await told(greeter.greet("World"))];
    });
    assert.deepEqual(found.shift(), { value: "Hello, World" });
    assert.equal(found.length, 3);
    for (const { is, message } of found) assert.deepEqual([is, message], ["GreeterError", "the greeter is closed"]);
    await workers(page, 0);
  }));

test("a guest that is ended leaves no worker behind", () =>
  visit(async (page) => {
    const found = await page.evaluate(async () => {
      const { BackgroundGreeter } = await import("./background_greeter.mjs");
      globalThis.greeter = new BackgroundGreeter({ timeout: 8000 });
      const asked = ["World", "loop", "Ana"].map((name) => told(greeter.greet(name)));
      return (await Promise.all(asked)).map(({ value, message }) => value ?? message);
    });
    assert.deepEqual(found, ["Hello, World", "component: no greeting within 8000 ms", "Hello, Ana"]);
    await workers(page, 1);
    await page.evaluate(() => greeter.close());
    await workers(page, 0);
  }));

test("a worker that cannot be loaded is told each time, and tried again", () =>
  visit(async (page) => {
    let requests = 0;
    await page.context().route("**/worker.mjs", (route) => {
      requests += 1;
      return requests <= 2 ? route.fulfill({ status: 404 }) : route.continue();
    });
    const found = await page.evaluate(async () => {
      const { BackgroundGreeter } = await import("./background_greeter.mjs");
      const greeter = new BackgroundGreeter({ timeout: 60_000 });
      const asked = ["a", "b", "c"].map((name) => told(greeter.greet(name)));
      return (await Promise.all(asked)).map(({ value, message }) => value ?? message);
    });
    const failed = "the worker fails: it cannot be loaded";
    assert.deepEqual(found, [failed, failed, "Hello, c"]);
  }));

test("a name is a string, and Unicode: also one that cannot be cloned is told in the library's words", () =>
  visit(async (page) => {
    const found = await page.evaluate(async () => {
      const { BackgroundGreeter } = await import("./background_greeter.mjs");
      const greeter = new BackgroundGreeter();
      // What waits in front of a wrong one does not matter to it.
      greeter.greet("loop").catch(() => {});
      const names = [() => {}, Symbol("it"), document.body, 42, undefined, "a\udc00"];
      const all = await Promise.all(names.map((name) => told(greeter.greet(name, () => {}))));
      greeter.close();
      return all.map(({ is, message }) => `${is}: ${message}`);
    });
    assert.deepEqual(found, [
      "TypeError: name is a function, expected a string",
      "TypeError: name is a symbol, expected a string",
      "TypeError: name is an object, expected a string",
      "TypeError: name is 42, expected a string",
      "TypeError: name is undefined, expected a string",
      "TypeError: name has a lone surrogate (U+DC00 at index 1), expected Unicode text",
    ]);
  }));

test("options are looked at", () =>
  visit(async (page) => {
    const found = await page.evaluate(async () => {
      const { BackgroundGreeter } = await import("./background_greeter.mjs");
      const { Greeter } = await import("./jco/greeter.mjs");
      const start = async (given) => Greeter.start("it", undefined, undefined, given);
      const construct = async (given) => new BackgroundGreeter(given);
      const all = [
        construct({ timeout: "5s" }),
        construct({ timeout: 2 ** 31 }),
        construct({ timeOut: 1 }),
        construct(null),
        start({ maxMemory: "64MiB" }),
        start({ maxMemory: -1 }),
        start({ formatter: {} }),
        start({ timeout: 1 }),
      ];
      return (await Promise.all(all.map(told))).map(({ is, message }) => `${is}: ${message}`);
    });
    assert.deepEqual(found, [
      'TypeError: timeout is "5s", expected a number of milliseconds',
      "RangeError: timeout is 2147483648, expected a whole number from 1 to 2147483647 milliseconds",
      'TypeError: there is no option "timeOut", expected timeout',
      "TypeError: the options are null, expected an object",
      'TypeError: maxMemory is "64MiB", expected a number of bytes',
      "RangeError: maxMemory is -1, expected a whole number from 1 to 4294967296 bytes",
      "TypeError: formatter.reverse is undefined, expected a function",
      'TypeError: there is no option "timeout", expected formatter, maxMemory',
    ]);
    await workers(page, 0);
  }));

for (const [what, reverse, expected] of [
  [
    "a RangeError",
    'throw new RangeError("no reverse")',
    { is: "RangeError", name: "RangeError", message: "no reverse" },
  ],
  [
    "an error of WebAssembly's",
    'throw new WebAssembly.RuntimeError("unreachable")',
    { is: "RuntimeError", name: "RuntimeError", message: "unreachable" },
  ],
  [
    "an error of another kind",
    'throw Object.assign(new Error("no reverse"), { name: "Own", callback: () => {}, cause: () => {} })',
    { is: undefined, name: "Own", message: "no reverse" },
  ],
  ["null", "throw null", { thrown: null }],
  ["undefined", "throw undefined", { thrown: undefined }],
  ["a string", 'throw "no reverse"', { thrown: "no reverse" }],
  ["an object", "throw { code: [1, { a: 2n }] }", { thrown: { code: [1, { a: 2n }] } }],
  [
    "what cannot be cloned",
    "throw { callback() {} }",
    {
      is: "GreeterError",
      name: "GreeterError",
      message: "a function for guests threw what cannot be cloned (object)",
    },
  ],
  [
    "an answer that is no string",
    "return 42",
    { is: "TypeError", name: "TypeError", message: "what formatter.reverse returned is 42, expected a string" },
  ],
]) {
  test(`${what} of a function for guests comes to the page`, () =>
    visit(
      async (page) => {
        const found = await page.evaluate(async () => {
          const { BackgroundGreeter } = await import("./background_greeter.mjs");
          const greeter = new BackgroundGreeter({ timeout: 2 ** 31 - 1 });
          const found = [await told(greeter.greet("World")), await told(greeter.greet("ok"))];
          greeter.close();
          return found;
        });
        const [{ stack, ...rest }, next] = found;
        assert.deepEqual(rest, expected);
        if ("name" in expected && expected.is !== "GreeterError") assert.match(stack, /^ +at .*\.mjs:\d+:/m);
        assert.deepEqual(next, { value: "Hello, ok" });
      },
      { server: formatting, reverse: `if (text === "ok") return text; ${reverse}` },
    ));
}
