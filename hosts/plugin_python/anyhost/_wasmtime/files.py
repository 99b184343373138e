"""Directories that a component may use, and what is below them."""

import errno
import os
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .._errors import PluginError, ResultError
from .paths import SAFE, code_of, codes, hash_of, kind_of, status, times_of, walk
from .streams import Input, Output

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is read at once, and how many files a component has open at once.
_MOST_READ = 1 << 20
_MOST_OPEN = 256
_OPEN = {
    "create": os.O_CREAT,
    "directory": os.O_DIRECTORY,
    "exclusive": os.O_EXCL,
    "truncate": os.O_TRUNC,
}


class IoError:
    """Why a stream failed."""

    def __init__(self, code: str) -> None:
        self.code = code

    def to_debug_string(self) -> str:
        return self.code


class Open:
    """An open file, until nobody has it any more."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __del__(self) -> None:
        os.close(self.fd)


class FileInput(Input):
    """A file from a place on."""

    def __init__(self, file: Open, offset: int, failed: Callable[[str | None], ResultError]) -> None:
        self._file, self._offset, self._failed = file, offset, failed

    def read(self, most: int) -> bytes:
        try:
            content = os.pread(self._file.fd, min(most, _MOST_READ), self._offset)
        except OSError as error:
            raise self._failed(code_of(error)) from None
        if not content and most:
            raise self._failed(None)
        self._offset += len(content)
        return content


class FileOutput(Output):
    """A file from a place on, or from its end."""

    def __init__(self, file: Open, offset: int | None, failed: Callable[[str | None], ResultError]) -> None:
        self._file, self._offset, self._failed = file, offset, failed

    def write(self, content: bytes) -> None:
        fd, left = self._file.fd, memoryview(content)
        try:
            offset = os.fstat(fd).st_size if self._offset is None else self._offset
            while left:
                written = os.pwrite(fd, left, offset)
                left, offset = left[written:], offset + written
        except OSError as error:
            raise self._failed(code_of(error)) from None
        if self._offset is not None:
            self._offset = offset


class Entries:
    """What is in a directory."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        self._found = deque(found)

    def read_directory_entry(self) -> dict[str, str] | None:
        if not self._found:
            return None
        kind, name = self._found.popleft()
        return {"type": kind, "name": name}


class Descriptor:
    """A directory or a file. What it opens is not outside of the directory that is granted."""

    def __init__(self, files: "Files", file: Open, writable: bool, flags: frozenset[str]) -> None:
        self.fd, self.writable, self.flags = file.fd, writable, flags
        self._open, self._files = file, files

    def read_via_stream(self, offset: int) -> Input:
        return FileInput(self._file("read")._open, offset, self._files.failed)

    def write_via_stream(self, offset: int) -> Output:
        return FileOutput(self._file("write")._open, offset, self._files.failed)

    def append_via_stream(self) -> Output:
        return FileOutput(self._file("write")._open, None, self._files.failed)

    def advise(self, _offset: int, _length: int, _advice: str) -> None:
        pass

    def sync(self) -> None:
        with codes():
            os.fsync(self._file("write").fd)

    sync_data = sync

    def get_flags(self) -> frozenset[str]:
        return self.flags

    def get_type(self) -> str:
        return kind_of(os.fstat(self.fd).st_mode)

    def set_size(self, size: int) -> None:
        with codes():
            os.ftruncate(self._file("write").fd, size)

    def set_times(self, access: Any, modification: Any) -> None:
        with codes():
            os.utime(self._file("write").fd, ns=times_of(os.fstat(self.fd), access, modification))

    def read(self, length: int, offset: int) -> tuple[bytes, bool]:
        with codes():
            content = os.pread(self._file("read").fd, min(length, _MOST_READ), offset)
        return content, bool(length) and not content

    def write(self, content: bytes, offset: int) -> int:
        with codes():
            return os.pwrite(self._file("write").fd, content, offset)

    def read_directory(self) -> Entries:
        with codes():
            fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY | SAFE, dir_fd=self.fd)
            try:
                with os.scandir(fd) as entries:
                    return Entries(
                        [(kind_of(entry.stat(follow_symlinks=False).st_mode), entry.name) for entry in entries]
                    )
            finally:
                os.close(fd)

    def stat(self) -> dict[str, Any]:
        return status(os.fstat(self.fd))

    def stat_at(self, flags: frozenset[str], path: str) -> dict[str, Any]:
        with self._place(path, flags) as (parent, name):
            return status(os.stat(name, dir_fd=parent, follow_symlinks=False))

    def set_times_at(self, flags: frozenset[str], path: str, access: Any, modification: Any) -> None:
        with self._place(path, flags, change=True) as (parent, name):
            before = os.stat(name, dir_fd=parent, follow_symlinks=False)
            times = times_of(before, access, modification)
            os.utime(name, ns=times, dir_fd=parent, follow_symlinks=False)

    def create_directory_at(self, path: str) -> None:
        with self._place(path, change=True) as (parent, name):
            os.mkdir(name, dir_fd=parent)

    def remove_directory_at(self, path: str) -> None:
        with self._place(path, change=True) as (parent, name):
            os.rmdir(name, dir_fd=parent)

    def unlink_file_at(self, path: str) -> None:
        with self._place(path, change=True) as (parent, name):
            os.unlink(name, dir_fd=parent)

    def readlink_at(self, path: str) -> str:
        with self._place(path) as (parent, name):
            target = os.readlink(name, dir_fd=parent)
        if target.startswith("/"):
            raise ResultError("not-permitted")
        return target

    def symlink_at(self, target: str, path: str) -> None:
        if target.startswith("/"):
            raise ResultError("not-permitted")
        with self._place(path, change=True) as (parent, name):
            os.symlink(target, name, dir_fd=parent)

    def link_at(self, flags: frozenset[str], old: str, new_descriptor: "Descriptor", new: str) -> None:
        with self._place(old, flags, change=True) as (of, name), new_descriptor._place(new, change=True) as (to, link):
            os.link(name, link, src_dir_fd=of, dst_dir_fd=to, follow_symlinks=False)

    def rename_at(self, old: str, new_descriptor: "Descriptor", new: str) -> None:
        with self._place(old, change=True) as (of, name), new_descriptor._place(new, change=True) as (to, other):
            os.rename(name, other, src_dir_fd=of, dst_dir_fd=to)

    def open_at(
        self, path_flags: frozenset[str], path: str, open_flags: frozenset[str], flags: frozenset[str]
    ) -> "Descriptor":
        changes = bool(open_flags & {"create", "truncate"} or flags & {"write", "mutate-directory"})
        if len(self._files.opened) >= _MOST_OPEN:
            raise ResultError("insufficient-memory")
        how = os.O_RDONLY if "write" not in flags else os.O_RDWR if "read" in flags else os.O_WRONLY
        for flag in open_flags:
            how |= _OPEN[flag]
        with self._place(path, path_flags, change=changes) as (parent, name):
            file = Open(os.open(name, how | SAFE, mode=0o666, dir_fd=parent))
        if kind_of(os.fstat(file.fd).st_mode) in ("directory", "regular-file"):
            self._files.opened.add(file)
            return Descriptor(self._files, file, self.writable, flags)
        raise ResultError("unsupported")

    def is_same_object(self, other: "Descriptor") -> bool:
        return os.path.samestat(os.fstat(self.fd), os.fstat(other.fd))

    def metadata_hash(self) -> dict[str, int]:
        return hash_of(os.fstat(self.fd))

    def metadata_hash_at(self, flags: frozenset[str], path: str) -> dict[str, int]:
        with self._place(path, flags) as (parent, name):
            return hash_of(os.stat(name, dir_fd=parent, follow_symlinks=False))

    def _file(self, flag: str) -> "Descriptor":
        if flag not in self.flags:
            raise ResultError("bad-descriptor" if self.writable else "not-permitted")
        return self

    @contextmanager
    def _place(
        self, path: str, flags: frozenset[str] = frozenset(), change: bool = False
    ) -> "Iterator[tuple[int, str]]":
        """The directory that `path` ends in, and the name there, which is no link if links are followed."""
        if change and not self.writable:
            raise ResultError("not-permitted")
        way = [os.dup(self.fd)]
        try:
            with codes():
                name = walk(way, path, "symlink-follow" in flags)
                yield way[-1], name
        finally:
            for fd in way:
                os.close(fd)


class Files:
    """The directories of an instance."""

    def __init__(self, dirs: "Dirs", failed: Callable[[str | None], ResultError]) -> None:
        self.opened: weakref.WeakSet[Open] = weakref.WeakSet()
        self.failed = failed
        self._dirs = dirs

    def directories(self) -> list[tuple[Descriptor, str]]:
        """What is granted, for the component."""
        flags = {True: frozenset({"read", "mutate-directory"}), False: frozenset({"read"})}
        return [
            (Descriptor(self, file, writable, flags[writable]), guest) for file, guest, writable in self._dirs.opened
        ]


class Dirs:
    """The directories that are granted, open for all instances."""

    def __init__(self, dirs: list[tuple[str, str, bool]]) -> None:
        self.opened = [(_directory(host), guest, not read_only) for host, guest, read_only in dirs]


def _directory(host: str) -> Open:
    reasons = {errno.ENOENT: "no such directory", errno.ENOTDIR: "not a directory"}
    try:
        return Open(os.open(host, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
    except OSError as error:
        raise PluginError(f"dirs: {host}: {reasons.get(error.errno or 0, error.strerror)}") from None
