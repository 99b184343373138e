// `browsers_jco`: serves the page and the component that it runs.

import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, extname } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { ComponentError } from "../../lib/host/jco/errors.mjs";
import { RunError, UsageError, parse, run } from "../../lib/host/jco/options.mjs";
import { MODULE, transpile } from "../../lib/host/jco/transpile.mjs";

const USAGE = `Serves a page on which a WebAssembly component that exports anyhost:hello/greeter@1.0.0 greets.

Usage: browsers_jco [OPTIONS] --component FILE

  --component FILE     the component (*.wasm)
  --transpiled FOLDER  the same component, as jco_transpile made it an ES module: saves doing so at start
  --addr HOST:PORT     where to listen; port 0 takes a free one [default: 127.0.0.1:8081]
  -h, --help           this text

The guest runs in the visitor's browser: it is given no files, no network and no clock there, and at most 64 MiB of
memory. SIGINT or SIGTERM ends the server with exit code 0.

Example:
  browsers_jco --component hello_world_rust.wasm --addr 127.0.0.1:8081`;

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

const REFUSED = {
  EACCES: "may not be used",
  EADDRINUSE: "is taken",
  EADDRNOTAVAIL: "is not this machine's",
};

const HEADERS = {
  "cache-control": "no-cache",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  vary: "accept-encoding",
  "x-content-type-options": "nosniff",
};

/** The files of a folder: a map from name to bytes. */
async function filesOf(folder, names) {
  names ??= (await readdir(folder)).filter((name) => extname(name) in TYPES);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(new URL(name, folder))])));
}

async function transpiled(folder) {
  const files = await filesOf(pathToFileURL(`${folder}/`)).catch(() => new Map());
  if (!files.has(MODULE)) {
    throw new ComponentError(`${folder}: has no ${MODULE}; expected a folder that jco_transpile made`);
  }
  return files;
}

/** All that can be asked for: a map from path to what is sent. */
async function site(component) {
  const here = import.meta.url;
  const sent = new Map();
  for (const [folder, files] of [
    ["/", await filesOf(new URL("page/", here))],
    ["/jco/", await filesOf(new URL("../../lib/host/jco/", here), ["errors.mjs", "greeter.mjs", "memory.mjs"])],
    ["/component/", component],
  ]) {
    for (const [name, bytes] of files) {
      const type = TYPES[extname(name)];
      const path = folder + (name === "index.html" ? "" : name);
      if (type) sent.set(path, { type, bytes, gzip: gzipSync(bytes, { level: 9 }) });
    }
  }
  return sent;
}

function answer(sent, request, response) {
  const send = (status, headers, body) => {
    response.writeHead(status, { ...HEADERS, ...headers, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  const plain = { "content-type": "text/plain; charset=utf-8" };
  if (request.method !== "GET" && request.method !== "HEAD") {
    return send(405, { ...plain, allow: "GET, HEAD" }, Buffer.from("use GET or HEAD\n"));
  }
  const file = sent.get(request.url.split("?")[0]);
  if (!file) return send(404, plain, Buffer.from("no such file\n"));
  if (/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
    return send(200, { "content-type": file.type, "content-encoding": "gzip" }, file.gzip);
  }
  return send(200, { "content-type": file.type }, file.bytes);
}

function address(text) {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  if (!match || match[2] > 65535) throw new UsageError(`--addr ${text}: use HOST:PORT, as 127.0.0.1:8081`);
  return { host: match[1].replace(/^\[(.*)\]$/, "$1"), port: Number(match[2]) };
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit());

await run(async () => {
  const { values, positionals } = parse(USAGE, {
    component: { type: "string" },
    transpiled: { type: "string" },
    addr: { type: "string", default: "127.0.0.1:8081" },
  });
  if (positionals.length) throw new UsageError(`'${positionals[0]}' is not expected`);
  if (!values.component) throw new UsageError("--component FILE is missing");
  const listen = address(values.addr);
  const sent = await site(values.transpiled ? await transpiled(values.transpiled) : await transpile(values.component));

  const server = createServer((request, response) => answer(sent, request, response));
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen, resolve);
  }).catch((cause) => {
    throw new RunError(`--addr ${values.addr}: the address ${REFUSED[cause.code] ?? `cannot be used: ${cause.message}`}`);
  });
  const { address: host, port, family } = server.address();
  const authority = `${family === "IPv6" ? `[${host}]` : host}:${port}`;
  console.error(`listening on http://${authority} (${basename(values.component, ".wasm")})`);
});
