"""From a file to a component that fits the contract."""

from collections.abc import Mapping
from pathlib import Path

from wasmtime import Engine, WasmtimeError
from wasmtime.component import (
    Bool,
    Component,
    ComponentInstanceType,
    FuncType,
    String,
    ValType,
)

from ._errors import ComponentError

GREETER = "anyhost:hello/greeter@1.0.0"
FORMATTER = "anyhost:hello/formatter@1.0.0"

_EXPECTED = "expected a WebAssembly component"
_MAGIC = b"\0asm"
# The layer field of a binary's header: 0 is a core module, 1 a component.
_LAYER = slice(6, 8)


def load(engine: Engine, file: str) -> Component:
    """Compiles the component in `file`."""
    wasm = _read(file)
    if not wasm.startswith(_MAGIC):
        raise ComponentError(file, f"not WebAssembly; {_EXPECTED}")
    if wasm[_LAYER] == b"\0\0":
        hint = "(`wasm-tools component new` makes one)"
        raise ComponentError(file, f"a core module; {_EXPECTED} {hint}")
    try:
        return Component(engine, wasm)
    except WasmtimeError as error:
        reason = f"not a valid component: {one_line(error)}"
        raise ComponentError(file, reason) from None


def check(engine: Engine, component: Component, file: str) -> None:
    """Checks exports and imports against the contract."""
    exports = component.type.exports(engine)
    if GREETER not in exports:
        names = ", ".join(exports) or "nothing"
        raise ComponentError(file, f"does not export {GREETER}; it exports {names}")
    greet = {"name": String(), "up": Bool()}
    if not _has(engine, exports[GREETER].ty, "greet", greet):
        signature = "`greet: func(name: string, up: bool) -> string`"
        raise ComponentError(file, f"its {GREETER} has no {signature}")
    for name, item in component.type.imports(engine).items():
        if name != FORMATTER:
            provided = f"which this host does not provide; it provides {FORMATTER}"
            raise ComponentError(file, f"imports {name}, {provided}")
        if not _has(engine, item.ty, "reverse", {"text": String()}):
            signature = "`reverse: func(text: string) -> string`"
            raise ComponentError(file, f"its {FORMATTER} has no {signature}")


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


def _has(engine: Engine, interface: object, function: str, params: Mapping[str, ValType]) -> bool:
    """Whether `interface` has such a function, which returns a string."""
    if not isinstance(interface, ComponentInstanceType):
        return False
    item = interface.exports(engine).get(function)
    kind = item.ty if item is not None else None
    return isinstance(kind, FuncType) and kind.params == list(params.items()) and kind.result == String()
