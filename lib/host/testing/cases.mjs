// The cases that every plugin host is tested with, for tests in JavaScript.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

const cases = JSON.parse(readFileSync(process.env.CASES, "utf8"));

/** What the guest imports of its contract. */
export const imports = (process.env.IMPORTS ?? "").split(",").filter(Boolean);

/** What to greet, and what has to be answered: the cases of guests with these imports that the host itself answers. */
export function greetings() {
  const group = cases.groups.find((one) => one.imports.join() === imports.join());
  const reversed = (ask) => ask.result === [...ask.args[0]].reverse().join("");
  return group.cases
    .flatMap(({ steps }) => steps)
    .filter(({ asks }) => asks.every(reversed))
    .map(({ args: [name, up], result: greeting }) => ({ name, up, greeting }));
}

export const faults = cases.faults;

const files = new Map((process.env.COMPONENTS ?? "").split(" ").map((path) => [basename(path, ".wasm"), path]));

/** The file that is called `name` in the cases. */
export function component(name) {
  return files.get(name) ?? `${name}.wasm`;
}
