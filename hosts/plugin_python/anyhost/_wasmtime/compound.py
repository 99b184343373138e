"""Types of values that have other values in them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from .. import _types as types
from .._types import Err, Ok, Some
from . import wire
from .values import Type, WrongValue, lower_all, wrong_type
from .wire import Slot


class List(types.List, Type):
    """`list<…>`."""

    def __init__(self, element: Type) -> None:
        super().__init__(element)
        self._element = element

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, list | tuple):
            raise wrong_type(self.name, value)
        slots = wire.allocate(slot, wire.LIST, len(value))
        lower, index = self._element.lower, 0
        try:
            for index, item in enumerate(value):
                lower(item, slots[index])
        except WrongValue as wrong:
            raise wrong.at(f"[{index}]") from None

    def lift(self, slot: Slot) -> list[Any]:
        lift, array = self._element.lift, slot.of.list
        return [lift(array.data[index]) for index in range(array.size)]


class Tuple(types.Tuple, Type):
    """`tuple<…>`."""

    def __init__(self, items: list[Type]) -> None:
        super().__init__(list(items))
        self._items = items

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, list | tuple):
            raise wrong_type(self.name, value)
        if len(value) != len(self._items):
            raise WrongValue(ValueError, self.name, value)
        slots = wire.allocate(slot, wire.TUPLE, len(value))
        lower_all(value, self._items, slots, lambda index: f"[{index}]")

    def lift(self, slot: Slot) -> tuple[Any, ...]:
        slots = slot.of.tuple.data
        return tuple([item.lift(slots[index]) for index, item in enumerate(self._items)])


class Record(types.Record, Type):
    """A record."""

    def __init__(self, name: str, fields: list[tuple[str, Type]]) -> None:
        super().__init__(name, [*fields])
        self._types = [item for _, item in fields]
        self._encoded = [field.encode() for field in self.wit_names]
        self._of_mapping = set(self.fields) | set(self.wit_names)

    def lower(self, value: Any, slot: Slot) -> None:
        values = self._values(value)
        entries = wire.allocate(slot, wire.RECORD, len(values))
        for index, name in enumerate(self._encoded):
            wire.put_name(entries[index].name, name)
        index = 0
        try:
            for index, item in enumerate(self._types):
                item.lower(values[index], entries[index].val)
        except WrongValue as wrong:
            raise wrong.at("." + self.wit_names[index]) from None

    def lift(self, slot: Slot) -> Any:
        entries = slot.of.record.data
        record: Any = object.__new__(self.cls)
        record.__dict__.update(
            {
                name: item.lift(entries[index].val)
                for index, (name, item) in enumerate(zip(self.fields, self._types, strict=True))
            }
        )
        return record

    def _values(self, value: Any) -> list[Any]:
        """The fields of an object or of a mapping."""
        if type(value) is self.cls:
            return list(value.__dict__.values())
        if isinstance(value, Mapping):
            for name in value:
                if name not in self._of_mapping:
                    known = ", ".join(self.wit_names)
                    raise WrongValue(ValueError, f"{self.name} with the fields {known}", name)
            names = zip(self.fields, self.wit_names, strict=True)
            found = [value.get(python, value.get(wit, _MISSING)) for python, wit in names]
        else:
            found = [getattr(value, name, _MISSING) for name in self.fields]
        for wit, item in zip(self.wit_names, found, strict=True):
            if item is _MISSING:
                raise wrong_type(f"{self.name} with a field {wit}", value)
        return found


class Variant(types.Variant, Type):
    """A variant."""

    def __init__(self, name: str, cases: list[tuple[str, Type | None]]) -> None:
        super().__init__(name, [*cases])
        self._cases = dict(cases)

    def lower(self, value: Any, slot: Slot) -> None:
        if isinstance(value, self.cls):
            case, payload = value.tag, getattr(value, "value", None)
        elif isinstance(value, str):
            case, payload = value, None
        elif isinstance(value, Mapping) and len(value) == 1:
            ((case, payload),) = value.items()
        else:
            raise wrong_type(self.name, value)
        item = self._cases.get(case, _MISSING)
        if item is _MISSING or (item is None and payload is not None) or (item and isinstance(value, str)):
            known = ", ".join(f"{name}({item})" if item else name for name, item in self._cases.items())
            raise WrongValue(ValueError, f"{self.name}, one of {known}", value)
        wire.put_name(slot.of.variant.discriminant, case.encode())
        slot.of.variant.val = wire.box(item is not None)
        slot.kind = wire.VARIANT
        if item:
            try:
                item.lower(payload, slot.of.variant.val.contents)
            except WrongValue as wrong:
                raise wrong.at("." + case) from None

    def lift(self, slot: Slot) -> Any:
        case = wire.get_name(slot.of.variant.discriminant)
        item, cls = self._cases[case], self.classes[case]
        return cls(item.lift(slot.of.variant.val.contents)) if item else cls()


class Enum(types.Enum, Type):
    """An enum."""

    def __init__(self, name: str, cases: list[str]) -> None:
        super().__init__(name, cases)
        self._members = {str(member): member for member in self.cls}

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, str):
            raise wrong_type(self.name, value)
        if value not in self._members:
            raise WrongValue(ValueError, f"{self.name}, one of {', '.join(self._members)}", value)
        wire.put_name(slot.of.enumeration, value.encode())
        slot.kind = wire.ENUM

    def lift(self, slot: Slot) -> Any:
        return self._members[wire.get_name(slot.of.enumeration)]


class Flags(types.Flags, Type):
    """Flags."""

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, AbstractSet | list | tuple):
            raise wrong_type(f"{self.name} (a set of names)", value)
        for flag in value:
            if flag not in self.names:
                raise WrongValue(ValueError, f"{self.name}, any of {', '.join(self.names)}", flag)
        wire.put_flags(slot, [flag.encode() for flag in self.names if flag in value])

    def lift(self, slot: Slot) -> frozenset[str]:
        flags = slot.of.flags
        return frozenset(wire.get_name(flags.data[index]) for index in range(flags.size))


class Option(types.Option, Type):
    """`option<…>`."""

    def __init__(self, payload: Type) -> None:
        super().__init__(payload)
        self._payload = payload

    def lower(self, value: Any, slot: Slot) -> None:
        if self.nested and value is not None:
            if not isinstance(value, Some):
                raise wrong_type(f"{self.name} (None or Some(…))", value)
            payload = value.value
        else:
            payload = value
        slot.of.option = wire.box(value is not None)
        slot.kind = wire.OPTION
        if value is not None:
            self._payload.lower(payload, slot.of.option.contents)

    def lift(self, slot: Slot) -> Any:
        if not slot.of.option:
            return None
        payload = self._payload.lift(slot.of.option.contents)
        return Some(payload) if self.nested else payload


class Result(types.Result, Type):
    """`result<…>`."""

    def __init__(self, ok: Type | None, err: Type | None) -> None:
        super().__init__(ok, err)
        self._ok, self._err = ok, err

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, Ok | Err):
            raise wrong_type(f"{self.name} (Ok(…) or Err(…))", value)
        self.put(isinstance(value, Ok), value.value, slot)

    def put(self, is_ok: bool, payload: Any, slot: Slot) -> None:
        """Writes one of the two."""
        item, word = (self._ok, "ok") if is_ok else (self._err, "err")
        if item is None and payload is not None:
            raise wrong_type("no value", payload).at(f".{word}")
        slot.of.result.is_ok = is_ok
        slot.of.result.val = wire.box(item is not None)
        slot.kind = wire.RESULT
        if item:
            try:
                item.lower(payload, slot.of.result.val.contents)
            except WrongValue as wrong:
                raise wrong.at(f".{word}") from None

    def get(self, slot: Slot) -> tuple[bool, Any]:
        """Reads whether it went well, and what there is."""
        result = slot.of.result
        item = self._ok if result.is_ok else self._err
        return bool(result.is_ok), item.lift(result.val.contents) if item else None

    def lift(self, slot: Slot) -> Ok[Any] | Err[Any]:
        is_ok, payload = self.get(slot)
        return Ok(payload) if is_ok else Err(payload)


_MISSING: Any = object()
