// The component model's tests by the library for Node.js: component_model.mjs PLAN.

import { readFile } from "node:fs/promises";

import { outcomes } from "../../../lib/host/jco/component_model.mjs";
import { Plugin } from "../../../lib/host/jco/node.mjs";

for (const entry of JSON.parse(await readFile(process.argv[2], "utf8"))) {
  const came = await outcomes(entry, () => Plugin.open(entry.component));
  for (const outcome of came) console.log(JSON.stringify(outcome));
}
