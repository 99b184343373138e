// What a guest prints, as lines: for a function of the embedder's.

/** The longest line, in bytes; a longer one is split. */
const MAX_LINE = 4096;

// A guest must not steer the terminal that shows a log, nor forge its lines.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

function escaped(character) {
  const short = { "\n": "\\n", "\r": "\\r" }[character];
  return short ?? `\\u{${character.charCodeAt(0).toString(16)}}`;
}

/** One of a guest's outputs: `push` takes bytes, `print` is called with each line. */
export class Lines {
  #print;
  #bytes = new Uint8Array(MAX_LINE);
  #length = 0;

  constructor(print) {
    this.#print = print;
  }

  push(bytes) {
    for (const byte of bytes) {
      if (byte !== 10) this.#bytes[this.#length++] = byte;
      if (byte === 10 || this.#length === MAX_LINE) this.#end();
    }
  }

  /** What is there of a line is one. */
  finish() {
    if (this.#length > 0) this.#end();
  }

  #end() {
    const line = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(line.at(-1) === 13 ? line.subarray(0, -1) : line);
    this.#print(text.replaceAll(CONTROL, escaped));
  }
}
