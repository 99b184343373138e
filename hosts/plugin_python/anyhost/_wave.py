"""Reads values that are written in WAVE, by their types."""

import re
from collections.abc import Callable
from typing import Any

from ._types import (
    Bool,
    Bytes,
    Char,
    Enum,
    Err,
    Flags,
    Float,
    Integer,
    List,
    Ok,
    Option,
    Record,
    Result,
    Some,
    String,
    Tuple,
    Type,
    Variant,
)

_SPACE = re.compile(r"(?:\s|//[^\n]*)*")
_LABEL = re.compile(r"%?[A-Za-z][A-Za-z0-9-]*")
_NUMBER = re.compile(r"-?(?:inf|nan|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
_CHARACTER = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}|\\([nrt'\"\\])|([^\\\n])", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class WaveError(ValueError):
    """Text that is no value of its type."""


class Reader:
    """Reads text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def arguments(self, kinds: list[Type]) -> list[Any]:
        """The arguments of a call in their parentheses, to the text's end."""
        values = list(self._items("(", ")", [lambda kind=kind: self.value(kind) for kind in kinds]))
        if len(values) != len(kinds):
            raise WaveError(f"expected {len(kinds)} arguments, got {len(values)}")
        self._end()
        return values

    def value(self, kind: Type) -> Any:
        """A value of a type."""
        match kind:
            case Bool():
                return self._label(kind, ["true", "false"]) == "true"
            case Integer() | Float():
                return self._number(kind)
            case Char() | String():
                return self._quoted("'" if isinstance(kind, Char) else '"', kind)
            case Bytes():
                return bytes(self._items("[", "]", self._byte))
            case List():
                return list(self._items("[", "]", lambda: self.value(kind.element)))
            case Tuple():
                readers = [lambda item=item: self.value(item) for item in kind.items]
                return tuple(self._items("(", ")", readers))
            case Record():
                return self._record(kind)
            case Flags():
                return set(self._items("{", "}", lambda: self._label(kind, kind.names)))
            case Enum():
                return self._label(kind, [str(member) for member in kind.cls])
            case Variant():
                case = self._label(kind, list(kind.cases))
                return {case: self._payload(kind.cases[case])}
            case Option():
                return self._option(kind)
            case Result():
                return self._result(kind)
        raise WaveError(f"a {kind} cannot be written")

    def _option(self, kind: Option) -> Any:
        word = self._peek(_LABEL)
        if word == "none":
            self._take(_LABEL, kind)
            return None
        if word == "some" or isinstance(kind.payload, Option | Result):
            self._label(kind, ["some"])
            value = self._payload(kind.payload)
        else:
            value = self.value(kind.payload)
        return Some(value) if kind.nested else value

    def _result(self, kind: Result) -> Any:
        if self._peek(_LABEL) in ("ok", "err") or kind.ok is None or isinstance(kind.ok, Option | Result):
            ok = self._label(kind, ["ok", "err"]) == "ok"
            return (Ok if ok else Err)(self._payload(kind.ok if ok else kind.err))
        return Ok(self.value(kind.ok))

    def _record(self, kind: Record) -> dict[str, Any]:
        types = dict(zip(kind.wit_names, kind.fields.values(), strict=True))

        def field() -> tuple[str, Any]:
            name = self._label(kind, kind.wit_names)
            self._token(":")
            return name, self.value(types[name])

        # What is optional may be left out.
        left_out = {name: None for name, item in types.items() if isinstance(item, Option)}
        return left_out | dict(self._items("{", "}", field))

    def _payload(self, kind: Type | None) -> Any:
        if kind is None:
            return None
        self._token("(")
        value = self.value(kind)
        self._token(")")
        return value

    def _items(self, start: str, end: str, read: Callable[[], Any] | list[Any]) -> Any:
        """Items between two marks, with commas between them."""
        self._token(start)
        number = 0
        while not self._found(end):
            if isinstance(read, list) and number == len(read):
                raise self._error(f"`{end}` after {number} values")
            yield read[number]() if isinstance(read, list) else read()
            number += 1
            if not self._found(","):
                self._token(end)
                break

    def _byte(self) -> int:
        value = self._number(Integer("u8"))
        if not 0 <= value <= 255:
            raise WaveError(f"expected u8, got {value}")
        return int(value)

    def _number(self, kind: Type) -> Any:
        text = self._take(_NUMBER, kind)
        try:
            return int(text) if isinstance(kind, Integer) else float(text)
        except ValueError:
            raise WaveError(f"expected {kind}, got {text}") from None

    def _quoted(self, quote: str, kind: Type) -> str:
        self._token(quote)
        text = ""
        while not self.text.startswith(quote, self.at):
            found = _CHARACTER.match(self.text, self.at)
            if not found:
                raise self._error(f"the end of a {kind}, {quote}")
            self.at = found.end()
            code, escape, plain = found.groups()
            if code and int(code, 16) > 0x10FFFF:
                raise WaveError(f"expected a character, got {found[0]}")
            text += chr(int(code, 16)) if code else plain or _ESCAPES.get(escape, escape)
        self.at += 1
        return text

    def _label(self, kind: Type, known: list[str]) -> str:
        label = self._take(_LABEL, kind).removeprefix("%")
        if label not in known:
            raise WaveError(f"expected {kind}, one of {', '.join(known)}; got {label}")
        return label

    def _peek(self, pattern: re.Pattern[str]) -> str | None:
        self._skip()
        found = pattern.match(self.text, self.at)
        return found[0] if found else None

    def _take(self, pattern: re.Pattern[str], kind: Type) -> str:
        found = self._peek(pattern)
        if not found:
            raise self._error(f"{kind}")
        self.at += len(found)
        return found

    def _found(self, mark: str) -> bool:
        self._skip()
        found = self.text.startswith(mark, self.at)
        self.at += len(mark) if found else 0
        return found

    def _token(self, mark: str) -> None:
        if not self._found(mark):
            raise self._error(f"`{mark}`")

    def _end(self) -> None:
        self._skip()
        if self.at < len(self.text):
            raise self._error("nothing more")

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _error(self, expected: str) -> WaveError:
        rest = self.text[self.at : self.at + 20]
        return WaveError(f"expected {expected}, got {f'`{rest}`' if rest else 'the end'}")
