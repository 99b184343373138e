"""What a component is granted of WASI 0.2."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from reprlib import repr as shown
from typing import Any, Literal, TypeAlias, TypedDict

# The packages of WASI that components get.
_PACKAGES = ("cli", "clocks", "filesystem", "http", "io", "random", "sockets")
_DIR = "use HOST or HOST::GUEST, as .::/data"
_MOST_SECONDS = 1 << 33

# Takes "stdout" or "stderr", and a line that the component printed.
Output: TypeAlias = Callable[[str, str], object]


class Wasi(TypedDict, total=False):
    """What a component is granted: each is nothing where it is not said."""

    # Its arguments.
    args: Iterable[str]
    # Its environment.
    env: Mapping[str, str]
    # The directories that it may use: HOST, HOST::GUEST, or either with :ro at its end, for read-only.
    dirs: Iterable[str]
    # What it reads from standard input.
    stdin: bytes
    # What takes the lines that it prints; else they go to the logger `anyhost.guest`.
    output: Output
    # The time at which its clocks stand still, in seconds since 1970; else they are the machine's.
    clock: float
    # The bytes that its random numbers are made of, over and over; else they are the machine's.
    random: bytes


Granted: TypeAlias = Wasi | Mapping[str, Any] | Literal["none"]


@dataclass
class Grants:
    """What an engine is told."""

    args: list[str]
    env: list[tuple[str, str]]
    # The host's path, the guest's, and whether it may only be read.
    dirs: list[tuple[str, str, bool]]
    stdin: bytes
    output: Output | None
    # In nanoseconds.
    clock: int | None
    random: bytes | None


def is_wasi(interface: str) -> bool:
    """Whether an import is one of WASI 0.2."""
    name, _, version = interface.partition("@")
    package = name.partition("/")[0]
    return package.removeprefix("wasi:") in _PACKAGES and package != name and version.startswith("0.2.")


def grants(value: Granted) -> Grants | None:
    """What is granted; None if nothing of WASI is there at all."""
    if value == "none":
        return None
    known = list(Wasi.__annotations__)
    if not isinstance(value, Mapping):
        raise TypeError(f"wasi: expected a mapping or 'none', got {shown(value)}")
    if unknown := [name for name in value if name not in known]:
        raise TypeError(f"wasi: expected {', '.join(known)}, got {shown(unknown[0])}")
    output = value.get("output")
    if output is not None and not callable(output):
        raise TypeError(f"wasi: output: expected a function of a stream and a line, got {shown(output)}")
    env = value.get("env", {})
    if not isinstance(env, Mapping):
        raise TypeError(f"wasi: env: expected a mapping, got {shown(env)}")
    random = _bytes("random", value["random"]) if "random" in value else None
    if random == b"":
        raise ValueError("wasi: random: expected a byte or more, got b''")
    return Grants(
        args=_texts("args", value.get("args", ())),
        env=list(zip(_texts("env", env), _texts("env", env.values()), strict=True)),
        dirs=_dirs(_texts("dirs", value.get("dirs", ()))),
        stdin=_bytes("stdin", value.get("stdin", b"")),
        output=output,
        clock=_clock(value["clock"]) if "clock" in value else None,
        random=random,
    )


def _texts(name: str, value: Any) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"wasi: {name}: expected several str, got {shown(value)}")
    texts = list(value)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"wasi: {name}: expected str, got {shown(text)}")
        if "\0" in text or not _is_unicode(text):
            raise ValueError(f"wasi: {name}: expected Unicode without NUL, got {shown(text)}")
    return texts


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bytes(name: str, value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError(f"wasi: {name}: expected bytes, got {shown(value)}")
    return bytes(value)


def _clock(value: Any) -> int:
    expected = f"0 to {_MOST_SECONDS} seconds since 1970"
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"wasi: clock: expected {expected}, got {shown(value)}")
    if not 0 <= value <= _MOST_SECONDS:
        raise ValueError(f"wasi: clock: expected {expected}, got {value}")
    return round(value * 1_000_000_000)


def _dirs(texts: list[str]) -> list[tuple[str, str, bool]]:
    dirs: list[tuple[str, str, bool]] = []
    for text in texts:
        try:
            host, guest, read_only = directory(text)
        except ValueError as error:
            raise ValueError(f"wasi: dirs: {shown(text)}: {error}") from None
        if guest in [other for _, other, _ in dirs]:
            raise ValueError(f"wasi: dirs: {shown(text)}: the guest has a {guest} already")
        dirs.append((host, guest, read_only))
    return dirs


def directory(text: str) -> tuple[str, str, bool]:
    """The parts of HOST[::GUEST][:ro]; HOST is what is before the first `::`."""
    host, two, rest = text.partition("::")
    guest, one, suffix = (rest if two else text).partition(":")
    if one and suffix != "ro":
        raise ValueError(f"unknown suffix :{suffix}; the only one is :ro, for read-only; {_DIR}")
    if not two:
        host = guest
    if not host or not guest:
        raise ValueError(_DIR)
    return host, guest, bool(one)


def logged(file: str) -> Output:
    """What takes lines where the embedder has no function for them: the logger `anyhost.guest`."""
    logger = logging.getLogger("anyhost.guest")
    levels = {"stdout": logging.INFO, "stderr": logging.WARNING}
    return lambda stream, line: logger.log(levels[stream], "%s %s: %s", file, stream, line)
