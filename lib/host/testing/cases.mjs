// The cases that every plugin host is tested with, for tests in JavaScript.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

const cases = JSON.parse(readFileSync(process.env.CASES, "utf8"));
const { unit, times, up, greeting, greeted_unit } = cases.long;

/** What to greet, and what has to be answered: by the field `expected` for most, and by all for the long one. */
export function greetings(expected) {
  return [
    ...cases.greetings.map((one) => ({ name: one.name, up: one.up, greeting: one[expected] })),
    { name: unit.repeat(times), up, greeting: greeting + greeted_unit.repeat(times) },
  ];
}

export const faults = cases.faults;

const files = new Map((process.env.COMPONENTS ?? "").split(" ").map((path) => [basename(path, ".wasm"), path]));

/** The file that is called `name` in the cases. */
export function component(name) {
  return files.get(name) ?? `${name}.wasm`;
}
