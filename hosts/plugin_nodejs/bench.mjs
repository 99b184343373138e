// How fast this host is: `bench [--json]`. Medians of several rounds.

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { copyMicros, valuesMicros } from "../../lib/host/jco/bench.mjs";
import { Plugin, recycle } from "../../lib/host/jco/node.mjs";

const { COMPONENT, HOST, PLAIN, TRANSPILED, VALUES } = process.env;
const { values } = parseArgs({ options: { json: { type: "boolean" } } });

const median = (figures) => figures.sort((a, b) => a - b)[figures.length >> 1];

async function milliseconds(rounds, work) {
  const figures = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    figures.push(performance.now() - start);
  }
  return median(figures);
}

/** The guest of all values. It asks nothing of its host here. */
async function openValues() {
  const { host } = await import(pathToFileURL(HOST));
  return Plugin.open(VALUES, { imports: { host } });
}

/** What jco makes, without this library: nothing is checked or bounded. */
async function openPlain() {
  const { instantiate } = await import(pathToFileURL(resolve(PLAIN, "component.js")));
  return instantiate(async (file) => WebAssembly.compile(await readFile(join(PLAIN, file))), {});
}

const plugin = await Plugin.open(TRANSPILED);
const plain = await openPlain();
const limited = await Plugin.open(TRANSPILED, { timeout: 10_000 });
const calls = async (count, of) => {
  const greet = () => {
    for (let n = 0; n < count; n++) of.greeter.greet("World", false);
  };
  greet();
  return Math.round((count / (await milliseconds(9, greet))) * 1000);
};
const library = await calls(50_000, plugin);
const by_hand = await calls(50_000, plain);
const figures = {
  calls_per_s: library,
  plain_calls_per_s: by_hand,
  ratio_to_plain: Number((by_hand / library).toFixed(3)),
  calls_per_s_with_a_time_limit: await calls(500, limited),
  load_precompiled_ms: await milliseconds(51, () => Plugin.open(TRANSPILED)),
  load_ms: await milliseconds(11, () => Plugin.open(COMPONENT)),
  values_us: valuesMicros(await openValues(), recycle),
  copy_us: copyMicros(),
};

if (values.json) {
  console.log(JSON.stringify(figures));
} else {
  console.log(`hello_world_rust in Node ${process.version}, jco's output, one thread`);
  console.log(`greetings, warm:            ${figures.calls_per_s} a second`);
  console.log(`jco's output by hand:       ${figures.plain_calls_per_s} a second`);
  console.log(`what a call takes of it:    ${figures.ratio_to_plain} times as long`);
  console.log(`with a time limit:          ${figures.calls_per_s_with_a_time_limit} a second`);
  console.log(`load and instantiate:       ${figures.load_precompiled_ms.toFixed(2)} ms, transpiled by the build`);
  console.log(`transpile, load:            ${figures.load_ms.toFixed(2)} ms, from the component's file`);
  for (const [kind, us] of Object.entries(figures.values_us)) {
    console.log(`there and back, ${`${kind}:`.padEnd(11)} ${us.toFixed(2)} µs`);
  }
  console.log(`1 MiB copied by Node alone: ${figures.copy_us.toFixed(2)} µs`);
}
