"""Types of values that have other values in them."""

import dataclasses
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any, Generic, TypeVar

from . import _wire as wire
from ._names import class_name, python_name
from ._values import Type, WrongValue, lower_all, wrong_type
from ._wire import Slot

T_co = TypeVar("T_co", covariant=True)
_NONE: Any = None


@dataclasses.dataclass(frozen=True)
class Some(Generic[T_co]):
    """An option that is there, where what is in it is an option itself: `Some(None)` is not None."""

    value: T_co


@dataclasses.dataclass(frozen=True)
class Ok(Generic[T_co]):
    """A `result` within another value, which went well."""

    value: T_co = _NONE


@dataclasses.dataclass(frozen=True)
class Err(Generic[T_co]):
    """A `result` within another value, which did not go well."""

    value: T_co = _NONE


class List(Type):
    """`list<…>`."""

    def __init__(self, element: Type) -> None:
        self.name = f"list<{element}>"
        self.element = element
        self.handles = element.handles

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, list | tuple):
            raise wrong_type(self.name, value)
        slots = wire.allocate(slot, wire.LIST, len(value))
        lower, index = self.element.lower, 0
        try:
            for index, item in enumerate(value):
                lower(item, slots[index])
        except WrongValue as wrong:
            raise wrong.at(f"[{index}]") from None

    def lift(self, slot: Slot) -> list[Any]:
        lift, array = self.element.lift, slot.of.list
        return [lift(array.data[index]) for index in range(array.size)]


class Tuple(Type):
    """`tuple<…>`."""

    def __init__(self, items: list[Type]) -> None:
        self.name = f"tuple<{', '.join(map(str, items))}>"
        self.items = items
        self.handles = any(item.handles for item in items)

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, list | tuple):
            raise wrong_type(self.name, value)
        if len(value) != len(self.items):
            raise WrongValue(ValueError, self.name, value)
        slots = wire.allocate(slot, wire.TUPLE, len(value))
        lower_all(value, self.items, slots, lambda index: f"[{index}]")

    def lift(self, slot: Slot) -> tuple[Any, ...]:
        slots = slot.of.tuple.data
        return tuple([item.lift(slots[index]) for index, item in enumerate(self.items)])


class Record(Type):
    """A record: an object of a class with its fields."""

    def __init__(self, name: str, fields: list[tuple[str, Type]]) -> None:
        self.name = name
        self.fields = {python_name(field): item for field, item in fields}
        self.wit_names = [field for field, _ in fields]
        self.handles = any(item.handles for _, item in fields)
        self._types = list(self.fields.values())
        self._encoded = [field.encode() for field in self.wit_names]
        self.cls = dataclasses.make_dataclass(class_name(name), list(self.fields), frozen=True)
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
            {name: item.lift(entries[index].val) for index, (name, item) in enumerate(self.fields.items())}
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


class Variant(Type):
    """A variant: an object of one of its case's classes, which are attributes of the variant's class."""

    def __init__(self, name: str, cases: list[tuple[str, Type | None]]) -> None:
        self.name = name
        self.cases = dict(cases)
        self.handles = any(item.handles for item in self.cases.values() if item)
        self.cls: Any = type(class_name(name), (), {"__slots__": ()})
        self.classes = {case: self._case(case, item is not None) for case, item in cases}

    def _case(self, case: str, payload: bool) -> Any:
        fields = [("value", object)] if payload else []
        name = class_name(case)
        cls = dataclasses.make_dataclass(name, fields, bases=(self.cls,), namespace={"tag": case}, frozen=True)
        cls.__qualname__ = f"{self.cls.__name__}.{name}"
        setattr(self.cls, name, cls)
        return cls

    def lower(self, value: Any, slot: Slot) -> None:
        if isinstance(value, self.cls):
            case, payload = value.tag, getattr(value, "value", None)
        elif isinstance(value, str):
            case, payload = value, None
        elif isinstance(value, Mapping) and len(value) == 1:
            ((case, payload),) = value.items()
        else:
            raise wrong_type(self.name, value)
        item = self.cases.get(case, _MISSING)
        if item is _MISSING or (item is None and payload is not None) or (item and isinstance(value, str)):
            known = ", ".join(f"{name}({item})" if item else name for name, item in self.cases.items())
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
        item, cls = self.cases[case], self.classes[case]
        return cls(item.lift(slot.of.variant.val.contents)) if item else cls()


class Enum(Type):
    """An enum: a StrEnum, whose members are equal to the names in WIT."""

    def __init__(self, name: str, cases: list[str]) -> None:
        self.name = name
        self.cls: Any = StrEnum(class_name(name), [(case.replace("-", "_").upper(), case) for case in cases])  # type: ignore[misc]
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


class Flags(Type):
    """Flags: a frozenset of their names."""

    def __init__(self, name: str, names: list[str]) -> None:
        self.name = name
        self.names = names

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


class Option(Type):
    """`option<…>`: None, or the value."""

    def __init__(self, payload: Type) -> None:
        self.name = f"option<{payload}>"
        self.payload = payload
        self.nested = isinstance(payload, Option)
        self.handles = payload.handles

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
            self.payload.lower(payload, slot.of.option.contents)

    def lift(self, slot: Slot) -> Any:
        if not slot.of.option:
            return None
        payload = self.payload.lift(slot.of.option.contents)
        return Some(payload) if self.nested else payload


class Result(Type):
    """`result<…>` within another value: Ok or Err."""

    def __init__(self, ok: Type | None, err: Type | None) -> None:
        named = f"<{ok or '_'}, {err}>" if err else f"<{ok}>" if ok else ""
        self.name = f"result{named}"
        self.ok, self.err = ok, err
        self.handles = any(item.handles for item in (ok, err) if item)

    def lower(self, value: Any, slot: Slot) -> None:
        if not isinstance(value, Ok | Err):
            raise wrong_type(f"{self.name} (Ok(…) or Err(…))", value)
        self.put(isinstance(value, Ok), value.value, slot)

    def put(self, is_ok: bool, payload: Any, slot: Slot) -> None:
        """Writes one of the two."""
        item = self.ok if is_ok else self.err
        if item is None and payload is not None:
            raise wrong_type("None", payload)
        slot.of.result.is_ok = is_ok
        slot.of.result.val = wire.box(item is not None)
        slot.kind = wire.RESULT
        if item:
            item.lower(payload, slot.of.result.val.contents)

    def get(self, slot: Slot) -> tuple[bool, Any]:
        """Reads whether it went well, and what there is."""
        result = slot.of.result
        item = self.ok if result.is_ok else self.err
        return bool(result.is_ok), item.lift(result.val.contents) if item else None

    def lift(self, slot: Slot) -> Ok[Any] | Err[Any]:
        is_ok, payload = self.get(slot)
        return Ok(payload) if is_ok else Err(payload)


_MISSING: Any = object()


def names_of(values: Iterable[object]) -> str:
    """A list for a message."""
    return ", ".join(map(str, values)) or "nothing"
