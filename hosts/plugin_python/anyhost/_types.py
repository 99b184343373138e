"""A component's types, in WIT's words, with the Python classes of their values. Engines convert by them."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._handle import Handle
from ._names import class_name, python_name

if TYPE_CHECKING:
    from ._instance import Instance

T_co = TypeVar("T_co", covariant=True)
_NONE: Any = None


@dataclass(frozen=True)
class Some(Generic[T_co]):
    """An option that is there, where what is in it is an option itself: `Some(None)` is not None."""

    value: T_co


@dataclass(frozen=True)
class Ok(Generic[T_co]):
    """A `result` within another value, which went well."""

    value: T_co = _NONE


@dataclass(frozen=True)
class Err(Generic[T_co]):
    """A `result` within another value, which did not go well."""

    value: T_co = _NONE


class Type:
    """A type of values."""

    # In WIT's words.
    name: str
    # Whether there may be handles in a value.
    handles = False

    def __str__(self) -> str:
        return self.name


class Bool(Type):
    """`bool`."""

    name = "bool"


class Integer(Type):
    """`u8` to `s64`."""

    def __init__(self, name: str) -> None:
        self.name = name


class Float(Type):
    """`f32` and `f64`."""

    def __init__(self, name: str) -> None:
        self.name = name


class Char(Type):
    """`char`: a Unicode scalar value, which half of a surrogate pair is not."""

    name = "char"


class String(Type):
    """`string`: Unicode text."""

    name = "string"


class Bytes(Type):
    """`list<u8>`."""

    name = "list<u8>"


class List(Type):
    """`list<…>`."""

    def __init__(self, element: Type) -> None:
        self.name = f"list<{element}>"
        self.element = element
        self.handles = element.handles


class Tuple(Type):
    """`tuple<…>`."""

    def __init__(self, items: list[Type]) -> None:
        self.name = f"tuple<{', '.join(map(str, items))}>"
        self.items = items
        self.handles = any(item.handles for item in items)


class Record(Type):
    """A record: an object of a class with its fields."""

    def __init__(self, name: str, fields: list[tuple[str, Type]]) -> None:
        self.name = name
        self.fields = {python_name(field): item for field, item in fields}
        self.wit_names = [field for field, _ in fields]
        self.handles = any(item.handles for _, item in fields)
        self.cls = dataclasses.make_dataclass(class_name(name), list(self.fields), frozen=True)


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


class Enum(Type):
    """An enum: a StrEnum, whose members are equal to the names in WIT."""

    def __init__(self, name: str, cases: list[str]) -> None:
        self.name = name
        self.cls: Any = StrEnum(class_name(name), [(case.replace("-", "_").upper(), case) for case in cases])  # type: ignore[misc]


class Flags(Type):
    """Flags: a frozenset of their names."""

    def __init__(self, name: str, names: list[str]) -> None:
        self.name = name
        self.names = names


class Option(Type):
    """`option<…>`: None, or the value."""

    def __init__(self, payload: Type) -> None:
        self.name = f"option<{payload}>"
        self.payload = payload
        self.nested = isinstance(payload, Option)
        self.handles = payload.handles


class Result(Type):
    """`result<…>` within another value: Ok or Err."""

    def __init__(self, ok: Type | None, err: Type | None) -> None:
        named = f"<{ok or '_'}, {err}>" if err else f"<{ok}>" if ok else ""
        self.name = f"result{named}"
        self.ok, self.err = ok, err
        self.handles = any(item.handles for item in (ok, err) if item)


class Resource:
    """A type of resources."""

    def __init__(self, interface: str, name: str, host: bool, number: int, base: type[Handle] = Handle) -> None:
        self.interface = interface
        self.name = name
        self.host = host
        self.number = number
        # Of a component's resource: what handles are instances of.
        self.cls: Any = type(class_name(name), (base,), {"_name": name})
        # Of a host's resource: what objects are instances of, as far as the host says so.
        self.host_class: type | None = None
        self.owner: Instance | None = None


class Own(Type):
    """`own<…>`: whoever has it ends it."""

    handles = True

    def __init__(self, resource: Resource) -> None:
        self.name = f"own<{resource.name}>"
        self.resource = resource


class Borrow(Type):
    """`borrow<…>`: for the time of a call."""

    handles = True

    def __init__(self, resource: Resource) -> None:
        self.name = f"borrow<{resource.name}>"
        self.resource = resource


@dataclass
class Signature:
    """A function: its name, such as `greet` or `[method]session.add`, its parameters and its result, in WIT's words."""

    name: str
    params: list[tuple[str, Type]] = field(default_factory=list)
    result: Type | None = None
    # Why it cannot be called, if it cannot.
    unsupported: str | None = None

    def __str__(self) -> str:
        params = ", ".join(f"{name}: {item}" for name, item in self.params)
        result = f" -> {self.result}" if self.result else ""
        return f"{self.name}: func({params}){result}"


@dataclass
class InterfaceType:
    """An interface; the functions of the world itself are in one without a name."""

    name: str
    functions: dict[str, Signature] = field(default_factory=dict)
    # The classes of its records, variants and enums, by their names in WIT.
    types: dict[str, Any] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)

    @property
    def only_types(self) -> bool:
        """Whether it asks for nothing: others use its records and the like."""
        return not self.functions and not self.resources


@dataclass
class Types:
    """What a component exports and imports, by the names of the interfaces."""

    imports: dict[str, InterfaceType]
    exports: dict[str, InterfaceType]
    # Imports that are no interfaces and no functions.
    strange_imports: list[str]


_INTEGERS = ["s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64"]
SCALARS: dict[str, Type] = {
    kind.name: kind
    for kind in [
        Bool(),
        Bytes(),
        Char(),
        String(),
        Float("f32"),
        Float("f64"),
        *(Integer(name) for name in _INTEGERS),
    ]
}


def names_of(values: Iterable[object]) -> str:
    """A list for a message."""
    return ", ".join(map(str, values)) or "nothing"
