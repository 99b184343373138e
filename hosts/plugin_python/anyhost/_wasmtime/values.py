"""How a Python value of each type is checked and written, and read."""

import operator
from collections.abc import Callable
from reprlib import repr as shown
from typing import Any

from .. import _types as types
from . import wire
from .wire import Slot


class WrongValue(Exception):
    """A value that is none of its type; `path` leads to it."""

    def __init__(self, kind: type[Exception], expected: str, got: object) -> None:
        super().__init__(expected)
        self.kind = kind
        self.expected = expected
        self.got = got
        self.path = ""

    def at(self, step: str) -> "WrongValue":
        """The same, seen from the value around it."""
        self.path = step + self.path
        return self

    def error(self, place: str) -> Exception:
        """What the caller gets."""
        return self.kind(f"{place}{self.path}: expected {self.expected}, got {shown(self.got)}")


def wrong_type(expected: str, got: object) -> WrongValue:
    """A value of another type."""
    return WrongValue(TypeError, expected, got)


class Type(types.Type):
    """A type of values."""

    # Whether a value has memory of the engine's, which must be freed.
    heap = True

    def lower(self, value: Any, slot: Slot) -> None:
        """Checks `value` and writes it. Raises WrongValue; `slot` can be freed all the same."""
        raise NotImplementedError

    def lift(self, slot: Slot) -> Any:
        """Reads a value, and frees nothing."""
        raise NotImplementedError


class Bool(types.Bool, Type):
    """`bool`."""

    heap = False

    def lower(self, value: Any, slot: Slot) -> None:
        if value is not True and value is not False:
            raise wrong_type("bool", value)
        slot.of.boolean = value
        slot.kind = wire.BOOL

    def lift(self, slot: Slot) -> bool:
        return bool(slot.of.boolean)


class Integer(types.Integer, Type):
    """`u8` to `s64`."""

    heap = False

    def __init__(self, name: str) -> None:
        super().__init__(name)
        bits = int(name[1:])
        self.least, self.most = (-1 << bits - 1, (1 << bits - 1) - 1) if name[0] == "s" else (0, (1 << bits) - 1)
        self.kind: int = getattr(wire, name.upper())

    def lower(self, value: Any, slot: Slot) -> None:
        if type(value) is not int:
            value = self._index(value)
        if not self.least <= value <= self.most:
            raise WrongValue(ValueError, self.name, value)
        setattr(slot.of, self.name, value)
        slot.kind = self.kind

    def lift(self, slot: Slot) -> int:
        return int(getattr(slot.of, self.name))

    def _index(self, value: Any) -> int:
        """Other kinds of integers, such as numpy's. What is true is no number here."""
        if not isinstance(value, bool):
            try:
                return operator.index(value)
            except TypeError:
                pass
        raise wrong_type(self.name, value)


class Float(types.Float, Type):
    """`f32` and `f64`."""

    heap = False

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.kind = wire.F32 if name == "f32" else wire.F64

    def lower(self, value: Any, slot: Slot) -> None:
        if type(value) is not float:
            if isinstance(value, bool) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
                raise wrong_type(self.name, value)
            try:
                value = float(value)
            except OverflowError:
                raise WrongValue(ValueError, self.name, value) from None
        setattr(slot.of, self.name, value)
        slot.kind = self.kind

    def lift(self, slot: Slot) -> float:
        return float(getattr(slot.of, self.name))


class Char(types.Char, Type):
    """`char`."""

    heap = False

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, str):
            raise wrong_type("char (a str of one character)", value)
        if len(value) != 1 or "\ud800" <= value <= "\udfff":
            raise WrongValue(ValueError, "char (a str of one character)", value)
        slot.of.character = ord(value)
        slot.kind = wire.CHAR

    def lift(self, slot: Slot) -> str:
        return chr(slot.of.character)


class String(types.String, Type):
    """`string`."""

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, str):
            raise wrong_type("string", value)
        try:
            text = value.encode()
        except UnicodeEncodeError as error:
            raise _Surrogate(value, error.start) from None
        wire.put_name(slot.of.string, text)
        slot.kind = wire.STRING

    def lift(self, slot: Slot) -> str:
        return wire.get_name(slot.of.string)


class _Surrogate(WrongValue):
    """Text with half of a surrogate pair; where it is says more than the text."""

    def __init__(self, text: str, index: int) -> None:
        super().__init__(ValueError, "string", text)
        self.found = f"a lone surrogate (U+{ord(text[index]):04X} at index {index})"

    def error(self, place: str) -> Exception:
        return ValueError(f"{place}{self.path}: expected {self.expected}, got {self.found}")


class Bytes(types.Bytes, Type):
    """`list<u8>`."""

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise wrong_type("list<u8> (bytes)", value)
        wire.put_bytes(slot, bytes(value))

    def lift(self, slot: Slot) -> bytes:
        return wire.get_bytes(slot)


def lower_all(values: Any, types: list[Type], slots: Any, step: Callable[[int], str]) -> None:
    """Writes values one after the other."""
    index = 0
    try:
        for index, (item, value) in enumerate(zip(types, values, strict=True)):
            item.lower(value, slots[index])
    except WrongValue as wrong:
        raise wrong.at(step(index)) from None
