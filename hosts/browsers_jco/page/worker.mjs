// Runs the guest, in a worker: a guest that is slow or loops does not stop the page.

import * as formatter from "./formatter.mjs";
import { ComponentError } from "./jco/errors.mjs";
import { postFailure } from "./jco/failures.mjs";
import { Greeter } from "./jco/greeter.mjs";

const folder = new URL("component/", import.meta.url);

async function load() {
  const { instantiate } = await import(new URL("component.js", folder)).catch((cause) => {
    throw new ComponentError("component.js: cannot be loaded", { cause });
  });
  return Greeter.start("component", instantiate, read, { formatter });
}

async function read(file) {
  const response = await fetch(new URL(file, folder)).catch((cause) => {
    throw new ComponentError(`${file}: cannot be loaded: ${cause.message}`, { cause });
  });
  if (!response.ok) {
    const reason = response.status === 404 ? "no such file" : `the server answers ${response.status}`;
    throw new ComponentError(`${file}: ${reason}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

const loading = load();
// A failure is told with each greeting that is asked for.
loading.catch(() => {});

addEventListener("message", async ({ data: { name, up } }) => {
  try {
    postMessage({ greeting: (await loading).greet(name, up) });
  } catch (thrown) {
    postFailure(thrown);
  }
});
