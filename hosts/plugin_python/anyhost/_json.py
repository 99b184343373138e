"""Values as JSON has them (docs/values.md), by their types."""

import base64
import math
import struct
from typing import Any

from ._types import (
    Borrow,
    Bytes,
    Enum,
    Err,
    Flags,
    Float,
    Integer,
    List,
    Ok,
    Option,
    Own,
    Record,
    Result,
    Signature,
    Some,
    Tuple,
    Type,
    Variant,
)

# Where rounding to an f32 makes infinity.
_F32_END = float.fromhex("0x1.ffffffp127")
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


def to_json(kind: Type | None, value: Any) -> Any:
    """What JSON has for a Python value. Handles have no form here, but that of `str`."""
    match kind:
        case Integer() if kind.name in ("u64", "s64"):
            return str(value)
        case Float() if not math.isfinite(value):
            return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
        case Float():
            return shortest(value) if kind.name == "f32" else value
        case Bytes():
            return base64.b64encode(value).decode()
        case List() | Tuple():
            kinds = [kind.element] * len(value) if isinstance(kind, List) else kind.items
            return [to_json(item, inner) for item, inner in zip(kinds, value, strict=True)]
        case Record():
            names = zip(kind.wit_names, kind.fields.items(), strict=True)
            return {wit: to_json(item, getattr(value, name)) for wit, (name, item) in names}
        case Variant():
            return {value.tag: to_json(kind.cases[value.tag], getattr(value, "value", None))}
        case Flags():
            return [name for name in kind.names if name in value]
        case Option():
            if value is None or not kind.nested:
                return None if value is None else to_json(kind.payload, value)
            return {"some": to_json(kind.payload, value.value)}
        case Result():
            ok = isinstance(value, Ok)
            return {"ok" if ok else "err": to_json(kind.ok if ok else kind.err, value.value)}
    return value if value is None or isinstance(value, bool | int | str) else str(value)


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


def shortest(value: float) -> float:
    """The number with the fewest digits that is the same as an f32."""
    if not math.isfinite(value):
        return value
    short = (float(f"{value:.{digits}g}") for digits in range(1, 10))
    return next((number for number in short if abs(number) < _F32_END and _f32(number) == value), value)


def _f32(value: float) -> float:
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded


def _same(expected: float, value: float, single: bool) -> bool:
    """NaN is NaN here, and -0.0 is not 0.0."""
    if single and math.isfinite(expected):
        expected = _f32(expected)
    if math.isnan(expected):
        return math.isnan(value)
    return expected == value and math.copysign(1, expected) == math.copysign(1, value)
