// `browsers_jco`: serves the page and the component that it runs.

import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, extname } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { ComponentError } from "../../lib/host/jco/errors.mjs";
import { notProvided } from "../../lib/host/jco/imports.mjs";
import { neededBy } from "../../lib/host/jco/names.mjs";
import { parse, run, UsageError } from "../../lib/host/jco/options.mjs";
import { DESCRIPTION, MODULE, transpile } from "../../lib/host/jco/transpile.mjs";
import { isWasi } from "../../lib/host/jco/wasi.mjs";
import { address, listen } from "./listen.mjs";

const USAGE = `Serves a page with a form for each function that a WebAssembly component exports.

Usage: browsers_jco [OPTIONS] --component FILE

  --component FILE     the component (*.wasm)
  --transpiled FOLDER  the same component, as the rule transpile made it an ES module: saves doing so at start
  --imports FILE       a JavaScript module that exports, by name, the interfaces that the component imports
  --addr HOST:PORT     where to listen: all addresses of HOST, or of the machine for :PORT; port 0 takes a free one
                       [default: 127.0.0.1:8081]
  -h, --help           this text
  -V, --version        the version

The guest runs in the visitor's browser: it is given no files and no network there, no function but those of --imports, and
at most 64 MiB of memory. If it imports WASI, it has clocks and random numbers, and prints to the console. What follows ? in the address fills fields: http://127.0.0.1:8081/?name=you.
SIGINT, SIGTERM or SIGHUP ends the server with exit code 0.

Example:
  browsers_jco --component hello_world_rust.wasm --addr 127.0.0.1:8081`;

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".json": "application/json",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

// What of lib/host/jco runs in a browser.
const LIBRARY = [
  ...["background.mjs", "browser.mjs", "bytes.mjs", "errors.mjs", "faces.mjs", "failures.mjs", "imports.mjs"],
  ...["json.mjs", "lines.mjs", "memory.mjs", "names.mjs", "plugin.mjs", "resources.mjs", "served.mjs", "types.mjs"],
  ...["values.mjs", "wasi.mjs", "worker.mjs"],
];

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
  const wanted = [DESCRIPTION, MODULE].find((name) => !files.has(name));
  if (wanted) {
    throw new ComponentError(`${folder}: has no ${wanted}; expected a folder that the rule transpile made`);
  }
  return files;
}

const minifier = createRequire(import.meta.url).resolve("oxc-minify");
const { minifySync } = await import(pathToFileURL(minifier));

/** What is sent of a file: of our modules the comments and long names are not. */
function sentOf(name, bytes) {
  return extname(name) === ".mjs" ? Buffer.from(minifySync(name, `${bytes}`, { module: true }).code) : bytes;
}

/** All that can be asked for: a map from path to what is sent. */
async function site(component, imports) {
  const here = import.meta.url;
  const sent = new Map();
  for (const [folder, files] of [
    ["/", await filesOf(new URL("page/", here))],
    ["/jco/", await filesOf(new URL("../../lib/host/jco/", here), LIBRARY)],
    ["/component/", component],
    ["/", new Map([["imports.mjs", imports ? await readFile(imports) : Buffer.from("// Nothing.\n")]])],
  ]) {
    for (const [name, content] of files) {
      const bytes = sentOf(name, content);
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
  const say = (status, line, headers) =>
    send(status, { "content-type": "text/plain; charset=utf-8", ...headers }, Buffer.from(`${line}\n`));
  const { host = [] } = request.headersDistinct;
  if (host.length > 1 || /[\s/?#@]/.test(host[0])) return say(400, "send one Host");
  if (request.method !== "GET" && request.method !== "HEAD") return say(405, "use GET or HEAD", { allow: "GET, HEAD" });
  const path = pathOf(request.url);
  if (!path) return say(400, "ask for a path");
  const file = sent.get(path);
  if (!file) return say(404, "no such file");
  if (/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
    return send(200, { "content-type": file.type, "content-encoding": "gzip" }, file.gzip);
  }
  return send(200, { "content-type": file.type }, file.bytes);
}

/** The path that a request's target names: its own, or that of the whole address that a proxy asks for. */
function pathOf(target) {
  const url = URL.parse(target.startsWith("/") ? `http://host${target}` : target);
  try {
    return url && decodeURI(url.pathname);
  } catch {
    return undefined;
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit());
// They would end the process, or have Node listen for a debugger.
for (const signal of ["SIGUSR1", "SIGUSR2"]) process.on(signal, () => {});

await run(async () => {
  const { values, positionals } = parse("browsers_jco", USAGE, {
    component: { type: "string" },
    transpiled: { type: "string" },
    imports: { type: "string" },
    addr: { type: "string", default: "127.0.0.1:8081" },
  });
  if (positionals.length) throw new UsageError(`'${positionals[0]}' is not expected`);
  if (!values.component) throw new UsageError("--component <FILE> is missing");
  const where = address(values.addr);
  const files = await (values.transpiled
    ? transpiled(values.transpiled)
    : transpile(values.component, { minify: true }));
  const [needed] = neededBy(JSON.parse(files.get(DESCRIPTION))).filter(([face]) => !isWasi(face));
  if (needed && !values.imports) throw notProvided(values.component, needed[0], []);
  const sent = await site(files, values.imports);
  const servers = await listen(where, (request, response) => answer(sent, request, response));
  const urls = servers.map((server) => {
    const { address: host, port, family } = server.address();
    return `http://${family === "IPv6" ? `[${host}]` : host}:${port}`;
  });
  console.error(`listening on ${urls.join(" and ")} (${basename(values.component, ".wasm")})`);
});
