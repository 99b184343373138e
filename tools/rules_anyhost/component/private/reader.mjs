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

  /** A type of core WebAssembly, which has no part in interfaces either. */
  coreType() {
    const kind = this.byte();
    if (kind === 0x60) {
      this.vec(() => this.coreValueType());
      this.vec(() => this.coreValueType());
    } else if (kind === 0x50) {
      this.vec(() => this.#moduleDeclaration());
    } else {
      throw new Error(`core type 0x${kind.toString(16)} is not known here`);
    }
  }

  #moduleDeclaration() {
    const kind = this.byte();
    if (kind === 1) return this.coreType();
    if (kind === 2) return [this.core(), this.number(), this.number()];
    // An import has two names, and an export one.
    if (kind === 0) this.name();
    this.name();
    return this.#coreItem();
  }

  #coreItem() {
    const kind = this.byte();
    if (kind === 1 || kind === 3) this.coreValueType();
    if (kind === 1 || kind === 2) {
      const flags = this.byte();
      this.number();
      return flags & 1 && this.number();
    }
    // What is mutable, what a tag is for, or the number of a function's type.
    if (kind === 4) this.byte();
    return this.number();
  }

  coreValueType() {
    const kind = this.byte();
    // A reference to a type, which has a number of its own.
    if (kind === 0x63 || kind === 0x64) this.number();
  }

  vec(read) {
    return Array.from({ length: this.number() }, read);
  }

  option(read) {
    return this.byte() ? read() : null;
  }
}
