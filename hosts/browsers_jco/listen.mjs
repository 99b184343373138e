// Listening at every address that a name has.

import dns from "node:dns/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import { isIPv6 } from "node:net";

import { RunError, UsageError } from "../../lib/host/jco/options.mjs";

const REASONS = {
  EACCES: "permission denied; use --addr to choose another",
  EADDRINUSE: "address already in use; use --addr to choose another",
  EADDRNOTAVAIL: "not an address of this machine",
  EAI_AGAIN: "unknown host",
  ENOTFOUND: "unknown host",
};

// A name may have an address of a family that this machine is without.
const ABSENT = ["EADDRNOTAVAIL", "EAFNOSUPPORT"];

/** Parses `HOST:PORT`; without a host, or with `*`, it is all addresses of the machine. */
export function address(text) {
  const [, host, port] = /^(\[[^\]]+\]|[^:[\]]*):(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || port > 65535) {
    throw new UsageError(`invalid value '${text}' for '--addr <HOST:PORT>': use HOST:PORT, as 127.0.0.1:8081`);
  }
  return { text, host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

/** Serves at all addresses of a host; resolves to their servers. */
export async function listen({ text, host, port }, answer) {
  try {
    return await bindAll(await addresses(host), port, answer, 10);
  } catch (cause) {
    throw new RunError(`cannot listen on ${text}: ${REASONS[cause.code] ?? cause.message}`, { cause });
  }
}

async function addresses(host) {
  if (host === "" || host === "*") return ["0.0.0.0", "::"];
  const found = new Set((await dns.lookup(host, { all: true })).map(({ address }) => address));
  // What is printed first is what most clients can use.
  return [...found].sort((a, b) => isIPv6(a) - isIPv6(b));
}

async function bindAll(hosts, port, answer, tries) {
  const servers = [];
  let failure;
  for (const host of hosts) {
    try {
      servers.push(await bind(host, servers[0]?.address().port ?? port, hosts.length > 1, answer));
    } catch (cause) {
      failure = cause;
      if (!ABSENT.includes(cause.code)) break;
    }
  }
  if (servers.length > 0 && (!failure || ABSENT.includes(failure.code))) return servers;
  for (const server of servers) server.close();
  // A port that is free at the first address may be taken at the next.
  if (port === 0 && failure.code === "EADDRINUSE" && tries > 1) return bindAll(hosts, port, answer, tries - 1);
  throw failure;
}

/** Listens at one address; if there are `more`, for its family alone. */
async function bind(host, port, more, answer) {
  const server = createServer(answer);
  server.listen({ host, port, ipv6Only: more });
  await once(server, "listening");
  return server;
}
