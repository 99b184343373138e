// How fast this host's page is: `bench [--json]`, in Chromium on this machine.

import { parseArgs } from "node:util";

import { browse, openPage, serve } from "./chromium/session.mjs";

const { COMPONENT, HOST, RUNNER, TRANSPILED, VALUES, VALUES_TRANSPILED } = process.env;
const { values } = parseArgs({ options: { json: { type: "boolean" } } });

const median = (figures) => figures.sort((a, b) => a - b)[figures.length >> 1];

const server = await serve("--component", COMPONENT, "--transpiled", TRANSPILED);
const { context, close } = await browse();

/** Opens the page anew: the server has browsers ask for every file each time. */
async function visit(use) {
  const { page } = await openPage(context);
  const urls = new Set();
  const note = (request) => urls.add(request.url());
  context.on("request", note);
  await page.goto(server.url);
  const greeted = await page.waitForFunction(() => performance.getEntriesByName("called")[0]?.startTime);
  const figures = await use(await greeted.jsonValue(), page, urls);
  context.off("request", note);
  await page.close();
  return figures;
}

async function bytesSent(urls) {
  let sum = 0;
  for (const url of urls) {
    const { headers } = await fetch(url, { headers: { "accept-encoding": "gzip" } });
    sum += Number(headers.get("content-length"));
  }
  return sum;
}

const [first, sent, sentComponent] = await visit(async (ms, _page, urls) => [
  ms,
  await bytesSent(urls),
  await bytesSent([...urls].filter((url) => url.includes("/component/"))),
]);
const later = [];
for (let round = 0; round < 21; round++) later.push(await visit((ms) => ms));

const calls = await visit((_, page) =>
  page.evaluate(async () => {
    const { BackgroundPlugin, Plugin } = await import("./jco/browser.mjs");
    const direct = await Plugin.open("component");
    const background = await BackgroundPlugin.open("component");
    const rate = async (count, { greeter }) => {
      const rates = [];
      for (let round = 0; round < 10; round++) {
        const start = performance.now();
        for (let n = 0; n < count; n++) await greeter.greet("World", false);
        rates.push((count / (performance.now() - start)) * 1000);
      }
      return Math.round(rates.sort((a, b) => a - b)[5]);
    };
    const rates = [await rate(20_000, direct), await rate(1_000, background)];
    background.close();
    return rates;
  }),
);
await server.stop();

/** The guest of all values, on a page of its own. */
async function valuesMicros() {
  const server = await serve("--component", VALUES, "--transpiled", VALUES_TRANSPILED, "--imports", HOST);
  const { page } = await openPage(context);
  await page.route("**/jco/bench.mjs", (route) => route.fulfill({ path: RUNNER, contentType: "text/javascript" }));
  await page.goto(server.url);
  const figures = await page.evaluate(async () => {
    const { Plugin, recycle } = await import("./jco/browser.mjs");
    const { copyMicros, valuesMicros } = await import(new URL("jco/bench.mjs", document.baseURI));
    const plugin = await Plugin.open("component", { imports: await import("./imports.mjs") });
    return { values_us: valuesMicros(plugin, recycle), copy_us: copyMicros() };
  });
  await server.stop();
  return figures;
}

const { values_us, copy_us } = await valuesMicros();
await close();

const figures = {
  sent_gzip_bytes: sent,
  sent_component_gzip_bytes: sentComponent,
  first_greeting_first_page_ms: first,
  first_greeting_ms: median(later),
  calls_per_s: calls[0],
  calls_per_s_in_a_worker: calls[1],
  values_us,
  copy_us,
};
if (values.json) {
  console.log(JSON.stringify(figures));
} else {
  console.log("hello_world_rust on the page, in Chromium");
  console.log(`sent, gzip:                       ${sent} bytes, ${sentComponent} of them jco's output`);
  console.log(`navigation to the first greeting: ${median(later).toFixed(0)} ms (median of 21 pages)`);
  console.log(`the browser's very first page:    ${first.toFixed(0)} ms`);
  console.log(`greetings, called on the page:    ${calls[0]} a second`);
  console.log(`greetings, asked of a worker:     ${calls[1]} a second`);
  for (const [kind, us] of Object.entries(values_us))
    console.log(`there and back, ${`${kind}:`.padEnd(17)} ${us.toFixed(2)} µs`);
  console.log(`1 MiB copied by Chromium alone:   ${copy_us.toFixed(2)} µs`);
}
