// From a request to a reply, without a host.

// The longest name that is greeted over HTTP, in bytes.
const MAX_NAME = 4096;

const ALLOW = "GET, HEAD";

/** As `anyhost:hello/greeter` has it. */
export function greet(name, up) {
  const greeting = `Hello, ${name}`;
  return up ? greeting.toUpperCase() : greeting;
}

/** Answers `GET target`, `/<name>?up=<bool>`, with a status and a body of plain text. */
export function reply(method, target) {
  if (method !== "get" && method !== "head") return { status: 405, body: `use one of: ${ALLOW}`, allow: ALLOW };
  const [, path, query] = /^\/?([^?]*)\??(.*)$/s.exec(target);
  if (/%(?![0-9a-f]{2})/i.test(path)) return bad("the name has a % without two hexadecimal digits");
  if (path.replace(/%../g, "%").length > MAX_NAME) return { status: 414, body: "the name is longer than 4096 bytes" };
  let name;
  try {
    name = decodeURIComponent(path) || "World";
  } catch {
    return bad("the name is not UTF-8");
  }
  const up = /(?:^|&)up=([^&]*)/.exec(query)?.[1] ?? "false";
  if (up !== "true" && up !== "false") return bad(`up is true or false, not ${up}`);
  return { status: 200, body: greet(name, up === "true") };
}

function bad(body) {
  return { status: 400, body };
}
