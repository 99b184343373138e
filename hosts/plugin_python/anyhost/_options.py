"""What a caller may pass; what is wrong with it is an error that names it and says what was expected."""

import os
import threading
from collections.abc import Mapping
from reprlib import repr as shown
from typing import Any

from ._errors import ComponentError

# What a 32-bit memory can grow to.
_MAX_MEMORY = 4 << 30


def file(name: str, value: str | os.PathLike[str]) -> str:
    """The name of a file."""
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(path, str):
        raise TypeError(f"{name}: expected str or os.PathLike[str], got {shown(value)}")
    if "\0" in path:
        raise ValueError(f"{name}: expected a path, which has no NUL, got {shown(path)}")
    return path


def code(value: str | os.PathLike[str]) -> str:
    """The name of a file of machine code."""
    path = file("aot", value)
    if not os.path.exists(path):
        raise ComponentError(path, "no such file; expected what `python -m anyhost.aot` makes")
    return path


def imports(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the host gives."""
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise TypeError(f"imports: expected a mapping from names of interfaces, got {shown(value)}")
    return value


def max_memory(value: int) -> int:
    """A bound on memory."""
    expected = f"1 to {_MAX_MEMORY} bytes"
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"max_memory: expected {expected}, got {shown(value)}")
    if not 0 < value <= _MAX_MEMORY:
        raise ValueError(f"max_memory: expected {expected}, got {value}")
    return value


def timeout(value: float | None) -> float | None:
    """A bound on time."""
    if value is None:
        return None
    expected = f"more than 0 to {threading.TIMEOUT_MAX:.0f} seconds, or None"
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"timeout: expected {expected}, got {shown(value)}")
    if not 0 < value <= threading.TIMEOUT_MAX:
        raise ValueError(f"timeout: expected {expected}, got {value}")
    return value
