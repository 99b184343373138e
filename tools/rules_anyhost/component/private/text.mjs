// Strings of guests as the component model has them. What jco makes decodes them as the web has files of text: what is not
// UTF-8 becomes U+FFFD, and U+FEFF at the beginning is lost. Either is in jco until its decoder is made as it is here.

/** A module that jco made, minified or not, with strings that are exact. */
export function exactText(code) {
  return code.replace(/\bnew TextDecoder(\(\))?(?=[,;])/, 'new TextDecoder("utf-8",{fatal:true,ignoreBOM:true})');
}
