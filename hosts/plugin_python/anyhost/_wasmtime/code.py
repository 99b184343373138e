"""Machine code that was made before: the engine's own format, and a trailer that says of what, and seals both."""

from hashlib import sha256

from wasmtime import Engine, WasmtimeError
from wasmtime.component import Component

from . import wire

# Marks the trailer and its version. The component's SHA-256 follows, and then the
# seal: the SHA-256 of all that is before it.
_FORMAT = b"anyhost-python1"
_DIGEST = 32


class UnusableError(Exception):
    """Why code cannot be used."""


def seal(code: bytes, wasm: bytes) -> bytes:
    """What a file of machine code has in it, for the component `wasm`."""
    sealed = code + _FORMAT + sha256(wasm).digest()
    return sealed + sha256(sealed).digest()


def load(engine: Engine, file: bytes, wasm: bytes) -> Component:
    """The component in what `seal` returned. Neither stale nor damaged code is ever run."""
    # Of tens of megabytes no copy is made: a copy takes as long as all else.
    sealed, found = memoryview(file)[:-_DIGEST], file[-_DIGEST:]
    digest = bytes(sealed[-_DIGEST:])
    length = len(sealed) - _DIGEST - len(_FORMAT)
    if length < 0 or sealed[length:-_DIGEST] != _FORMAT:
        raise UnusableError("not precompiled code, or cut short")
    if sha256(sealed).digest() != found:
        raise UnusableError("damaged")
    if sha256(wasm).digest() != digest:
        raise UnusableError("made from another component")
    try:
        return wire.deserialize(engine, file, length)
    except WasmtimeError as error:
        raise UnusableError(f"does not fit this engine: {' '.join(str(error).split())}") from None
