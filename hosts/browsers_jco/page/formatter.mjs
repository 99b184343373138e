// The interface `formatter` of anyhost:hello: what a page does for guests.

/** The characters of `text` (Unicode scalar values) from last to first. */
export function reverse(text) {
  return [...text].reverse().join("");
}
