"""WAVE, in which values and calls are written as `wasmtime run --invoke` takes them: `greet("you", true)`.

There is no package for it, so this reads and writes what the types of a function say. Handles of resources have no form.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from ._errors import ResultError
from ._json import shortest, to_json
from ._names import find, short_name
from ._plugin import Plugin
from ._types import (
    Bool,
    Bytes,
    Char,
    Err,
    Flags,
    Float,
    Integer,
    List,
    Ok,
    Option,
    Record,
    Result,
    Signature,
    Some,
    String,
    Tuple,
    Type,
    Variant,
    names_of,
)
from ._wave import Reader, WaveError

__all__ = ["Function", "WaveError", "as_json", "call", "functions", "is_call", "show"]

_CALL = re.compile(r"([A-Za-z%][\w:/@.+%-]*)(\(.*\))\s*", re.DOTALL)


class Function:
    """A function of a plugin: it can be called with Python's values, and says what it takes."""

    def __init__(self, interface: str, function: Callable[..., Any], signature: Signature) -> None:
        self.interface = interface
        self.name = signature.name
        self.params = signature.params
        self.result = signature.result
        self._function = function
        self._text = str(signature)

    def __call__(self, *values: Any) -> Any:
        """Calls it. The error of a `result` is returned, as Err, and not raised."""
        try:
            value = self._function(*values)
        except ResultError as error:
            if not isinstance(self.result, Result):
                raise
            return Err(error.value)
        return Ok(value) if isinstance(self.result, Result) else value

    def __str__(self) -> str:
        return f"{self.interface} {self._text}".lstrip()


def functions(plugin: Plugin) -> list[Function]:
    """The functions that a plugin exports, those of resources aside."""
    return [
        Function(interface, kinds._functions[name], signature)
        for interface, kinds in plugin._interfaces.items()
        for name, signature in kinds._signatures.items()
        if "]" not in name
    ]


def is_call(text: str) -> bool:
    """Whether text looks like a call: a name, and parentheses to its end."""
    return _CALL.fullmatch(text.strip()) is not None


def as_json(kind: Type | None, value: Any) -> str:
    """A value in JSON."""
    return json.dumps(to_json(kind, value), ensure_ascii=False)


def call(plugin: Plugin, text: str, write: Callable[[Type | None, Any], str] | None = None) -> str:
    """Calls what `text` says, such as `pricing.quote({items: []})`; the result in WAVE, empty if there is none.

    `write` writes it in another form, as `as_json` does. Raises WaveError for text that is no call of a function of the plugin.
    """
    written = _CALL.fullmatch(text.strip())
    if not written:
        raise WaveError(f"expected a call, as in `name(…)`, got {text}")
    name = written[1]
    interface, _, short = name.rpartition(".")
    known = functions(plugin)
    named = [function for function in known if function.name == short.replace("%", "")]
    if interface:
        meant = find(interface, [function.interface for function in named])
        named = [function for function in named if function.interface in meant]
    if len(named) != 1:
        names = names_of(f"{short_name(function.interface)}.{function.name}".lstrip(".") for function in known)
        problem = "which is more than one function of" if named else "which is no function of"
        raise WaveError(f"{name}(…), {problem} the component; it exports {names}")
    (function,) = named
    try:
        values = Reader(written[2]).arguments([kind for _, kind in function.params])
    except WaveError as error:
        raise WaveError(f"{name}(…): {error}; it is {function}") from None
    value = function(*values)
    return (write or show)(function.result, value) if function.result else ""


def show(kind: Type | None, value: Any) -> str:
    """A value in WAVE."""
    match kind:
        case Bool():
            return "true" if value else "false"
        case Float():
            return _show_float(value, kind.name == "f32")
        case Char():
            return _quoted(value, "'")
        case String():
            return _quoted(value, '"')
        case List() | Bytes():
            element = kind.element if isinstance(kind, List) else Integer("u8")
            return f"[{', '.join(show(element, item) for item in value)}]"
        case Tuple():
            return f"({', '.join(show(item, inner) for item, inner in zip(kind.items, value, strict=True))})"
        case Record():
            names = zip(kind.wit_names, kind.fields.items(), strict=True)
            return f"{{{', '.join(f'{wit}: {show(item, getattr(value, name))}' for wit, (name, item) in names)}}}"
        case Flags():
            return f"{{{', '.join(name for name in kind.names if name in value)}}}"
        case Variant():
            return str(value.tag) + _show_payload(kind.cases[value.tag], getattr(value, "value", None))
        case Option():
            inner = value.value if isinstance(value, Some) else value
            return "none" if value is None else f"some({show(kind.payload, inner)})"
        case Result():
            item = kind.ok if isinstance(value, Ok) else kind.err
            return ("ok" if isinstance(value, Ok) else "err") + _show_payload(item, value.value)
    return str(value)


def _show_payload(kind: Type | None, value: Any) -> str:
    return f"({show(kind, value)})" if kind else ""


def _quoted(text: str, quote: str) -> str:
    names = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", quote: "\\" + quote}
    inner = "".join(names.get(c) or (c if c >= " " and c != "\x7f" else f"\\u{{{ord(c):x}}}") for c in text)
    return quote + inner + quote


def _show_float(value: float, single: bool) -> str:
    return repr(shortest(value) if single else value).removesuffix(".0")
