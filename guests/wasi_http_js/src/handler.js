import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from "wasi:http/types@0.2.12";
import { greet, reply } from "./route.js";

// What one `blocking-write-and-flush` takes at most.
const CHUNK = 4096;

const encoder = new TextEncoder();

export const greeter = { greet };

export const incomingHandler = {
  handle(request, out) {
    const { tag: method } = request.method();
    const { status, body: text, allow } = reply(method, request.pathWithQuery() ?? "");
    const bytes = encoder.encode(text);
    const headers = [
      ["content-type", "text/plain; charset=utf-8"],
      ["content-length", String(bytes.length)],
      ...(allow ? [["allow", allow]] : []),
    ];
    const fields = Fields.fromList(headers.map(([name, value]) => [name, encoder.encode(value)]));
    const response = new OutgoingResponse(fields);
    response.setStatusCode(status);
    // Without a body of its own, the response to HEAD keeps its content-length.
    const body = method === "head" ? undefined : response.body();
    ResponseOutparam.set(out, { tag: "ok", val: response });
    if (body) write(body, bytes);
  },
};

/** Writes and finishes a body, or leaves it unfinished when the client has gone: nobody is left to tell. */
function write(body, bytes) {
  const stream = body.write();
  try {
    for (let at = 0; at < bytes.length; at += CHUNK) stream.blockingWriteAndFlush(bytes.subarray(at, at + CHUNK));
  } catch {
    return;
  } finally {
    stream[Symbol.dispose]();
  }
  OutgoingBody.finish(body, undefined);
}
