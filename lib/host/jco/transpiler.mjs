// jco's transpiler in a thread of its own, for transpile.mjs: it is asked with messages, one after the other.

import { parentPort, workerData } from "node:worker_threads";

import { isTrap } from "./transpile.mjs";

const { transpile } = await import(workerData);

parentPort.on("message", async (args) => {
  try {
    const { files } = await transpile(...args);
    parentPort.postMessage({ files });
  } catch (cause) {
    parentPort.postMessage({ reason: String(cause.message ?? cause), hasTrapped: isTrap(cause) });
  }
});
