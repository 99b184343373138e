"""From a file to a component, compiled now or before."""

import warnings
from pathlib import Path

from wasmtime import Engine, WasmtimeError
from wasmtime.component import Component

from . import _code
from ._errors import ComponentError

_EXPECTED = "expected a WebAssembly component"
_MAGIC = b"\0asm"
# The layer field of a binary's header: 0 is a core module, 1 a component.
_LAYER = slice(6, 8)


def load(engine: Engine, file: str, aot: str | None) -> Component:
    """Compiles the component in `file`, or takes the machine code in `aot`, if that is of the same component."""
    wasm = read(file)
    if aot is not None:
        try:
            return _code.load(engine, _read(aot, "expected what `python -m anyhost.aot` makes"), wasm)
        except _code.UnusableError as reason:
            warnings.warn(f"{aot}: {reason}; {file} is compiled instead", RuntimeWarning, stacklevel=3)
    return compile_component(engine, file, wasm)


def read(file: str) -> bytes:
    """The bytes of a component's file."""
    wasm = _read(file, _EXPECTED)
    if not wasm.startswith(_MAGIC):
        raise ComponentError(file, f"not WebAssembly; {_EXPECTED}")
    if wasm[_LAYER] == b"\0\0":
        hint = "(`wasm-tools component new` makes one)"
        raise ComponentError(file, f"a core module; {_EXPECTED} {hint}")
    return wasm


def compile_component(engine: Engine, file: str, wasm: bytes) -> Component:
    """Compiles a component."""
    try:
        return Component(engine, wasm)
    except WasmtimeError as error:
        reason = f"not a valid component: {one_line(error)}"
        raise ComponentError(file, reason) from None


def one_line(error: WasmtimeError) -> str:
    """An engine's error with its causes in one line."""
    return " ".join(str(error).split())


def _read(file: str, expected: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        reason = f"no such file; {expected}"
    except IsADirectoryError:
        reason = f"is a directory; {expected}"
    except OSError as error:
        reason = error.strerror or str(error)
    raise ComponentError(file, reason)
