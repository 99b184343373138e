"""Paths below a directory, and what the system says of files, in WASI's words."""

import errno
import os
import stat
import time
from collections import deque
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from .._errors import ResultError

if TYPE_CHECKING:
    from collections.abc import Iterator

# How many links are followed, and how deep a path goes: each step is a file that is open meanwhile.
_MOST_LINKS = 40
_MOST_DEEP = 100
# Nothing that is opened is a link, and nothing waits: a pipe would.
SAFE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CODES = {
    errno.EACCES: "access",
    errno.EBADF: "bad-descriptor",
    errno.EBUSY: "busy",
    errno.EDQUOT: "quota",
    errno.EEXIST: "exist",
    errno.EFBIG: "file-too-large",
    errno.EINVAL: "invalid",
    errno.EISDIR: "is-directory",
    errno.ELOOP: "loop",
    errno.EMLINK: "too-many-links",
    errno.ENAMETOOLONG: "name-too-long",
    errno.ENOENT: "no-entry",
    errno.ENOSPC: "insufficient-space",
    errno.ENOTDIR: "not-directory",
    errno.ENOTEMPTY: "not-empty",
    errno.ENOTSUP: "unsupported",
    errno.EPERM: "not-permitted",
    errno.EROFS: "read-only",
    errno.EXDEV: "cross-device",
}


def walk(way: list[int], path: str, follow: bool) -> str:
    """Goes from the first of the open directories in `way` to where `path` ends; the result is the name there."""
    parts, links = deque(_parts(path)), 0
    while parts:
        part = parts.popleft()
        if part == ".":
            continue
        if part == "..":
            if len(way) == 1:
                raise ResultError("not-permitted")
            os.close(way.pop())
            continue
        if not parts and not follow:
            return part
        try:
            mode = os.stat(part, dir_fd=way[-1], follow_symlinks=False).st_mode
        except FileNotFoundError:
            if set(parts) <= {"."}:
                return part  # to be made
            raise
        if stat.S_ISLNK(mode):
            if (links := links + 1) > _MOST_LINKS:
                raise ResultError("loop")
            parts.extendleft(reversed(_parts(os.readlink(part, dir_fd=way[-1]))))
        elif not parts:
            return part
        elif len(way) > _MOST_DEEP:
            raise ResultError("name-too-long")
        else:
            way.append(os.open(part, os.O_PATH | os.O_DIRECTORY | SAFE, dir_fd=way[-1]))
    return "."


def _parts(path: str) -> list[str]:
    """The names of a path. What must be a directory, as a slash follows it, has a dot behind it."""
    if "\0" in path or not path:
        raise ResultError("invalid" if path else "no-entry")
    if path.startswith("/"):
        raise ResultError("not-permitted")
    names = path.split("/")
    return [name for name in names if name not in ("", ".")] + (["."] if names[-1] in ("", ".") else [])


def code_of(error: OSError) -> str:
    return _CODES.get(error.errno or 0, "io")


@contextmanager
def codes() -> "Iterator[None]":
    """Makes the system's errors those of WASI."""
    try:
        yield
    except OSError as error:
        raise ResultError(code_of(error)) from None
    except (OverflowError, ValueError):
        raise ResultError("invalid") from None


def kind_of(mode: int) -> str:
    kinds = {stat.S_IFDIR: "directory", stat.S_IFREG: "regular-file", stat.S_IFLNK: "symbolic-link"}
    return kinds.get(stat.S_IFMT(mode), "unknown")


def status(found: os.stat_result) -> dict[str, Any]:
    def time_of(nanoseconds: int) -> dict[str, int]:
        seconds, rest = divmod(max(nanoseconds, 0), 1_000_000_000)
        return {"seconds": seconds, "nanoseconds": rest}

    return {
        "type": kind_of(found.st_mode),
        "link-count": found.st_nlink,
        "size": found.st_size,
        "data-access-timestamp": time_of(found.st_atime_ns),
        "data-modification-timestamp": time_of(found.st_mtime_ns),
        "status-change-timestamp": time_of(found.st_ctime_ns),
    }


def times_of(before: os.stat_result, access: Any, modification: Any) -> tuple[int, int]:
    """The times of a file, in nanoseconds: as they were, now, or others."""

    def time_of(new: Any, old: int) -> int:
        if new.tag == "timestamp":
            return int(new.value.seconds) * 1_000_000_000 + int(new.value.nanoseconds)
        return time.time_ns() if new.tag == "now" else old

    return time_of(access, before.st_atime_ns), time_of(modification, before.st_mtime_ns)


def hash_of(found: os.stat_result) -> dict[str, int]:
    digest = blake2b(f"{found.st_dev} {found.st_ino}".encode(), digest_size=16).digest()
    return {"lower": int.from_bytes(digest[:8]), "upper": int.from_bytes(digest[8:])}
