"""What a host gives to a component: objects or mappings with the functions that its interfaces have."""

from collections.abc import Callable, Mapping
from typing import Any

from wasmtime.component import ResourceType

from . import _wire as wire
from ._calls import destructor, imported
from ._compound import names_of
from ._errors import ComponentError
from ._instance import Instance
from ._names import class_name, find, python_name
from ._reflect import InterfaceType, Reflection, Signature

_NOTHING: Any = object()


def link(instance: Instance, types: Reflection, imports: Mapping[str, Any]) -> None:
    """Defines all that the component imports."""
    file = instance.file
    given = {name: _meant(file, name, types) for name in imports}
    for name in [*types.strange_imports, *filter(None, types.imports)]:
        if name not in given.values() and not only_types(types.imports.get(name)):
            what = f"imports {name}, which this host does not provide; it provides {names_of(imports)}"
            raise ComponentError(file, what)
    with instance.linker.root() as root:
        for name, interface in types.imports.items():
            if not name:
                _define(instance, root, interface, imports)
                continue
            source = next((value for key, value in imports.items() if given[key] == name), None)
            with root.add_instance(name) as inner:
                _define(instance, inner, interface, source)


def _meant(file: str, name: str, types: Reflection) -> str | None:
    """The import that a name of the host's means, if the component has such a one."""
    found = find(name, [known for known in types.imports if known])
    if len(found) > 1:
        raise ComponentError(file, f"imports {names_of(found)}; {name} does not say which")
    return found[0] if found else None


def only_types(interface: InterfaceType | None) -> bool:
    """Whether an interface asks for nothing: others use its records and the like."""
    return interface is not None and not interface.functions and not interface.resources


def _define(instance: Instance, linker: Any, interface: InterfaceType, source: Any) -> None:
    for name, resource in interface.resources.items():
        if resource.interface != interface.name:
            continue  # another interface's, which this one uses
        cls = member(source, name)
        resource.host_class = cls if isinstance(cls, type) else None
        has_close = f"[method]{name}.close" in interface.functions
        linker.add_resource(name, ResourceType.host(resource.number), destructor(instance, resource, has_close))
    for signature in interface.functions.values():
        if signature.unsupported:
            reason = f"has {signature.unsupported}, which this host cannot pass"
            raise ComponentError(instance.file, f"its import {interface.name} {signature.name} {reason}")
        callback = imported(instance, interface.name, signature, _target(instance.file, interface, signature, source))
        instance.callbacks.append(callback)
        wire.add_function(linker, signature.name, callback)


def _target(file: str, interface: InterfaceType, signature: Signature, source: Any) -> Callable[..., Any]:
    """The Python function that stands for a function of the interface."""
    kind, _, name = signature.name.rpartition("]")
    resource, _, method = name.partition(".")
    if kind == "[method":
        python = python_name(method)
        return lambda this, *values: getattr(this, python)(*values)
    if kind == "[static":
        source, name = member(source, resource), method
    found: Any = member(source, name)
    if callable(found):
        return found  # type: ignore[no-any-return]
    has = list(source) if isinstance(source, Mapping) else [key for key in dir(source) if not key.startswith("_")]
    where = interface.name or "the world"
    raise ComponentError(
        file, f"imports {name} of {where}, which this host does not provide; it provides {names_of(has)}"
    )


def member(source: Any, name: str) -> Any:
    """A function or class of an object or a mapping, by its name in Python or in WIT."""
    for key in (python_name(name), name, class_name(name)):
        found = source.get(key, _NOTHING) if isinstance(source, Mapping) else getattr(source, key, _NOTHING)
        if found is not _NOTHING:
            return found
    return None
