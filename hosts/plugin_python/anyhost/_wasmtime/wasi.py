"""WASI 0.2, as far as it is granted.

The package `wasmtime` has WASI, too: what waits in there nobody can end, and its clocks and random numbers cannot be
chosen.
"""

import itertools
import os
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._errors import ResultError, TimeLimitError, TrapError
from .._lines import Lines
from .._types import InterfaceType, Ok
from .._wasi import Grants
from .engine import TICKS
from .files import Descriptor, Dirs, Entries, Files, IoError
from .streams import Bytes, Input, Output, Pollable, Printed

if TYPE_CHECKING:
    from .instance import Instance

# The most random bytes at once.
_MOST_RANDOM = 1 << 20


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
        # Were the instance held by what it holds, it would never be freed.
        self._instance = weakref.ref(instance)
        self._file, self._types, self._grants = instance.file, instance.types, grants
        self._dirs = Dirs(grants.dirs)
        self.begin()

    def begin(self) -> None:
        """There is a fresh instance."""
        random = self._grants.random
        self._outputs = [self._lines("stdout"), self._lines("stderr")]
        self._random, self._insecure = Random(random, self._trap), Random(random, self._trap)
        self._stdin = Bytes(self._grants.stdin, self._failed)
        self._files = Files(self._dirs, self._failed)

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
        """Waits until a time of the monotonic clock, but no longer than a call may take."""
        instance = self._instance()
        assert instance is not None, "a call holds its instance"
        limit = instance.timeout
        while (left := end - time.monotonic()) > 0:
            if limit is not None and instance.clock.ticks - instance.renewed > TICKS + 1:
                raise TimeLimitError(self._file, f"did not return within {limit:g} s")
            time.sleep(min(left, 60.0 if limit is None else limit / TICKS))

    def _trap(self, reason: str) -> TrapError:
        return TrapError(self._file, reason)

    def _failed(self, code: str | None = None) -> ResultError:
        """The error of a stream that has ended, or of one that has failed with a code of files."""
        streams = next(kind for name, kind in self._types.imports.items() if name.startswith("wasi:io/streams@"))
        errors = streams.types["stream-error"]
        return ResultError(errors.LastOperationFailed(IoError(code)) if code else errors.Closed())

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
            "cli/stderr": {"get-stderr": lambda: Printed(self._outputs[1].push)},
            "cli/stdin": {"get-stdin": lambda: self._stdin},
            "cli/stdout": {"get-stdout": lambda: Printed(self._outputs[0].push)},
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
            "filesystem/preopens": {"get-directories": lambda: self._files.directories()},
            "filesystem/types": {
                "descriptor": Descriptor,
                "directory-entry-stream": Entries,
                "filesystem-error-code": lambda error: error.code,
            },
            "io/error": {"error": IoError},
            "io/poll": {"pollable": Pollable, "poll": self._poll},
            "io/streams": {"input-stream": Input, "output-stream": Output},
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
