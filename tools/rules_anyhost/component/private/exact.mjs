// Values of guests as the component model has them, where what jco makes takes others. The official tests of the component
// model, which the plugin hosts on jco run, tell whether each of these is in what jco makes.

const EXACT = [
  // Strings are decoded as the web decodes files of text: what is not UTF-8 becomes U+FFFD, and U+FEFF at the beginning is lost.
  [/\bnew TextDecoder(\(\))?(?=[,;])/, 'new TextDecoder("utf-8",{fatal:true,ignoreBOM:true})'],
  // Of an integer of 8 or 16 bits the guest gives 32, of which the upper ones mean nothing; here they were an error.
  [/\bfunction clampGuest\((\w+), ?(\w+), ?(\w+)\) ?\{/, "$&return(($1-$2)&($3-$2))+$2;"],
  // Every number but 0 is true.
  [/\bfunction throwInvalidBool\(\) ?\{/, "$&return true;"],
];

/** A module that jco made, minified or not, with values that are exact. */
export function exact(code) {
  return EXACT.reduce((made, [pattern, by]) => made.replace(pattern, by), code);
}
