// Paths below a directory that is open, and what the system says of files in WASI's words. For Node, on Linux: it has no
// `openat`, but a file below an open directory is at a path of /proc, whatever becomes of the directory's own.

import { closeSync, constants, lstatSync, openSync, readlinkSync } from "node:fs";

import { ResultError } from "./errors.mjs";

/** How many links are followed, and how deep a path goes: each step is a file that is open meanwhile. */
const MOST_LINKS = 40;
const MOST_DEEP = 100;
const O_PATH = 0x20_0000;

/** Nothing that is opened is a link, and nothing waits: a pipe would. */
export const SAFE = constants.O_NOFOLLOW | constants.O_NONBLOCK;

const CODES = {
  EACCES: "access",
  EBADF: "bad-descriptor",
  EBUSY: "busy",
  EDQUOT: "quota",
  EEXIST: "exist",
  EFBIG: "file-too-large",
  EINVAL: "invalid",
  EISDIR: "is-directory",
  ELOOP: "loop",
  EMLINK: "too-many-links",
  ENAMETOOLONG: "name-too-long",
  ENOENT: "no-entry",
  ENOSPC: "insufficient-space",
  ENOTDIR: "not-directory",
  ENOTEMPTY: "not-empty",
  ENOTSUP: "unsupported",
  EPERM: "not-permitted",
  EROFS: "read-only",
  EXDEV: "cross-device",
};

export const codeOf = ({ code }) => CODES[code] ?? "io";

export const fail = (code) => {
  throw new ResultError(code);
};

/** What `work` gives; the system's errors are those of WASI. */
export function coded(work) {
  try {
    return work();
  } catch (error) {
    if (error?.syscall === undefined) throw error;
    return fail(codeOf(error));
  }
}

/** Where the file `name` is of the open directory `fd`. */
export const at = (fd, name) => `/proc/self/fd/${fd}/${name}`;

/** Opens a directory, for paths below it alone. */
export const openPath = (path) => openSync(path, O_PATH | constants.O_DIRECTORY);

/**
 * Calls `use` with where `path` ends, below the open directory `fd`: a path of which the system follows no link. The last
 * name is no link either if links are followed.
 */
export function place(fd, path, follow, use) {
  const way = [fd];
  try {
    return coded(() => {
      const name = walk(way, path, follow);
      return use(at(way.at(-1), name));
    });
  } finally {
    for (const opened of way.slice(1)) closeSync(opened);
  }
}

function walk(way, path, follow) {
  const parts = partsOf(path);
  let links = 0;
  while (parts.length > 0) {
    const part = parts.shift();
    if (part === ".") continue;
    if (part === "..") {
      if (way.length === 1) fail("not-permitted");
      closeSync(way.pop());
      continue;
    }
    if (parts.length === 0 && !follow) return part;
    const file = at(way.at(-1), part);
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found === undefined) {
      // To be made.
      if (parts.every((more) => more === ".")) return part;
      fail("no-entry");
    }
    if (found.isSymbolicLink()) {
      if (++links > MOST_LINKS) fail("loop");
      parts.unshift(...partsOf(readlinkSync(file)));
    } else if (parts.length === 0) {
      return part;
    } else {
      if (way.length > MOST_DEEP) fail("name-too-long");
      way.push(openSync(file, O_PATH | constants.O_DIRECTORY | SAFE));
    }
  }
  return ".";
}

/** The names of a path. What must be a directory, as a slash follows it, has a dot behind it. */
function partsOf(path) {
  if (path === "") fail("no-entry");
  if (path.includes("\0")) fail("invalid");
  if (path.startsWith("/")) fail("not-permitted");
  const names = path.split("/");
  const isDirectory = ["", "."].includes(names.at(-1));
  return [...names.filter((name) => name !== "" && name !== "."), ...(isDirectory ? ["."] : [])];
}
