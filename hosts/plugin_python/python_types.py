"""Writes a world's types for Python's type checkers: `python_types JSON WORLD --stub FILE.pyi --module FILE.py`.

JSON is what `wasm-tools component wit --json` says of the world's package. The stub has a class for each type, interface
and resource, and a function that opens a plugin with them. The module has that function alone: the classes themselves are
made when a component is opened.
"""

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anyhost._names import class_name, python_name

SCALARS = {"bool": "bool", "char": "str", "string": "str", "f32": "float", "f64": "float"}
HEADER = '''"""Types of the world {world}: for type checkers, as the classes are made when a component is opened."""

import os
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from types import TracebackType
from typing import Any, ClassVar, Literal, Protocol, Self, TypedDict

from anyhost import Err, Ok, Some
'''
# What every plugin and every object of a resource has.
CLOSING = [
    "def close(self) -> None: ...",
    "def __enter__(self) -> Self: ...",
    "def __exit__(",
    "    self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None",
    ") -> None: ...",
]


class World:
    """A world of a package."""

    def __init__(self, document: dict[str, Any], name: str) -> None:
        self.document = document
        found = [world for world in document["worlds"] if world["name"] == name]
        if not found:
            known = ", ".join(world["name"] for world in document["worlds"]) or "none"
            raise ValueError(f"the package has no world {name}; it has {known}")
        self.world = found[0]
        self.name = name
        self.imports = [self.interface(item) for item in self.world["imports"].values() if "interface" in item]
        self.exports = [self.interface(item) for item in self.world["exports"].values() if "interface" in item]
        self.classes: dict[int, str] = {}
        # In an interface, whose attributes have the names of the classes, these have a _ before them.
        self.prefix = ""
        for index in [self.root(index) for group in self.imports + self.exports for index in group["types"].values()]:
            if isinstance(index, int) and index not in self.classes:
                self.classes[index] = self.free_name(index)

    def interface(self, item: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.document["interfaces"][item["interface"]["id"]]
        return found

    def root(self, kind: Any) -> Any:
        """A type without other names for it."""
        while isinstance(kind, int) and "type" in self.kind(kind):
            kind = self.kind(kind)["type"]
        return kind

    def kind(self, index: int) -> Any:
        kind = self.document["types"][index]["kind"]
        return {"resource": None} if kind == "resource" else kind

    def free_name(self, index: int) -> str:
        item = self.document["types"][index]
        name = class_name(item["name"])
        owner: int = item["owner"]["interface"]
        taken = name in self.classes.values()
        return class_name(self.document["interfaces"][owner]["name"]) + name if taken else name

    def class_of(self, index: int) -> str:
        return self.prefix + self.classes[index]

    def type(self, kind: Any, into: bool) -> str:
        """A type, of what goes into a component or comes out of it."""
        kind = self.root(kind)
        if isinstance(kind, str):
            return SCALARS.get(kind, "int")
        ((word, inner),) = self.kind(kind).items()
        match word:
            case "list":
                if self.root(inner) == "u8":
                    return "bytes | bytearray | memoryview" if into else "bytes"
                return f"{'Sequence' if into else 'list'}[{self.type(inner, into)}]"
            case "tuple":
                return f"tuple[{', '.join(self.type(item, into) for item in inner['types']) or '()'}]"
            case "option":
                payload = self.type(inner, into)
                root = self.root(inner)
                nested = isinstance(root, int) and "option" in self.kind(root)
                return f"Some[{payload}] | None" if nested else f"{payload} | None"
            case "result":
                return f"Ok[{self.payload(inner['ok'], into)}] | Err[{self.payload(inner['err'], into)}]"
            case "handle":
                return self.class_of(self.root(next(iter(inner.values()))))
            case "flags":
                return f"{'AbstractSet' if into else 'frozenset'}[{self.class_of(kind)}]"
            case "enum":
                names = [case["name"] for case in inner["cases"]]
                return f"{self.class_of(kind)} | {literal(names)}" if into else self.class_of(kind)
            case "variant":
                names = [case["name"] for case in inner["cases"] if case["type"] is None]
                return f"{self.class_of(kind)} | {literal(names)}" if into and names else self.class_of(kind)
            case "record" | "resource":
                return self.class_of(kind)
        return "Any"

    def payload(self, kind: Any, into: bool) -> str:
        return "None" if kind is None else self.type(kind, into)

    def returned(self, kind: Any, into: bool) -> str:
        """What a function returns: the error of a result is raised."""
        root = self.root(kind)
        if isinstance(root, int) and "result" in self.kind(root):
            return self.payload(self.kind(root)["result"]["ok"], into)
        return self.payload(kind, into)

    def function(self, function: dict[str, Any], host: bool) -> list[str]:
        """A function or a method."""
        kind = function["kind"]
        word = kind if isinstance(kind, str) else next(iter(kind))
        name = python_name(function["name"].rpartition("]")[2].rpartition(".")[2])
        params = function["params"][1:] if word == "method" else function["params"]
        shown = [f"{python_name(param['name'])}: {self.type(param['type'], into=not host)}" for param in params]
        first = [] if word == "static" else ["self"]
        # The host's functions are called by position.
        last = ["/"] if host and shown else []
        result = self.returned(function.get("result"), into=host)
        if word == "constructor":
            name, result = "__init__", "None"
        lines = ["@staticmethod"] if word == "static" else []
        lines += [f"def {name}({', '.join(first + shown + last)}) -> {result}:", *body(function)]
        return lines

    def functions(self, group: dict[str, Any], resource: int | None, host: bool) -> Iterator[str]:
        """The functions of an interface, or those of one of its resources."""
        for function in group["functions"].values():
            kind = function["kind"]
            owner = None if isinstance(kind, str) else self.root(next(iter(kind.values())))
            if owner == resource:
                yield from self.function(function, host)

    def lines(self) -> Iterator[str]:
        """The stub."""
        yield HEADER.format(world=self.name)
        for index, name in self.classes.items():
            yield from self.type_class(index, name)
            yield f"_{name} = {name}\n"
        for group in self.imports:
            if group["functions"]:
                yield from self.interface_class(group, f"{class_name(group['name'])}Host", "(Protocol)", host=True)
        for group in self.exports:
            yield from self.interface_class(group, f"{class_name(group['name'])}Interface", "", host=False)
        yield from self.plugin_class()

    def type_class(self, index: int, name: str) -> Iterator[str]:
        ((word, inner),) = self.kind(index).items()
        item = self.document["types"][index]
        match word:
            case "record":
                fields = [(python_name(field["name"]), field) for field in inner["fields"]]
                init = ", ".join(f"{field}: {self.type(kind['type'], into=True)}" for field, kind in fields)
                lines = [f"__match_args__ = ({''.join(f'{field!r}, ' for field, _ in fields)})"]
                lines += [f"def __init__(self, {init}) -> None: ..."]
                for field, kind in fields:
                    lines += ["@property", f"def {field}(self) -> {self.type(kind['type'], into=False)}:", *body(kind)]
                yield from block(f"class {name}:", item, lines)
            case "variant":
                cases = [(class_name(case["name"]), case["type"]) for case in inner["cases"]]
                own = [f"{case}: ClassVar[type[{name}{case}]]" for case, _ in cases]
                yield from block(f"class {name}:", item, ["@property", "def tag(self) -> str: ...", *own])
                for case, payload in cases:
                    lines = []
                    if payload is not None:
                        lines = ['__match_args__ = ("value",)']
                        lines += [f"def __init__(self, value: {self.type(payload, into=True)}) -> None: ..."]
                        lines += ["@property", f"def value(self) -> {self.type(payload, into=False)}: ..."]
                    yield from block(f"class {name}{case}({name}):", {}, lines)
            case "enum":
                members = [case["name"] for case in inner["cases"]]
                lines = [f"{member.replace('-', '_').upper()} = {member!r}" for member in members]
                yield from block(f"class {name}(StrEnum):", item, lines)
            case "flags":
                yield f"{name} = {literal([flag['name'] for flag in inner['flags']])}"
            case "resource":
                group = self.document["interfaces"][item["owner"]["interface"]]
                host = group not in self.exports
                lines = list(self.functions(group, index, host))
                if not host:
                    lines += CLOSING
                yield from block(f"class {name}{'(Protocol)' if host else ''}:", item, lines)
            case _:
                yield f"{name} = {self.type(index, into=False)}"

    def interface_class(self, group: dict[str, Any], name: str, base: str, host: bool) -> Iterator[str]:
        lines, self.prefix = [], "_"
        for wit, index in group["types"].items():
            root = self.root(index)
            word = next(iter(self.kind(root))) if isinstance(root, int) else ""
            if host and word == "resource" and root == index:
                lines += ["@property", f"def {python_name(wit)}(self) -> type[{self.class_of(root)}]: ..."]
            elif not host and word in ("record", "variant", "enum", "resource"):
                lines.append(f"{class_name(wit)}: type[{self.class_of(root)}]")
                if word == "resource":
                    lines.append(f"{python_name(wit)}: type[{self.class_of(root)}]")
        lines += self.functions(group, None, host)
        self.prefix = ""
        yield from block(f"class {name}{base}:", group, lines)

    def plugin_class(self) -> Iterator[str]:
        world = class_name(self.name)
        given = [(python_name(group["name"]), group) for group in self.imports if group["functions"]]
        hosts = [f"{name}: {class_name(group['name'])}Host | Mapping[str, Callable[..., Any]]" for name, group in given]
        imports = "imports: Mapping[str, Any] = ..."
        if hosts:
            yield from block(f"class {world}Imports(TypedDict):", {}, hosts)
            imports = f"imports: {world}Imports"
        lines = []
        for group in self.exports:
            name = group["name"]
            lines += ["@property", f"def {python_name(name)}(self) -> {class_name(name)}Interface: ..."]
        for item in self.world["exports"].values():
            lines += self.function(item["function"], host=False) if "function" in item else []
        yield from block(f"class {world}:", self.world, lines + CLOSING)
        path = "str | os.PathLike[str]"
        bounds = f"max_memory: int = ..., timeout: float | None = ..., aot: {path} | None = ..."
        yield f"def open_{python_name(self.name)}(component: {path}, *, {imports}, {bounds}) -> {world}: ..."


def literal(names: list[str]) -> str:
    return f"Literal[{', '.join(map(repr, names))}]"


def body(item: dict[str, Any]) -> list[str]:
    """What a function has in it: what WIT says of it."""
    text = item.get("docs", {}).get("contents")
    return [textwrap.indent(docstring(text) if text else "...", "    ")]


def docstring(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{plain}\n"""' if plain.endswith('"') or "\n" in plain else f'"""{plain}"""'


def block(head: str, item: dict[str, Any], lines: list[str]) -> Iterator[str]:
    """A class with its lines."""
    text = item.get("docs", {}).get("contents")
    inside = ([docstring(text)] if text else []) + lines
    yield head
    yield textwrap.indent("\n".join(inside) or "...", "    ")
    yield ""


def main() -> int:
    """Runs the program."""
    parser = argparse.ArgumentParser(prog="python_types", description=__doc__, allow_abbrev=False)
    parser.add_argument("document", metavar="JSON", help="the package, from `wasm-tools component wit --json`")
    parser.add_argument("world", metavar="WORLD", help="the world's name")
    parser.add_argument("--stub", metavar="FILE", required=True, help="the stub to write")
    parser.add_argument("--module", metavar="FILE", required=True, help="the module to write")
    args = parser.parse_args()
    try:
        world = World(json.loads(Path(args.document).read_text(encoding="utf-8")), args.world)
        Path(args.stub).write_text("\n".join(world.lines()) + "\n", encoding="utf-8")
        function = f"open_{python_name(args.world)}"
        module = f'"""Opens plugins of the world {args.world}."""\n\nfrom anyhost import Plugin as {function}\n'
        Path(args.module).write_text(f'{module}\n__all__ = ["{function}"]\n', encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
