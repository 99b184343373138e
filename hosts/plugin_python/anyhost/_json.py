"""Values of cases, as JSON has them (docs/values.md), by their types."""

import base64
import math
import struct
from typing import Any

from ._compound import Enum, Err, Flags, List, Ok, Option, Record, Result, Some, Tuple, Variant
from ._reflect import Signature
from ._resources import Borrow, Own
from ._values import Bytes, Float, Integer, Type

# Handles by the names that a case gives them.
Scope = dict[str, Any]


def to_value(kind: Type | None, json: Any, scope: Scope) -> Any:
    """The Python value. A name that is no handle's yet makes an object of the host's."""
    match kind:
        case Integer() | Float():
            number = int if isinstance(kind, Integer) else float
            return number(json)
        case Bytes():
            return base64.b64decode(json, validate=True)
        case List() | Tuple():
            kinds = [kind.element] * len(json) if isinstance(kind, List) else kind.items
            items = [to_value(item, value, scope) for item, value in zip(kinds, json, strict=True)]
            return items if isinstance(kind, List) else tuple(items)
        case Record():
            names = zip(kind.fields.items(), kind.wit_names, strict=True)
            return kind.cls(**{name: to_value(item, json[wit], scope) for (name, item), wit in names})
        case Variant():
            ((case, payload),) = json.items() if isinstance(json, dict) else [(json, None)]
            item = kind.cases[case]
            return kind.classes[case](to_value(item, payload, scope)) if item else kind.classes[case]()
        case Enum():
            return kind.cls(json)
        case Flags():
            return frozenset(json)
        case Option():
            if json is None or not kind.nested:
                return None if json is None else to_value(kind.payload, json, scope)
            return Some(to_value(kind.payload, json["some"], scope))
        case Result():
            ((word, payload),) = json.items()
            item = kind.ok if word == "ok" else kind.err
            return (Ok if word == "ok" else Err)(to_value(item, payload, scope) if item else None)
        case Own() | Borrow():
            if json not in scope:
                scope[json] = object.__new__(kind.resource.host_class or object)
            return scope[json]
    return json


def matches(kind: Type | None, json: Any, value: Any, scope: Scope) -> bool:
    """Whether a Python value is what JSON says. Handles that have no name yet get one."""
    match kind:
        case Float():
            return _same(float(json), value, kind.name == "f32")
        case List() | Tuple():
            kinds = [kind.element] * len(value) if isinstance(kind, List) else kind.items
            pairs = zip(kinds, json, value, strict=True) if len(json) == len(value) else None
            return pairs is not None and all(matches(*pair, scope) for pair in pairs)
        case Record():
            fields = zip(kind.fields.items(), kind.wit_names, strict=True)
            return all(matches(item, json[wit], getattr(value, name), scope) for (name, item), wit in fields)
        case Variant():
            ((case, payload),) = json.items() if isinstance(json, dict) else [(json, None)]
            item = kind.cases[case]
            return value.tag == case and (item is None or matches(item, payload, value.value, scope))
        case Option():
            if json is None or value is None:
                return json is value
            if kind.nested:
                json, value = json["some"], value.value
            return matches(kind.payload, json, value, scope)
        case Result():
            ((word, payload),) = json.items()
            item = kind.ok if word == "ok" else kind.err
            same = isinstance(value, Ok if word == "ok" else Err)
            return same and (item is None or matches(item, payload, value.value, scope))
        case Own() | Borrow():
            return scope.setdefault(json, value) is value
    return bool(to_value(kind, json, scope) == value)


def to_values(signature: Signature, step: dict[str, Any], scope: Scope) -> list[Any]:
    """The arguments of a call, the object of a method among them."""
    json = [step["on"]] if "on" in step else []
    json += step.get("args", [])
    return [to_value(kind, item, scope) for (_, kind), item in zip(signature.params, json, strict=True)]


def all_match(signature: Signature, ask: dict[str, Any], values: tuple[Any, ...], scope: Scope) -> bool:
    """Whether arguments are what JSON says."""
    json = [ask["on"]] if "on" in ask else []
    json += ask.get("args", [])
    pairs = zip(signature.params, json, values, strict=False)
    return len(json) == len(values) and all(matches(kind, item, value, scope) for (_, kind), item, value in pairs)


def _same(expected: float, value: float, single: bool) -> bool:
    """NaN is NaN here, and -0.0 is not 0.0."""
    if single and math.isfinite(expected):
        (expected,) = struct.unpack("f", struct.pack("f", expected))
    if math.isnan(expected):
        return math.isnan(value)
    return expected == value and math.copysign(1, expected) == math.copysign(1, value)
