"""An open plugin, and the interfaces that it exports."""

import inspect
import os
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self

from . import _engines, _options, _wasi
from ._calls import exported
from ._errors import MissingError, PluginError
from ._imports import resolve
from ._instance import Instance
from ._names import class_name, find, python_name, short_name
from ._stack import stack
from ._types import InterfaceType, Types, names_of


class Interface:
    """An interface that a plugin exports: its functions, its resources' classes and its types as attributes.

    Names are Python's: the function `line-total` is `line_total`, the record `line-item` is `LineItem`.
    """

    def __init__(self, instance: Instance, kind: InterfaceType) -> None:
        self._file = instance.file
        self._name = kind.name
        # All functions by their names in WIT, such as `[method]session.total`.
        self._functions: dict[str, Callable[..., Any]] = {}
        # Their types, by the same names.
        self._signatures = kind.functions
        members: dict[str, Any] = {class_name(name): cls for name, cls in kind.types.items()}
        for name, resource in kind.resources.items():
            if not resource.host:
                members[class_name(name)] = members[python_name(name)] = resource.cls
        for name, signature in kind.functions.items():
            function = exported(instance, kind.name, signature)
            self._functions[name] = function
            word, _, rest = name.rpartition("]")
            owner, _, method = rest.partition(".")
            if not word:
                members[python_name(name)] = function
            elif word == "[constructor":
                _construct(kind.resources[owner].cls, function)
            else:
                attribute = staticmethod(function) if word == "[static" else function
                setattr(kind.resources[owner].cls, python_name(method), attribute)
        self.__dict__.update(members)
        self._members = sorted(members)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        reason = f"{self._name or 'the component'} has no {name}; it has {names_of(self._members)}"
        raise MissingError(self._file, reason)

    def __dir__(self) -> list[str]:
        return self._members

    def __repr__(self) -> str:
        return f"<interface {self._name} of {self._file}>"


class Plugin:
    """A WebAssembly component, opened.

    The component is given `imports`: for each interface that it imports, by its
    short or its full name, an object or a mapping with the functions of that
    interface. What else it imports of WASI 0.2 it has with what `wasi` grants, see
    `anyhost.Wasi`; by default clocks and random numbers, and the lines that it prints
    go to the logger `anyhost.guest`. "none" refuses a component that imports WASI.

    Each of its memories grows to `max_memory` bytes
    at most, and each call is stopped after `timeout` seconds (and at most a tenth
    of that later; less than 20 ms count as 20 ms); None sets no limit. What the
    functions in `imports` take is not bounded.

    The interfaces that it exports are attributes, by their short names, and items,
    by their short or their full names. So are functions of the world itself.

    `aot` names a file that `python -m anyhost.aot` made of the same component: its
    machine code, which is run unchecked. Only those whom you trust may be able to
    write it. When it does not fit, the component is compiled, with a warning.

    `engine` is the package that runs the component: "wasmtime", or "native", which is
    the extension anyhost_native. None leaves it to the variable ANYHOST_ENGINE of the
    environment, and to "wasmtime" where that is not set.

    A call that fails with TrapError, or because a function in `imports` raised,
    leaves the instance unusable. The next call runs in a fresh one.

    Threads may share a plugin: its calls happen one after the other. Plugins of
    their own run at the same time, as Python waits for none of them.

    Raises ComponentError if the file cannot be used.
    """

    def __init__(
        self,
        component: str | os.PathLike[str],
        *,
        imports: Mapping[str, Any] = MappingProxyType({}),
        max_memory: int = 64 << 20,
        timeout: float | None = 10.0,
        wasi: _wasi.Granted = MappingProxyType({}),
        aot: str | os.PathLike[str] | None = None,
        engine: _engines.Name | None = None,
    ) -> None:
        file = _options.file("component", component)
        code = None if aot is None else _options.code(aot)
        given = _options.imports(imports)
        memory = _options.max_memory(max_memory)
        limit = _options.timeout(timeout)
        grants = _wasi.grants(wasi)
        if problem := stack.check():
            raise PluginError(f"{file}: {problem}")
        self._instance = _engines.find(engine).Instance(file, code)
        if self._instance.note:
            warnings.warn(self._instance.note, RuntimeWarning, stacklevel=2)
        types = self._instance.types
        found = resolve(file, types, self._give(types, given), grants is not None)
        self._instance.link(found, memory, limit, grants)
        try:
            self._interfaces = {name: Interface(self._instance, kind) for name, kind in types.exports.items()}
            self._instance.instantiate()
        except BaseException:
            self._instance.abandon()
            raise
        self._show_members()

    @property
    def interfaces(self) -> tuple[str, ...]:
        """The full names of the interfaces that the component exports."""
        return tuple(name for name in self._interfaces if name)

    def close(self) -> None:
        """Frees the instance and all its memory; `with` does so at its end."""
        self._instance.close()

    def __getitem__(self, name: str) -> Any:
        found = find(name, list(self.interfaces))
        if len(found) == 1:
            return self._interfaces[found[0]]
        if found:
            raise MissingError(self._instance.file, f"exports {names_of(found)}; {name} does not say which")
        if name in self._world():
            return getattr(self._interfaces[""], name)
        exports = names_of([*self.interfaces, *self._world()])
        raise MissingError(self._instance.file, f"does not export {name}; it exports {exports}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __dir__(self) -> list[str]:
        return ["close", "interfaces", *(python_name(short_name(name)) for name in self.interfaces), *self._world()]

    def __repr__(self) -> str:
        return f"<plugin {self._instance.file}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _give(self, _types: Types, imports: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the component is given; anyhost.testing makes it from the types."""
        return imports

    def _world(self) -> list[str]:
        world = self._interfaces.get("")
        return dir(world) if world else []

    def _show_members(self) -> None:
        """Makes attributes of what has an unambiguous name that this class does not use."""
        world = self._interfaces.get("")
        members = {name: getattr(world, name) for name in self._world()}
        for name in self.interfaces:
            short = python_name(short_name(name))
            if len(find(short, list(self.interfaces))) == 1:
                members[short] = self._interfaces[name]
        self.__dict__.update({name: value for name, value in members.items() if not hasattr(type(self), name)})


def _construct(cls: Any, function: Callable[..., Any]) -> None:
    """Makes `function` what calling the class of a resource does."""
    cls.__new__ = lambda _cls, *values, **keywords: function(*values, **keywords)
    cls.__signature__ = inspect.signature(function)
