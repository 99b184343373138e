"""What a host gives to a component: objects or mappings with the functions that its interfaces have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ._errors import ComponentError
from ._names import class_name, find, python_name
from ._types import InterfaceType, Resource, Signature, Types, names_of
from ._wasi import is_wasi

_NOTHING: Any = object()


@dataclass
class Given:
    """What is given of an interface."""

    # The Python function for each function, in order.
    functions: list[tuple[Signature, Callable[..., Any]]] = field(default_factory=list)
    # Its own resources by each of their names there, and whether each has a `close` of the contract's.
    resources: list[tuple[str, Resource, bool]] = field(default_factory=list)


def resolve(file: str, types: Types, imports: Mapping[str, Any], wasi: bool) -> dict[str, Given]:
    """Finds all that the component imports, but for what it has of WASI."""
    given = {name: _meant(file, name, types) for name in imports}
    of_wasi = {name for name in types.imports if wasi and is_wasi(name) and name not in given.values()}
    for name in [*types.strange_imports, *filter(None, types.imports)]:
        kind = types.imports.get(name)
        if name not in of_wasi and name not in given.values() and not (kind and kind.only_types):
            what = f"imports {name}, which this host does not provide; it provides {names_of(imports)}"
            raise ComponentError(file, what)
    found = {}
    for name, interface in types.imports.items():
        if name in of_wasi:
            continue
        source = next((value for key, value in imports.items() if given[key] == name), None) if name else imports
        found[name] = of_interface(file, interface, source)
    return found


def of_interface(file: str, interface: InterfaceType, source: Any) -> Given:
    """What `source` gives of an interface."""
    given = Given()
    for name, resource in interface.resources.items():
        if resource.interface != interface.name:
            continue  # another interface's, which this one uses
        cls = member(source, name)
        resource.host_class = cls if isinstance(cls, type) else None
        given.resources.append((name, resource, f"[method]{name}.close" in interface.functions))
    for signature in interface.functions.values():
        if signature.unsupported:
            reason = f"has {signature.unsupported}, which this host cannot pass"
            raise ComponentError(file, f"its import {interface.name} {signature.name} {reason}")
        given.functions.append((signature, _target(file, interface, signature, source)))
    return given


def _meant(file: str, name: str, types: Types) -> str | None:
    """The import that a name of the host's means, if the component has such a one."""
    found = find(name, [known for known in types.imports if known])
    if len(found) > 1:
        raise ComponentError(file, f"imports {names_of(found)}; {name} does not say which")
    return found[0] if found else None


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
