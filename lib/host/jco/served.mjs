// A component as it is served: the folder that the rule transpile made of it.

import { ComponentError } from "./errors.mjs";

/** What a component imports and exports, with all types; `folder` is as for `Plugin.open`. */
export async function describe(folder) {
  return JSON.parse(await (await loaded(folder, "interfaces.json")).text());
}

/** What a component is made of, as `Plugin.start` wants it. */
export async function parts(folder) {
  const [{ instantiate }, description] = await Promise.all([imported(at(folder, "component.js")), describe(folder)]);
  return {
    instantiate,
    description,
    read: async (file) => new Uint8Array(await (await loaded(folder, file)).arrayBuffer()),
  };
}

const at = (folder, file) =>
  new URL(file, new URL(`${folder}`.replace(/\/?$/, "/"), globalThis.document?.baseURI ?? location));

function imported(url) {
  return import(url).catch((cause) => {
    throw new ComponentError(`${url.pathname}: cannot be loaded`, { cause });
  });
}

async function loaded(folder, file) {
  const response = await fetch(at(folder, file)).catch((cause) => {
    throw new ComponentError(`${file}: cannot be loaded: ${cause.message}`, { cause });
  });
  if (response.ok) return response;
  const reason = response.status === 404 ? "no such file" : `the server answers ${response.status}`;
  throw new ComponentError(`${file}: ${reason}`);
}
