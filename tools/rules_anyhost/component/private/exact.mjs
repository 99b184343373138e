// Values of guests as the component model has them, where what jco makes takes others, and calls without what only its
// authors need. The official tests of the component model, which the plugin hosts on jco run, tell whether each of the former
// is in what jco makes; the tests of plugin_nodejs tell it of the latter.

const EXACT = [
  // Strings are decoded as the web decodes files of text: what is not UTF-8 becomes U+FFFD, and U+FEFF at the beginning is lost.
  [/\bnew TextDecoder(\(\))?(?=[,;])/, 'new TextDecoder("utf-8",{fatal:true,ignoreBOM:true})'],
  // Of an integer of 8 or 16 bits the guest gives 32, of which the upper ones mean nothing; here they were an error.
  [/\bfunction clampGuest\((\w+), ?(\w+), ?(\w+)\) ?\{/, "$&return(($1-$2)&($3-$2))+$2;"],
  // Every number but 0 is true.
  [/\bfunction throwInvalidBool\(\) ?\{/, "$&return true;"],
  // Whether each step of each call is told on the console is asked once: to ask the environment takes longer than the call.
  [
    /\b_debugLog ?= ?\(\.\.\.(\w+)\) ?=> ?\{[^}]*\bJCO_DEBUG\b[\s\S]{0,40}?console\.debug\(\.\.\.\1\);?\s*\}/,
    "_debugLog=globalThis.process?.env?.JCO_DEBUG?console.debug:()=>{}",
  ],
  // Bytes of the guest's memory are copied by the host that has its own way to get memory, which is `instantiate.copied`.
  [
    /\bnew Uint8Array\((\w+)\.buffer\.slice\((\w+), ?(\w+ ?\+ ?\w+)(?: ?\* ?1)?\)\)/g,
    "(instantiate.copied?.($1.buffer,$2,$3)??$&)",
  ],
];

/** A module that jco made, minified or not, with values that are exact. */
export function exact(code) {
  return EXACT.reduce((made, [pattern, by]) => made.replace(pattern, by), code);
}
