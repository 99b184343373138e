"""WASI 0.2, as far as it is granted.

The package `wasmtime` has WASI, too: what waits in there nobody can end, and its clocks and random numbers cannot be
chosen. This has neither fault, and no files: those the native engine grants.
"""

import itertools
import os
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._errors import PluginError, ResultError, TrapError
from .._lines import Lines
from .._types import InterfaceType, Ok, Types
from .._wasi import Grants

if TYPE_CHECKING:
    from .instance import Instance

# The most random bytes at once, and the most that a component may write at once.
_MOST_RANDOM = 1 << 20
_WRITE_BUDGET = 64 << 10


class Pollable:
    """What is ready at a time of the monotonic clock."""

    def __init__(self, wait: Callable[[float], None], end: float = 0) -> None:
        self.end = end
        self._wait = wait

    def ready(self) -> bool:
        return time.monotonic() >= self.end

    def block(self) -> None:
        self._wait(self.end)


class Stream:
    """An input or an output: it waits for nothing."""

    def subscribe(self) -> Pollable:
        return Pollable(lambda _: None)


class InputStream(Stream):
    """What a component reads."""

    def __init__(self, content: bytes, closed: Callable[[], ResultError]) -> None:
        self._left = memoryview(content)
        self._closed = closed

    def read(self, most: int) -> bytes:
        if not self._left:
            raise self._closed()
        read, self._left = self._left[:most], self._left[most:]
        return bytes(read)

    def skip(self, most: int) -> int:
        return len(self.read(most))

    blocking_read = read
    blocking_skip = skip


class OutputStream(Stream):
    """What a component writes to."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def check_write(self) -> int:
        return _WRITE_BUDGET

    def write(self, content: bytes) -> None:
        self._lines.push(content)

    def write_zeroes(self, count: int) -> None:
        self._lines.push(bytes(min(count, _WRITE_BUDGET)))

    def flush(self) -> None:
        pass

    def splice(self, source: InputStream, most: int) -> int:
        content = source.read(min(most, _WRITE_BUDGET))
        self.write(content)
        return len(content)

    blocking_write_and_flush = write
    blocking_write_zeroes_and_flush = write_zeroes
    blocking_flush = flush
    blocking_splice = splice


class Random:
    """Random bytes: the machine's, or the same ones over and over."""

    def __init__(self, given: bytes | None, trap: Callable[[str], TrapError]) -> None:
        self._cycle = itertools.cycle(given) if given else None
        self._trap = trap

    def bytes(self, length: int) -> bytes:
        if length > _MOST_RANDOM:
            raise self._trap(f"it wants more than {_MOST_RANDOM} random bytes at once")
        return bytes(itertools.islice(self._cycle, length)) if self._cycle else os.urandom(length)

    def u64(self) -> int:
        return int.from_bytes(self.bytes(8))


class Wasi:
    """WASI for the instances of a plugin, each of which begins anew."""

    def __init__(self, instance: "Instance", grants: Grants) -> None:
        if grants.dirs:
            line = "dirs: the engine wasmtime grants no directories; the engine native does"
            raise PluginError(f"{instance.file}: {line}")
        # Were the instance held by what it holds, it would never be freed.
        self._instance = weakref.ref(instance)
        self._file, self._types, self._grants = instance.file, instance.types, grants
        self.begin()

    def begin(self) -> None:
        """There is a fresh instance."""
        random = self._grants.random
        self._outputs = [self._lines("stdout"), self._lines("stderr")]
        self._random, self._insecure = Random(random, self._trap), Random(random, self._trap)
        self._stdin = InputStream(self._grants.stdin, self._closed)

    def end(self) -> None:
        """A call has ended: what it has printed of a line is one."""
        for lines in self._outputs:
            lines.finish()

    def _lines(self, stream: str) -> Lines:
        def printed(line: str) -> None:
            instance = self._instance()
            assert instance is not None, "a call holds its instance"
            instance.output(stream, line)

        return Lines(printed)

    def _wait(self, end: float) -> None:
        instance = self._instance()
        assert instance is not None, "a call holds its instance"
        instance.wait(end)

    def _trap(self, reason: str) -> TrapError:
        return TrapError(self._file, reason)

    def _closed(self) -> ResultError:
        errors = _interface(self._types, "io/streams").types["stream-error"]
        return ResultError(errors.Closed())

    def face(self, kind: InterfaceType) -> dict[str, Any]:
        """An interface of WASI, as hosts give one: what it has that is not here ends the component's call."""
        package, _, name = kind.name.partition("@")[0].removeprefix("wasi:").partition("/")
        has = self._has(f"{package}/{name}")
        found: dict[str, Any] = {}
        for resource in kind.resources:
            found[resource] = has.get(resource) or type(resource, (), {})
        for function in kind.functions:
            word, _, rest = function.rpartition("]")
            owner, _, method = rest.partition(".")
            refused = self._refused(kind.name, f"{owner}.constructor" if word == "[constructor" else rest)
            if word == "[constructor":
                found[owner] = type(owner, (), {"__new__": refused})
            elif word == "[static":
                setattr(found[owner], method.replace("-", "_"), staticmethod(refused))
            elif not word:
                found[function] = has.get(function, refused)
        return found

    def _refused(self, interface: str, name: str) -> Callable[..., Any]:
        package = interface.partition("/")[0].removeprefix("wasi:")
        why = "no HTTP in a plugin" if package == "http" else f"a plugin has no {package}"

        def refuse(*_values: Any, **_keywords: Any) -> Any:
            raise self._trap(f"{interface}.{name} is refused: {why}")

        return refuse

    def _exit(self, code: int) -> None:
        raise self._trap(f"it exited with code {code}")

    def _poll(self, pollables: list[Pollable]) -> list[int]:
        if not pollables:
            raise self._trap("it polls nothing")
        self._wait(min(pollable.end for pollable in pollables))
        return [index for index, pollable in enumerate(pollables) if pollable.ready()]

    def _now(self) -> int:
        return time.time_ns() if self._grants.clock is None else self._grants.clock

    def _monotonic(self) -> int:
        return time.monotonic_ns() if self._grants.clock is None else self._grants.clock

    def _seed(self) -> tuple[int, int]:
        seed = Random(self._grants.random, self._trap)
        high, low = seed.u64(), seed.u64()
        return low, high

    def _after(self, nanoseconds: int) -> Pollable:
        return Pollable(self._wait, time.monotonic() + nanoseconds / 1e9)

    def _has(self, interface: str) -> dict[str, Any]:
        """What there is of an interface."""
        grants = self._grants
        tables: dict[str, dict[str, Any]] = {
            "cli/environment": {
                "get-arguments": lambda: grants.args,
                "get-environment": lambda: grants.env,
                "initial-cwd": lambda: None,
            },
            "cli/exit": {
                "exit": lambda status: self._exit(0 if isinstance(status, Ok) else 1),
                "exit-with-code": self._exit,
            },
            "cli/stderr": {"get-stderr": lambda: OutputStream(self._outputs[1])},
            "cli/stdin": {"get-stdin": lambda: self._stdin},
            "cli/stdout": {"get-stdout": lambda: OutputStream(self._outputs[0])},
            "cli/terminal-stderr": {"get-terminal-stderr": lambda: None},
            "cli/terminal-stdin": {"get-terminal-stdin": lambda: None},
            "cli/terminal-stdout": {"get-terminal-stdout": lambda: None},
            "clocks/monotonic-clock": {
                "now": self._monotonic,
                "resolution": lambda: 1,
                "subscribe-duration": self._after,
                "subscribe-instant": lambda when: self._after(when - self._monotonic()),
            },
            "clocks/wall-clock": {
                "now": lambda: _time(self._now()),
                "resolution": lambda: _time(1),
            },
            "filesystem/preopens": {"get-directories": list},
            "filesystem/types": {"filesystem-error-code": lambda _: None},
            "io/poll": {"pollable": Pollable, "poll": self._poll},
            "io/streams": {"input-stream": InputStream, "output-stream": OutputStream},
            "random/insecure": {
                "get-insecure-random-bytes": lambda length: self._insecure.bytes(length),
                "get-insecure-random-u64": lambda: self._insecure.u64(),
            },
            "random/insecure-seed": {"insecure-seed": self._seed},
            "random/random": {
                "get-random-bytes": lambda length: self._random.bytes(length),
                "get-random-u64": lambda: self._random.u64(),
            },
            "sockets/instance-network": {"instance-network": Network},
            "sockets/ip-name-lookup": {"resolve-addresses": _denied},
            "sockets/network": {"network": Network, "network-error-code": lambda _: None},
            "sockets/tcp-create-socket": {"create-tcp-socket": _denied},
            "sockets/udp-create-socket": {"create-udp-socket": _denied},
        }
        return tables.get(interface, {})


class Network:
    """The network, of which there is nothing."""


def _denied(*_values: Any) -> Any:
    raise ResultError("access-denied")


def _time(nanoseconds: int) -> dict[str, int]:
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return {"seconds": seconds, "nanoseconds": rest}


def _interface(types: Types, name: str) -> InterfaceType:
    return next(kind for full, kind in types.imports.items() if full.startswith(f"wasi:{name}@"))
