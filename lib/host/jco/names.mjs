// Names of interfaces, functions and resources, in WIT and in JavaScript.

import { camel, pascal } from "./types.mjs";

/** What an interface may be called: in full, without its version, or by its own name alone, as JavaScript writes it or WIT. */
export function namesOf(full) {
  const [unversioned] = full.split("@");
  const own = unversioned.slice(unversioned.indexOf("/") + 1);
  return [full, unversioned, own, camel(own)];
}

/** A function's name, taken apart: `[method]session.add` is `add` of `session`, and a method. */
export function functionName(name) {
  const [, kind = "function", resource, own] = /^(?:\[(\w+)\])?(?:([^.]+)\.)?([^.]+)$/.exec(name);
  return kind === "constructor" ? { kind, resource: own, own: "constructor" } : { kind, resource, own };
}

/** How messages call a function: `rates.rate`, `log.Session.add`. */
export function labelOf(face, name) {
  const { kind, resource, own } = functionName(name);
  const place = face === undefined ? "" : `${namesOf(face)[3]}.`;
  if (kind === "constructor") return `new ${place}${pascal(resource)}`;
  return `${place}${resource ? `${pascal(resource)}.` : ""}${camel(own)}`;
}

/** The resources of an interface, as numbers of types: by their names there. */
export function resourcesOf({ types }, face) {
  const own = types.flatMap(({ resource }, at) => (resource?.[0] === face ? [[resource[1], at]] : []));
  return new Map(own);
}

/** The imports that a host has to provide. An interface of types alone asks for nothing. */
export function neededBy(description) {
  return Object.entries(description.imports).filter(
    ([name, item]) => Object.keys(item).length > 0 || resourcesOf(description, name).size > 0,
  );
}
