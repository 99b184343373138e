// Directories that a guest may use, and what is below them. For Node, on Linux.

import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";

import { PluginError, ResultError } from "./errors.mjs";
import { at, coded, codeOf, fail, openPath, place, SAFE } from "./paths.mjs";
import { shown, wrong } from "./values.mjs";
import { InputStream, OutputStream } from "./wasi.mjs";

/** What is read at once, in bytes, and how many files a guest has open at once. */
const MOST_READ = 2 ** 20;
const MOST_OPEN = 256;
const USE = "use HOST or HOST::GUEST, as .::/data";
const OPEN = {
  create: constants.O_CREAT,
  directory: constants.O_DIRECTORY,
  exclusive: constants.O_EXCL,
  truncate: constants.O_TRUNC,
};

/** The parts of `HOST[::GUEST][:ro]`, or a text that says what is wrong; HOST is what is before the first `::`. */
export function directory(text) {
  const two = text.indexOf("::");
  const [, rest, colon, suffix] = /^([^:]*)(:?)(.*)$/s.exec(two < 0 ? text : text.slice(two + 2));
  if (colon && suffix !== "ro") return `unknown suffix :${suffix}; the only one is :ro, for read-only; ${USE}`;
  const host = two < 0 ? rest : text.slice(0, two);
  return host && rest ? { host, guest: rest, writable: !colon } : USE;
}

/** An open file, until the last of those who have it let go. */
class Open {
  users = 1;

  constructor(fd, opened) {
    this.fd = fd;
    this.opened = opened;
    opened.add(this);
  }
  share() {
    this.users++;
    return this;
  }
  release() {
    if (--this.users === 0) this.close();
  }
  close() {
    if (this.opened.delete(this)) closeSync(this.fd);
  }
}

class IoError {
  constructor(code) {
    this.code = code;
  }
  toDebugString() {
    return this.code;
  }
}

/** What a stream fails with. */
function failed(error) {
  return new ResultError({ tag: "last-operation-failed", val: new IoError(codeOf(error)) });
}

class FileInput extends InputStream {
  constructor(file, offset) {
    super(new Uint8Array());
    Object.assign(this, { file, offset });
  }
  read(most) {
    const bytes = new Uint8Array(Math.min(Number(most), MOST_READ));
    try {
      const length = readSync(this.file.fd, bytes, 0, bytes.length, this.offset);
      this.offset += length;
      if (length > 0 || bytes.length === 0) return bytes.subarray(0, length);
    } catch (error) {
      throw failed(error);
    }
    throw new ResultError({ tag: "closed" });
  }
  [Symbol.dispose]() {
    this.file.release();
  }
}

class FileOutput extends OutputStream {
  /** Writes from a place on, or at the end of the file. */
  constructor(file, offset) {
    super({ push: (bytes) => this.#push(bytes) });
    Object.assign(this, { file, offset });
  }
  #push(bytes) {
    try {
      let at = this.offset ?? fstatSync(this.file.fd).size;
      for (let done = 0; done < bytes.length; ) {
        const written = writeSync(this.file.fd, bytes, done, bytes.length - done, at);
        done += written;
        at += written;
      }
      if (this.offset !== undefined) this.offset = at;
    } catch (error) {
      throw failed(error);
    }
  }
  [Symbol.dispose]() {
    this.file.release();
  }
}

const kindOf = (found) =>
  found.isDirectory()
    ? "directory"
    : found.isFile()
      ? "regular-file"
      : found.isSymbolicLink()
        ? "symbolic-link"
        : "unknown";

const time = (nanoseconds) => ({
  seconds: nanoseconds / 1_000_000_000n,
  nanoseconds: Number(nanoseconds % 1_000_000_000n),
});

const statOf = (found) => ({
  type: kindOf(found),
  linkCount: found.nlink,
  size: found.size,
  dataAccessTimestamp: time(found.atimeNs),
  dataModificationTimestamp: time(found.mtimeNs),
  statusChangeTimestamp: time(found.ctimeNs),
});

const hashOf = ({ dev, ino }) => {
  const digest = createHash("sha256").update(`${dev} ${ino}`).digest();
  return { lower: digest.readBigUInt64LE(0), upper: digest.readBigUInt64LE(8) };
};

/** A new time of a file, in seconds. */
function newTime({ tag, val }, before) {
  if (tag === "timestamp") return Number(val.seconds) + val.nanoseconds / 1e9;
  return tag === "now" ? Date.now() / 1000 : Number(before) / 1e9;
}

class Entries {
  constructor(found) {
    this.found = found;
  }
  readDirectoryEntry() {
    return this.found.shift();
  }
}

const exact = { bigint: true };
const follows = (flags) => flags.symlinkFollow === true;

/** A directory or a file. What it opens is not outside of the directory that is granted. */
class Descriptor {
  constructor(file, writable, flags) {
    Object.assign(this, { file, writable, flags });
  }
  [Symbol.dispose]() {
    this.file.release();
  }

  readViaStream(offset) {
    return new FileInput(this.#may("read").share(), Number(offset));
  }
  writeViaStream(offset) {
    return new FileOutput(this.#may("write").share(), Number(offset));
  }
  appendViaStream() {
    return new FileOutput(this.#may("write").share(), undefined);
  }
  advise() {}
  sync() {
    coded(() => fsyncSync(this.#may("write").fd));
  }
  syncData() {
    this.sync();
  }
  getFlags() {
    return this.flags;
  }
  getType() {
    return kindOf(fstatSync(this.file.fd));
  }
  setSize(size) {
    coded(() => ftruncateSync(this.#may("write").fd, Number(size)));
  }
  setTimes(access, modification) {
    const { fd } = this.#may("write");
    const { atimeNs, mtimeNs } = fstatSync(fd, exact);
    coded(() => futimesSync(fd, newTime(access, atimeNs), newTime(modification, mtimeNs)));
  }
  read(length, offset) {
    const bytes = new Uint8Array(Math.min(Number(length), MOST_READ));
    const read = coded(() => readSync(this.#may("read").fd, bytes, 0, bytes.length, Number(offset)));
    return [bytes.subarray(0, read), read === 0 && bytes.length > 0];
  }
  write(bytes, offset) {
    return BigInt(coded(() => writeSync(this.#may("write").fd, bytes, 0, bytes.length, Number(offset))));
  }
  readDirectory() {
    const found = coded(() => readdirSync(at(this.file.fd, "."), { withFileTypes: true }));
    return new Entries(found.map((entry) => ({ type: kindOf(entry), name: entry.name })));
  }
  stat() {
    return statOf(fstatSync(this.file.fd, exact));
  }
  statAt(flags, path) {
    return this.#place(path, follows(flags), (file) => statOf(lstatSync(file, exact)));
  }
  setTimesAt(flags, path, access, modification) {
    this.#change(path, follows(flags), (file) => {
      const { atimeNs, mtimeNs } = lstatSync(file, exact);
      lutimesSync(file, newTime(access, atimeNs), newTime(modification, mtimeNs));
    });
  }
  createDirectoryAt(path) {
    this.#change(path, false, (file) => mkdirSync(file));
  }
  removeDirectoryAt(path) {
    this.#change(path, false, (file) => rmdirSync(file));
  }
  unlinkFileAt(path) {
    this.#change(path, false, (file) => unlinkSync(file));
  }
  readlinkAt(path) {
    const target = this.#place(path, false, (file) => readlinkSync(file));
    return target.startsWith("/") ? fail("not-permitted") : target;
  }
  symlinkAt(target, path) {
    if (target.startsWith("/")) fail("not-permitted");
    this.#change(path, false, (file) => symlinkSync(target, file));
  }
  linkAt(flags, path, other, newPath) {
    this.#change(path, follows(flags), (file) => other.#change(newPath, false, (to) => linkSync(file, to)));
  }
  renameAt(path, other, newPath) {
    this.#change(path, false, (file) => other.#change(newPath, false, (to) => renameSync(file, to)));
  }
  openAt(pathFlags, path, openFlags, flags) {
    const { opened } = this.file;
    if (opened.size >= MOST_OPEN) fail("insufficient-memory");
    const changes = openFlags.create || openFlags.truncate || flags.write || flags.mutateDirectory;
    let how = SAFE;
    if (flags.write) how |= flags.read ? constants.O_RDWR : constants.O_WRONLY;
    for (const [name, value] of Object.entries(OPEN)) if (openFlags[name]) how |= value;
    const enter = (file) => new Open(openSync(file, how, 0o666), opened);
    const file = (changes ? this.#change : this.#place).call(this, path, follows(pathFlags), enter);
    const kind = kindOf(fstatSync(file.fd));
    if (kind === "directory" || kind === "regular-file") return new Descriptor(file, this.writable, flags);
    file.release();
    return fail("unsupported");
  }
  isSameObject(other) {
    const [one, two] = [this, other].map(({ file }) => fstatSync(file.fd, exact));
    return one.dev === two.dev && one.ino === two.ino;
  }
  metadataHash() {
    return hashOf(fstatSync(this.file.fd, exact));
  }
  metadataHashAt(flags, path) {
    return this.#place(path, follows(flags), (file) => hashOf(lstatSync(file, exact)));
  }

  #may(flag) {
    return this.flags[flag] ? this.file : fail(this.writable ? "bad-descriptor" : "not-permitted");
  }
  #place(path, follow, use) {
    return place(this.file.fd, path, follow, use);
  }
  #change(path, follow, use) {
    return this.writable ? this.#place(path, follow, use) : fail("not-permitted");
  }
}

/** The directories of a plugin; what the guest has open of them ends with its instance. */
export class Files {
  #dirs;
  #opened = new Set();

  /** Opens directories, each a text as on a command line. */
  constructor(texts) {
    if (!Array.isArray(texts)) throw wrong(TypeError, `wasi.dirs: expected an array, got ${shown(texts)}`);
    const dirs = texts.map((text) => {
      const dir = typeof text === "string" ? directory(text) : "expected a string";
      if (typeof dir === "string") throw wrong(TypeError, `wasi.dirs: ${shown(text)}: ${dir}`);
      return dir;
    });
    for (const [index, { guest }] of dirs.entries()) {
      if (dirs.findIndex((dir) => dir.guest === guest) !== index)
        throw wrong(RangeError, `wasi.dirs: ${shown(texts[index])}: the guest has a ${guest} already`);
    }
    const own = new Set();
    this.#dirs = dirs.map((dir) => ({ ...dir, file: new Open(opened(dir.host), own) }));
    closing.register(this, own);
  }

  /** There is a fresh instance. */
  begin() {
    for (const file of [...this.#opened]) file.close();
  }

  /** What there is of the interfaces. */
  faces = {
    "filesystem/preopens": {
      getDirectories: () =>
        this.#dirs.map(({ file, guest, writable }) => {
          // It lives on: what it opens ends with the instance.
          const shared = { fd: file.fd, opened: this.#opened, release() {}, share: () => shared };
          return [new Descriptor(shared, writable, { read: true, mutateDirectory: writable }), guest];
        }),
    },
    "filesystem/types": {
      classes: { descriptor: Descriptor, "directory-entry-stream": Entries },
      filesystemErrorCode: ({ code }) => code,
    },
    "io/error": { classes: { error: IoError } },
  };
}

const closing = new FinalizationRegistry((own) => {
  for (const file of [...own]) file.close();
});

function opened(host) {
  try {
    return openPath(host);
  } catch (error) {
    const reasons = { ENOENT: "no such directory", ENOTDIR: "not a directory" };
    throw new PluginError(`dirs: ${host}: ${reasons[error.code] ?? error.code}`);
  }
}
