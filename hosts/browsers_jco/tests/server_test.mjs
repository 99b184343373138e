// The server: where it listens, and what it answers to whom.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import dns from "node:dns/promises";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";

import { component } from "../../../lib/host/testing/cases.mjs";
import { serveAt } from "../chromium/session.mjs";
import { address, listen } from "../listen.mjs";

const { FAULTY_GREETER } = process.env;
const ARGS = ["--component", component("faulty_greeter"), "--transpiled", FAULTY_GREETER];

let server;
before(async () => {
  server = await serveAt("127.0.0.1:0", ...ARGS);
});
after(async () => assert.equal(await server?.stop(), 0));

function refuses(args, status, reason) {
  const result = spawnSync(resolve(process.env.SERVER), args, { encoding: "utf8" });
  assert.equal(result.status, status, result.stderr);
  assert.match(result.stderr, /^error: [^\n]*\n$/);
  assert.ok(result.stderr.includes(reason), result.stderr);
}

/** What the server answers to these very lines. */
async function answers(...lines) {
  const socket = connect(new URL(server.url).port, "127.0.0.1");
  socket.end([...lines, "Connection: close", "", ""].join("\r\n"));
  const [head, ...body] = (await text(socket)).split("\r\n\r\n");
  const [status, ...fields] = head.split("\r\n");
  const headers = new Headers(fields.map((field) => field.split(/: (.*)/s, 2)));
  return { status: Number(status.split(" ")[1]), headers, body: body.join("\r\n\r\n") };
}

const HOST = "Host: 127.0.0.1";

for (const [target, status] of [
  ["/", 200],
  ["/?a=b", 200],
  ["/page.mjs", 200],
  // What a proxy sends.
  ["http://127.0.0.1:8080/", 200],
  ["http://127.0.0.1:8080", 200],
  ["HTTP://example.org/page.mjs?a=/b", 200],
  ["https://[::1]:1/jco/errors.mjs", 200],
  ["http://127.0.0.1:8080/nowhere", 404],
  // Other ways to write the same.
  ["/%70age.mjs", 200],
  ["/jco/../page.mjs", 200],
  ["/jco/%2e%2e/page.mjs", 200],
  ["/./page.mjs", 200],
  // What is not there, or not to be had.
  ["/serve.mjs", 404],
  ["/../serve.mjs", 404],
  ["/..%2fserve.mjs", 404],
  ["/jco%2ferrors.mjs", 404],
  ["//page.mjs", 404],
  ["/jco", 404],
  ["/__proto__", 404],
  ["/%zz", 400],
  ["*", 400],
  ["http://", 400],
]) {
  test(`GET ${target}: ${status}`, async () => {
    const { status: found, body } = await answers(`GET ${target} HTTP/1.1`, HOST);
    assert.equal(found, status);
    if (status === 200) assert.match(body, /^(<!doctype html>|import|export|class)/);
  });
}

for (const [lines, status] of [
  [["GET / HTTP/1.0"], 200],
  [["GET / HTTP/1.1", "Host:"], 200],
  [["GET / HTTP/1.1"], 400],
  [["GET / HTTP/1.1", HOST, HOST], 400],
  [["GET / HTTP/1.1", "Host: a/b"], 400],
  [["GET / HTTP/1.1", "Host: a b"], 400],
  [["GET /page.mjs HTTP/1.1", HOST, "Transfer-Encoding: chunked", "Content-Length: 1"], 400],
]) {
  test(`${lines.join(", ")}: ${status}`, async () => assert.equal((await answers(...lines)).status, status));
}

test("HEAD has the headers of GET, and no body", async () => {
  const get = await answers("GET /page.mjs HTTP/1.1", HOST);
  const head = await answers("HEAD /page.mjs HTTP/1.1", HOST);
  assert.equal(head.status, 200);
  assert.equal(head.body, "");
  assert.equal(Number(get.headers.get("content-length")), Buffer.byteLength(get.body));
  for (const name of ["content-length", "content-type", "content-security-policy", "cache-control"]) {
    assert.equal(head.headers.get(name), get.headers.get(name));
  }
});

for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
  test(`${method}: 405, which names those that are allowed`, async () => {
    for (const target of ["/", ...(method === "OPTIONS" ? ["*"] : [])]) {
      const { status, headers } = await answers(`${method} ${target} HTTP/1.1`, HOST, "Content-Length: 0");
      assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD"]);
    }
  });
}

test("files are sent as what they are, and browsers are told to run nothing else", async () => {
  const get = (path, options) => fetch(server.url + path, options);
  const wasm = await get("/component/component.core.wasm");
  assert.equal(wasm.headers.get("content-type"), "application/wasm");
  assert.equal(wasm.headers.get("content-encoding"), "gzip");
  const page = await get("/", { headers: { "accept-encoding": "identity" } });
  assert.equal(page.headers.get("content-encoding"), null);
  assert.match(await page.text(), /^<!doctype html>/);
  const policy = page.headers.get("content-security-policy");
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
});

test("SIGHUP ends it, SIGUSR1 and SIGUSR2 do not", async () => {
  const { child, url, stop } = await serveAt("127.0.0.1:0", ...ARGS);
  for (const signal of ["SIGUSR1", "SIGUSR2"]) {
    child.kill(signal);
    // Whatever a signal does, it does before the second answer.
    for (let n = 0; n < 2; n++) assert.equal((await fetch(url)).status, 200);
  }
  assert.equal(await stop("SIGHUP"), 0);
});

for (const [addr, hosts] of [
  ["localhost", ["localhost"]],
  ["", ["127.0.0.1", "[::1]"]],
  ["*", ["127.0.0.1", "[::1]"]],
  ["[::1]", ["[::1]"]],
]) {
  test(`--addr ${addr}:PORT`, async () => {
    const { urls, stop } = await serveAt(`${addr}:0`, ...ARGS);
    try {
      for (const host of hosts) {
        assert.equal((await fetch(`http://${host}:${new URL(urls.at(-1)).port}/`)).status, 200);
      }
    } finally {
      assert.equal(await stop(), 0);
    }
  });
}

/** Has the name `both` mean these addresses, whatever this machine's names are. */
function named(t, ...addresses) {
  t.mock.method(dns, "lookup", async (name, options) => {
    assert.deepEqual([name, options], ["both", { all: true }]);
    return addresses.map((address) => ({ address }));
  });
}

async function listens(addr) {
  const servers = await listen(address(addr), (_, response) => response.end());
  const found = servers.map((server) => server.address());
  for (const server of servers) server.close();
  return found;
}

test("a name is listened at with all its addresses, at one port", async (t) => {
  named(t, "::1", "127.0.0.1", "::1");
  const found = await listens("both:0");
  assert.deepEqual(
    found.map(({ address }) => address),
    ["127.0.0.1", "::1"],
  );
  assert.equal(found[0].port, found[1].port);
  assert.equal((await listens(`both:${found[0].port}`)).length, 2);
});

test("an address that this machine is without is left out, unless it is the only one", async (t) => {
  named(t, "192.0.2.1", "127.0.0.1");
  assert.deepEqual(
    (await listens("both:0")).map(({ address }) => address),
    ["127.0.0.1"],
  );
  t.mock.restoreAll();
  named(t, "192.0.2.1");
  await assert.rejects(listens("both:0"), { message: "cannot listen on both:0: not an address of this machine" });
});

test("a name of which one address is taken is an error, and nothing is left", async (t) => {
  const taken = createServer().listen(0, "::1");
  t.after(() => taken.close());
  await once(taken, "listening");
  const { port } = taken.address();
  named(t, "127.0.0.1", "::1");
  const message = `cannot listen on both:${port}: address already in use; use --addr to choose another`;
  await assert.rejects(listens(`both:${port}`), { name: "Error", message });
  t.mock.restoreAll();
  assert.equal((await listens(`127.0.0.1:${port}`)).length, 1);
  taken.close();
});

for (const addr of ["here", "8081", "::1:8081", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:http", "[]:8081", ""]) {
  test(`--addr ${addr} is told`, () => {
    const reason = "use HOST:PORT, as 127.0.0.1:8081";
    refuses([...ARGS, `--addr=${addr}`], 2, `invalid value '${addr}' for '--addr <HOST:PORT>': ${reason}`);
  });
}

test("an address that cannot be had is told", () => {
  const { host } = new URL(server.url);
  const inUse = `cannot listen on ${host}: address already in use; use --addr to choose another`;
  refuses([...ARGS, "--addr", host], 1, inUse);
  refuses([...ARGS, "--addr", "192.0.2.1:8081"], 1, "cannot listen on 192.0.2.1:8081: not an address of this machine");
  refuses([...ARGS, "--addr", "nowhere.invalid:8081"], 1, "cannot listen on nowhere.invalid:8081: unknown host");
});

test("a wrong command line is told", () => {
  refuses([], 2, "--component <FILE> is missing");
  refuses([...ARGS, "more"], 2, "'more' is not expected");
  refuses(["--component", "x.wasm", "--transpiled", "nowhere"], 1, "nowhere: has no interfaces.json");
});

test("tells what it is", () => {
  for (const [flag, expected] of [
    ["--help", /^Serves a page/],
    ["--version", new RegExp(`^browsers_jco ${process.env.VERSION}\n$`)],
    ["-V", new RegExp(`^browsers_jco ${process.env.VERSION}\n$`)],
  ]) {
    const { status, stdout, stderr } = spawnSync(resolve(process.env.SERVER), [flag], { encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, expected);
  }
});
