"""The values of wasmtime's C API, as the package `wasmtime` declares it.

wasmtime.component converts values by what they look like in Python. This library converts by their types, and therefore
reads and writes the API's structures itself. Only this module knows how the package calls them.
"""

import ctypes
from typing import Any, TypeAlias

from wasmtime import Engine, WasmtimeError
from wasmtime import _ffi as ffi
from wasmtime.component import Component, ResourceAny

# A value of the API: its kind, and what it holds in `of`.
Slot: TypeAlias = ffi.wasmtime_component_val
Callback: Any = ffi.wasmtime_component_func_callback_t

BOOL, S8, U8, S16, U16, S32, U32, S64, U64, F32, F64, CHAR = range(12)
STRING, LIST, RECORD, TUPLE, VARIANT, ENUM, OPTION, RESULT, FLAGS, RESOURCE = range(12, 22)

_SIZE = ctypes.sizeof(Slot)
_PAYLOAD = Slot.of.offset

# A null pointer to a function.
_NO_FINALIZER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)()

byref = ctypes.byref


def _function(name: str, result: Any, *arguments: Any) -> Any:
    """A function of the library with argument types of our own, which others do not see."""
    function = ffi.dll[name]
    function.restype = result
    function.argtypes = arguments
    return function


call = _function(
    "wasmtime_component_func_call",
    ctypes.POINTER(ffi.wasmtime_error_t),
    *[ctypes.c_void_p] * 3,
    ctypes.c_size_t,
    ctypes.c_void_p,
    ctypes.c_size_t,
)
_deserialize = _function(
    "wasmtime_component_deserialize",
    ctypes.POINTER(ffi.wasmtime_error_t),
    ctypes.c_void_p,
    ctypes.c_char_p,
    ctypes.c_size_t,
    ctypes.c_void_p,
)
delete = _function("wasmtime_component_val_delete", None, ctypes.c_void_p)
_new_name = _function("wasm_byte_vec_new", None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p)
_new_value = _function("wasmtime_component_val_new", ctypes.POINTER(Slot), ctypes.c_void_p)
_new_flags = _function("wasmtime_component_valflags_new_uninit", None, ctypes.c_void_p, ctypes.c_size_t)
_ARRAYS = {
    kind: (
        name,
        _function(f"wasmtime_component_val{name}_new_uninit", None, ctypes.c_void_p, ctypes.c_size_t),
        ctypes.sizeof(element),
    )
    for kind, name, element in [
        (LIST, "list", Slot),
        (TUPLE, "tuple", Slot),
        (RECORD, "record", ffi.wasmtime_component_valrecord_entry),
    ]
}


def put_name(name: Any, text: bytes) -> None:
    """Writes a string, a name or the like."""
    _new_name(byref(name), len(text), text)


def get_name(name: Any) -> str:
    """Reads a string, a name or the like."""
    return ctypes.string_at(name.data, name.size).decode()


def allocate(slot: Slot, kind: int, size: int) -> Any:
    """Makes `slot` an array of `size` elements, each of which is valid from the start: false."""
    name, new, width = _ARRAYS[kind]
    array = getattr(slot.of, name)
    new(byref(array), size)
    if size:
        ctypes.memset(array.data, 0, size * width)
    slot.kind = kind
    return array.data


def box(inner: bool) -> Any:
    """A value on the heap, for what is within an option or the like: false, or nothing at all."""
    return _new_value(byref(Slot())) if inner else None


def put_flags(slot: Slot, names: list[bytes]) -> None:
    """Writes flags."""
    flags = slot.of.flags
    _new_flags(byref(flags), len(names))
    for index, name in enumerate(names):
        put_name(flags.data[index], name)
    slot.kind = FLAGS


def put_bytes(slot: Slot, data: bytes) -> None:
    """Writes a list of u8, all at once."""
    elements = allocate(slot, LIST, len(data))
    image = bytearray(len(data) * _SIZE)
    image[0::_SIZE] = bytes([U8]) * len(data)
    image[_PAYLOAD::_SIZE] = data
    if data:
        ctypes.memmove(elements, (ctypes.c_char * len(image)).from_buffer(image), len(image))


def get_bytes(slot: Slot) -> bytes:
    """Reads a list of u8, all at once."""
    array = slot.of.list
    if not array.size:
        return b""
    return ctypes.string_at(array.data, array.size * _SIZE)[_PAYLOAD::_SIZE]


def put_resource(slot: Slot, resource: ResourceAny) -> None:
    """Writes a handle, which stays the caller's too."""
    slot.of.resource = ffi.wasmtime_component_resource_any_clone(resource.ptr())
    slot.kind = RESOURCE


def get_resource(slot: Slot) -> ResourceAny:
    """Reads a handle."""
    return ResourceAny._from_ptr(ffi.wasmtime_component_resource_any_clone(slot.of.resource))


def is_async(function: Any) -> bool:
    """Whether a function's type is async."""
    return bool(ffi.wasmtime_component_func_type_async(function.ptr()))


def add_function(instance: Any, name: str, callback: Any) -> None:
    """Defines a host's function. The caller keeps `callback` for as long as the linker lives."""
    encoded = name.encode()
    error = ffi.wasmtime_component_linker_instance_add_func(
        instance.ptr(),
        ctypes.create_string_buffer(encoded),
        len(encoded),
        callback,
        None,
        _NO_FINALIZER,
    )
    if error:
        raise WasmtimeError._from_ptr(error)


def deserialize(engine: Engine, code: bytes, length: int) -> Component:
    """The component in the first bytes of `code`; the package's own way copies them once more."""
    found = ctypes.POINTER(ffi.wasmtime_component_t)()
    error = _deserialize(engine.ptr(), code, length, byref(found))
    if error:
        raise WasmtimeError._from_ptr(error)
    return Component._from_ptr(found)


def raised(message: str) -> int:
    """An error that a host's function hands to the engine."""
    return ctypes.cast(WasmtimeError(message)._consume(), ctypes.c_void_p).value or 0
