// What a page of one's own hands to a plugin in a worker, and what comes back: in Chromium.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";

import { component } from "../../../lib/host/testing/cases.mjs";
import { browse, openPage, serve } from "../chromium/session.mjs";

const { FAULTY_GREETER, HOST, IMPORTS, IMPORTS_TRANSPILED, VALUES, VALUES_TRANSPILED } = process.env;

let browser;
const servers = {};
before(async () => {
  servers.faulty = await serve("--component", component("faulty_greeter"), "--transpiled", FAULTY_GREETER);
  servers.formatting = await serve("--component", IMPORTS, "--transpiled", IMPORTS_TRANSPILED, "--imports", HOST);
  servers.values = await serve("--component", VALUES, "--transpiled", VALUES_TRANSPILED, "--imports", HOST);
  browser = await browse();
});
after(async () => {
  await browser?.close();
  for (const server of Object.values(servers)) await server.stop();
});

/** On every page: the library, and what a promise ends with, in a form that a test can read. */
function install() {
  const load = (name) => import(new URL(`jco/${name}.mjs`, document.baseURI));
  globalThis.opened = async (options) => (await load("background")).BackgroundPlugin.open("component", options);
  globalThis.told = async (promise) => {
    const errors = await load("errors");
    const kinds = [RangeError, TypeError, WebAssembly.RuntimeError, ...Object.values(errors)];
    try {
      return { value: await promise };
    } catch (thrown) {
      if (!(thrown instanceof Error)) return { thrown };
      const is = kinds.filter(({ prototype }) => Object.getPrototypeOf(thrown) === prototype);
      return { is: is[0]?.name, name: thrown.name, message: thrown.message, stack: thrown.stack, value: thrown.value };
    }
  };
}

/** Opens a page that has the library and nothing else; `reverse` is the body of the function that guests may call. */
async function visit(use, { server = servers.faulty, reverse } = {}) {
  const { page, said } = await openPage(browser.context);
  const body = `export const formatter = { reverse(text) { ${reverse} } };`;
  const blank = { body: "<!doctype html>", contentType: "text/html" };
  await page.route(`${server.url}/`, (route) => route.fulfill(blank));
  const imports = { body, contentType: "text/javascript" };
  if (reverse) await browser.context.route(`${server.url}/imports.mjs`, (route) => route.fulfill(imports));
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
      // With a limit of 24 days, "at once" needs no clock.
      const plugin = await opened({ timeout: 2 ** 31 - 1 });
      const greet = (name) => told(plugin.greeter.greet(name, false));
      const first = await greet("World");
      const asked = [greet("loop"), greet("World")];
      plugin.close();
      plugin.close();
      return [first, ...(await Promise.all(asked)), await greet("World")];
    });
    assert.deepEqual(found.shift(), { value: "Hello, World" });
    assert.equal(found.length, 3);
    for (const { is, message } of found) assert.deepEqual([is, message], ["PluginError", "component: is closed"]);
    await workers(page, 0);
  }));

test("a guest that is ended leaves no worker behind", () =>
  visit(async (page) => {
    const found = await page.evaluate(async () => {
      globalThis.plugin = await opened({ timeout: 8000, name: "it" });
      const asked = ["World", "loop", "Ana"].map((name) => told(plugin.greeter.greet(name, false)));
      return (await Promise.all(asked)).map(({ value, is, message }) => value ?? `${is}: ${message}`);
    });
    const late = "TimeLimitError: it: greeter.greet: no result within 8000 ms";
    assert.deepEqual(found, ["Hello, World", late, "Hello, Ana"]);
    await workers(page, 1);
    await page.evaluate(() => plugin.close());
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
      const plugin = await opened({ timeout: 60_000 });
      const asked = ["a", "b", "c"].map((name) => told(plugin.greeter.greet(name, false)));
      return (await Promise.all(asked)).map(({ value, message }) => value ?? message);
    });
    assert.equal(found.at(-1), "Hello, c");
    for (const message of found.slice(0, -1)) {
      assert.ok(["the worker fails: it cannot be loaded", "Hello, b"].includes(message), message);
    }
  }));

test("arguments and options are looked at on the page", () =>
  visit(async (page) => {
    const found = await page.evaluate(async () => {
      const plugin = await opened({});
      const lines = [];
      const note = async (promise) => {
        const { is, message } = await told(promise);
        lines.push(`${is}: ${message}`);
      };
      const { greet } = plugin.greeter;
      for (const args of [
        [42, false],
        [() => {}, false],
        [Symbol("name"), false],
        ["\ud83d", false],
        ["World", 1],
        ["World"],
      ]) {
        await note(greet(...args));
      }
      for (const options of [
        { timeout: "1s" },
        { timeOut: 1 },
        null,
        { maxMemory: "64MiB" },
        { maxMemory: -1 },
        { imports: {} },
      ]) {
        await note(opened(options));
      }
      await note((async () => plugin.greter)());
      return [...lines, await greet("ok", true)];
    });
    assert.deepEqual(found, [
      "TypeError: name: expected string, got 42",
      "TypeError: name: expected string, got a function",
      "TypeError: name: expected string, got a symbol",
      "TypeError: name: expected Unicode text, got a lone surrogate (U+D83D) at index 0",
      "TypeError: up: expected bool, got 1",
      "TypeError: up: expected bool, got undefined",
      'TypeError: timeout: expected 1 to 2147483647 milliseconds, got "1s"',
      'TypeError: options: expected imports, maxMemory, timeout, name, wasi, got "timeOut"',
      "TypeError: options: expected an object, got null",
      'TypeError: maxMemory: expected 1 to 4294967296 bytes, got "64MiB"',
      "RangeError: maxMemory: expected 1 to 4294967296 bytes, got -1",
      "TypeError: imports: expected a string, got an object",
      "PluginError: component: there is no interface greter; there is anyhost:hello/greeter@1.0.0",
      "HELLO, OK",
    ]);
  }));

test("memory is bounded as told, in a worker and on the page", () =>
  visit(async (page) => {
    const found = await page.evaluate(async () => {
      const { Plugin } = await import(new URL("jco/browser.mjs", document.baseURI));
      const plugin = await Plugin.open("component", { maxMemory: 3 << 20 });
      const background = await opened({ maxMemory: 3 << 20 });
      const name = "x".repeat(4 << 20);
      const small = await opened({ maxMemory: 65536 });
      return [
        await told((async () => plugin.greeter.greet(name, false))()),
        await told(background.greeter.greet(name, false)),
        await told(small.greeter.greet("World", false)),
        { value: plugin.greeter.greet("World", false) },
        await told(background.greeter.greet("World", false)),
      ];
    });
    assert.deepEqual(
      found.map(({ is, value }) => is ?? value),
      ["TrapError", "TrapError", "ComponentError", "Hello, World", "Hello, World"],
    );
    assert.match(found[2].message, /^component: starts with .* the limit is 64 KiB$/);
  }));

test("values of all kinds, errors of results and resources come through a worker", () =>
  visit(
    async (page) => {
      const found = await page.evaluate(async () => {
        const plugin = await opened({ imports: "imports.mjs" });
        const { counters, echo } = plugin;
        const one = await new counters.Counter(5);
        const other = await counters.open(2);
        const lines = [
          await echo.echoU64(2n ** 64n - 1n),
          [...(await echo.echoBytes(new Uint8Array([1, 255])))],
          await told(echo.echoResult({ tag: "err", val: "no" })),
          await one.increment(2),
          await counters.Counter.sum(one, other),
          one instanceof counters.Counter,
        ];
        const merged = await counters.Counter.merge(one, other);
        lines.push(await merged.value(), (await told(one.value())).message);
        await merged[Symbol.dispose]();
        lines.push(await counters.alive(), (await told(counters.fall())).is);
        return lines;
      });
      const gone = "this: expected a Counter of the running instance, got a Counter";
      const [big, bytes, { is, value }, ...rest] = found;
      assert.deepEqual([big, bytes, is, value], [2n ** 64n - 1n, [1, 255], "ResultError", "no"]);
      assert.deepEqual(rest, [7, 9, true, 9, gone, 0, "TrapError"]);
    },
    { server: servers.values },
  ));

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
      is: "PluginError",
      name: "PluginError",
      message: "a function for guests threw what cannot be cloned (object)",
    },
  ],
  [
    "an answer that is no string",
    "return 42",
    { is: "TypeError", name: "TypeError", message: "formatter.reverse(…): expected string, got 42" },
  ],
]) {
  test(`${what} of a function for guests comes to the page`, () =>
    visit(
      async (page) => {
        const found = await page.evaluate(async () => {
          const plugin = await opened({ timeout: 2 ** 31 - 1, imports: "imports.mjs" });
          const { greet } = plugin.greeter;
          const found = [await told(greet("World", false)), await told(greet("ok", false))];
          plugin.close();
          return found;
        });
        const [{ stack, value, ...rest }, next] = found;
        assert.deepEqual(rest, expected);
        assert.equal(value, undefined);
        if ("name" in expected && expected.is !== "PluginError") assert.match(stack, /^ +at .*\.mjs:\d+:/m);
        assert.deepEqual(next, { value: "Hello, ok" });
      },
      { server: servers.formatting, reverse: `if (text === "ok") return text; ${reverse}` },
    ));
}
