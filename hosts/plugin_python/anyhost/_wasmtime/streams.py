"""What a component reads, writes and waits for."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from .._errors import ResultError

# The most that a component may write at once.
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


class Input(Stream, ABC):
    """What a component reads."""

    @abstractmethod
    def read(self, most: int) -> bytes:
        """What is next; the error of the stream at its end."""

    def skip(self, most: int) -> int:
        return len(self.read(most))

    def blocking_read(self, most: int) -> bytes:
        return self.read(most)

    def blocking_skip(self, most: int) -> int:
        return self.skip(most)


class Bytes(Input):
    """Bytes that are there."""

    def __init__(self, content: bytes, closed: Callable[[], ResultError]) -> None:
        self._left = memoryview(content)
        self._closed = closed

    def read(self, most: int) -> bytes:
        if not self._left:
            raise self._closed()
        read, self._left = self._left[:most], self._left[most:]
        return bytes(read)


class Output(Stream, ABC):
    """What a component writes to."""

    @abstractmethod
    def write(self, content: bytes) -> None:
        """Takes all of it."""

    def check_write(self) -> int:
        return _WRITE_BUDGET

    def write_zeroes(self, count: int) -> None:
        self.write(bytes(min(count, _WRITE_BUDGET)))

    def flush(self) -> None:
        pass

    def splice(self, source: Input, most: int) -> int:
        content = source.read(min(most, _WRITE_BUDGET))
        self.write(content)
        return len(content)

    def blocking_write_and_flush(self, content: bytes) -> None:
        self.write(content)

    def blocking_write_zeroes_and_flush(self, count: int) -> None:
        self.write_zeroes(count)

    def blocking_flush(self) -> None:
        pass

    def blocking_splice(self, source: Input, most: int) -> int:
        return self.splice(source, most)


class Printed(Output):
    """What is printed."""

    def __init__(self, push: Callable[[bytes], None]) -> None:
        self._push = push

    def write(self, content: bytes) -> None:
        self._push(content)
