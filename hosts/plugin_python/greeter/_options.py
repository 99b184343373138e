"""What a caller may pass; what is wrong with it is an error that names it and says what was expected."""

import os
import threading
from reprlib import repr as shown
from typing import TypeVar

_T = TypeVar("_T")

# The engine counts in 64 bits, with a sign.
_MAX_SIZE = (1 << 63) - 1


def file(value: str | os.PathLike[str]) -> str:
    """The name of a file."""
    name = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(name, str):
        raise TypeError(f"component is {shown(value)}, expected str or os.PathLike[str]")
    if "\0" in name:
        raise ValueError(f"component is {shown(name)}, expected a path, which has no NUL")
    return name


def function(name: str, value: _T) -> _T:
    """Something that can be called."""
    if not callable(value):
        raise TypeError(f"{name} is {shown(value)}, expected a function")
    return value


def max_memory(value: int) -> int:
    """A bound on memory."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"max_memory is {shown(value)}, expected a number of bytes (int)")
    if not 0 < value <= _MAX_SIZE:
        raise ValueError(f"max_memory is {value}, expected 1 to {_MAX_SIZE} bytes")
    return value


def timeout(value: float | None) -> float | None:
    """A bound on time."""
    if value is None:
        return None
    expected = "a number of seconds (int or float) or None"
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"timeout is {shown(value)}, expected {expected}")
    if not 0 < value <= threading.TIMEOUT_MAX:
        limit = f"more than 0 to {threading.TIMEOUT_MAX:.0f} seconds, or None"
        raise ValueError(f"timeout is {value}, expected {limit}")
    return value


def text(name: str, value: str) -> str:
    """Unicode text, which half of a surrogate pair is not."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {shown(value)}, expected str")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        found = f"U+{ord(value[error.start]):04X} at index {error.start}"
    else:
        return value
    raise ValueError(f"{name} has a lone surrogate ({found}), expected Unicode text")


def boolean(name: str, value: bool) -> bool:
    """One of the two truths that there are in WIT."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {shown(value)}, expected bool")
    return value
