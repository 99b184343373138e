// The interface `formatter` of anyhost:hello: what this host does for guests.

/** The characters of `text` (Unicode scalar values) from last to first. */
export function reverse(text) {
  return [...text].reverse().join("");
}
