"""From a file to a component, compiled now or before."""

from pathlib import Path

from wasmtime import Engine, WasmtimeError
from wasmtime.component import Component

from .._errors import ComponentError
from . import code

_EXPECTED = "expected a WebAssembly component"
_MAGIC = b"\0asm"
# The layer field of a binary's header: 0 is a core module, 1 a component.
_LAYER = slice(6, 8)


def load(engine: Engine, file: str, wasm: bytes, aot: str | None) -> tuple[Component, str | None]:
    """Compiles a component, or takes the machine code in `aot`; and why that was not used, in words."""
    note = None
    if aot is not None:
        try:
            return code.load(engine, _read(aot), wasm), None
        except code.UnusableError as reason:
            note = f"{aot}: {reason}; compiling {file} instead"
    return compile_component(engine, file, wasm), note


def read(file: str) -> bytes:
    """The bytes of a component's file."""
    wasm = _read(file)
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


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        reason = f"no such file; {_EXPECTED}"
    except IsADirectoryError:
        reason = f"is a directory; {_EXPECTED}"
    except OSError as error:
        reason = error.strerror or str(error)
    raise ComponentError(file, reason)
