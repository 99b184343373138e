// The binary format of components: numbers, names and lists.

/** The bytes of a component, read from one place on. */
export class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }

  byte() {
    if (this.at >= this.end) throw new Error("the component ends too early");
    return this.bytes[this.at++];
  }

  number() {
    let value = 0;
    let scale = 1;
    for (let byte = 0x80; byte & 0x80; scale *= 0x80) {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
    }
    return value;
  }

  name() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  /** The name of an import or export, which may be followed by options. */
  externName() {
    const kind = this.byte();
    const name = this.name();
    if (kind > 1) throw new Error(`the name ${name} has attributes, which are not known here`);
    return name;
  }

  /** Something of core WebAssembly, which has no part in interfaces. */
  core() {
    this.byte();
    this.number();
    return { sort: "core" };
  }

  vec(read) {
    return Array.from({ length: this.number() }, read);
  }

  option(read) {
    return this.byte() ? read() : null;
  }
}
