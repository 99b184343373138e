// One guest in this host, as the build transpiled it and as the component file that it is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { greetings, imports } from "../../../lib/host/testing/cases.mjs";
import { Greeter } from "../greeter.mjs";

const { COMPONENT, TRANSPILED } = process.env;

for (const path of [TRANSPILED, COMPONENT]) {
  test(`${path} greets`, async () => {
    const greeter = await Greeter.load(path);
    for (const { name, up, greeting } of greetings()) {
      assert.equal(greeter.greet(name, up), greeting);
    }
  });
}

test("a greeting in a time limit is the same", async () => {
  const greeter = await Greeter.load(TRANSPILED, { timeout: 60_000 });
  for (const { name, up, greeting } of greetings()) {
    assert.equal(greeter.greet(name, up), greeting);
  }
});

test("the host's own formatter is what the guest asks", async () => {
  const greeter = await Greeter.load(TRANSPILED, { formatter: { reverse: (text) => `<${text}>` } });
  assert.equal(greeter.greet("me"), imports.length ? "Hello, <me>" : "Hello, me");
});

if (imports.length) {
  test("a formatter's own error reaches the caller, and the next greeting is well", async () => {
    let fails = true;
    const reverse = (text) => {
      if (fails) throw new EvalError("no reverse today");
      return text;
    };
    const greeter = await Greeter.load(TRANSPILED, { formatter: { reverse } });
    assert.throws(() => greeter.greet("me"), { name: "EvalError", message: "no reverse today" });
    fails = false;
    assert.equal(greeter.greet("me"), "Hello, me");
  });
}

test("what is no string is no name", async () => {
  const greeter = await Greeter.load(TRANSPILED);
  assert.throws(() => greeter.greet(42), { name: "TypeError", message: /expected a string/ });
});
