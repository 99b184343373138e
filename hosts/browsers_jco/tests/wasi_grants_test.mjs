// What a component reaches by WASI on a page where something is granted, and what ends it: in Chromium.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { browse, openPage, serve } from "../chromium/session.mjs";

const { GRANTED, PROBE, TRANSPILED } = process.env;
const granted = JSON.parse(readFileSync(GRANTED, "utf8"));

let browser;
let server;
before(async () => {
  server = await serve("--component", PROBE, "--transpiled", TRANSPILED);
  browser = await browse();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What `work` gives on a page that has the library and nothing else. */
async function onPage(work, argument) {
  const { page, said } = await openPage(browser.context);
  const blank = { body: "<!doctype html>", contentType: "text/html" };
  await page.route(`${server.url}/`, (route) => route.fulfill(blank));
  try {
    await page.goto(server.url);
    const found = await page.evaluate(work, argument);
    assert.deepEqual(said, []);
    return found;
  } finally {
    await page.close();
  }
}

test("what is granted, and nothing else", async () => {
  const ofDirectories = ([what, , expected]) =>
    what.startsWith("at-") || (what.startsWith("file-") && expected !== "refused");
  const tried = granted.attempts.filter((attempt) => !ofDirectories(attempt));
  assert.ok(tried.length > 30);
  const found = await onPage(
    async ({ args, env, stdin, clock, random, tried }) => {
      const { BackgroundPlugin } = await import(new URL("jco/browser.mjs", document.baseURI));
      const wasi = { args, env, clock: clock * 1000, output() {} };
      wasi.stdin = new TextEncoder().encode(stdin);
      wasi.random = Uint8Array.from(random);
      const plugin = await BackgroundPlugin.open("component", { wasi });
      const found = [];
      for (const [what, args] of tried) found.push(await plugin.probe.attempt(what, args));
      plugin.close();
      return found;
    },
    { ...granted, tried },
  );
  assert.deepEqual(
    found,
    tried.map(([, , expected]) => expected),
  );
});

test("lines go to a function, from the page's thread and from a worker", async () => {
  const found = await onPage(async () => {
    const { BackgroundPlugin, Plugin } = await import(new URL("jco/browser.mjs", document.baseURI));
    const lines = [];
    const wasi = { output: (stream, line) => lines.push(`${stream} ${line}`) };
    for (const kind of [Plugin, BackgroundPlugin]) {
      const plugin = await kind.open("component", { wasi });
      await plugin.probe.attempt("print", ["one\ntwo", "three\n"]);
      if (kind === BackgroundPlugin) plugin.close();
    }
    return lines.sort();
  });
  const expected = ["stderr three", "stderr three", "stdout one", "stdout one", "stdout two", "stdout two"];
  assert.deepEqual(found, expected);
});

test("time has an end in a worker, whatever is waited for", async () => {
  const found = await onPage(async () => {
    const { BackgroundPlugin } = await import(new URL("jco/browser.mjs", document.baseURI));
    const plugin = await BackgroundPlugin.open("component", { timeout: 2000, wasi: { output() {} } });
    const ended = [];
    for (const [what, args] of [
      ["sleep", ["3600000"]],
      ["spin", ["3600000000000"]],
      ["flood", []],
    ]) {
      ended.push(await plugin.probe.attempt(what, args).catch(({ name }) => name));
    }
    ended.push(await plugin.probe.attempt("time-passes", ["20"]));
    plugin.close();
    return ended;
  });
  assert.deepEqual(found, ["TimeLimitError", "TimeLimitError", "TimeLimitError", "true"]);
});

test("none refuses", async () => {
  const found = await onPage(async () => {
    const { BackgroundPlugin } = await import(new URL("jco/browser.mjs", document.baseURI));
    const plugin = await BackgroundPlugin.open("component", { wasi: "none" });
    const told = await plugin.probe.attempt("args", []).catch(({ name, message }) => `${name}: ${message}`);
    plugin.close();
    return told;
  });
  assert.match(found, /^ComponentError: .*imports wasi:.*, which this host does not provide; it provides nothing$/);
});
