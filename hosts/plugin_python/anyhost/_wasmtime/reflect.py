"""What a component exports and imports, as its types say."""

from collections.abc import Mapping
from typing import Any

from wasmtime import Engine, component

from .. import _types as types
from .._types import InterfaceType, Resource, Signature, Types
from . import wire
from .compound import Enum, Flags, List, Option, Record, Result, Tuple, Variant
from .resources import Borrow, Handle, Own
from .values import Bool, Bytes, Char, Float, Integer, String, Type

_SCALARS: dict[type, Type] = {
    component.Bool: Bool(),
    component.Char: Char(),
    component.String: String(),
    component.F32: Float("f32"),
    component.F64: Float("f64"),
    **{
        getattr(component, name): Integer(name.lower())
        for name in ["S8", "S16", "S32", "S64", "U8", "U16", "U32", "U64"]
    },
}


# What the package `wasmtime` cannot pass, by the names of its classes.
_UNSUPPORTED = {
    "ErrorContextType": "an error-context",
    "FixedLengthListType": "a list of fixed length",
    "FutureType": "a future",
    "MapType": "a map",
    "StreamType": "a stream",
}


class UnsupportedError(Exception):
    """A type that the package `wasmtime` cannot pass, such as a stream."""


def reflect(engine: Engine, compiled: component.Component) -> Types:
    """The types of a component."""
    reader = _Reader(engine)
    imports = reader.read(compiled.type.imports(engine), host=True)
    return Types(imports, reader.read(compiled.type.exports(engine), host=False), reader.strange_imports)


class _Reader:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._resources: list[tuple[component.ResourceType, Resource]] = []
        # Named types by their fields or cases: the engine has one type for all that are alike.
        self._named: list[tuple[component.ValType, str, Type | None]] = []
        # Imports that are no interfaces and no functions.
        self.strange_imports: list[str] = []

    def read(self, items: Mapping[str, component._types.ComponentExtern], host: bool) -> dict[str, InterfaceType]:
        """Interfaces by their names."""
        world: dict[str, Any] = {}
        groups = {"": world}
        for name, item in items.items():
            kind = item.ty
            if isinstance(kind, component.ComponentInstanceType):
                groups[name] = {key: inner.ty for key, inner in kind.exports(self._engine).items()}
            elif isinstance(kind, component.ComponentType | component.ModuleType):
                if host:
                    self.strange_imports.append(name)
            else:
                world[name] = kind
        for name, group in groups.items():
            self._name_types(name, group, host)
        return {name: self._interface(name, group) for name, group in groups.items() if name or group}

    def _name_types(self, interface: str, items: Mapping[str, Any], host: bool) -> None:
        for name, kind in items.items():
            if isinstance(kind, component.ResourceType):
                if self._resource(kind) is None:
                    self._resources.append((kind, Resource(interface, name, host, len(self._resources), Handle)))
            elif isinstance(kind, component.ValType):
                self._named.append((kind, name, None))

    def _interface(self, interface: str, items: Mapping[str, Any]) -> InterfaceType:
        result = InterfaceType(interface)
        for name, kind in items.items():
            if isinstance(kind, component.FuncType):
                result.functions[name] = self._signature(name, kind)
            elif isinstance(kind, component.ResourceType):
                resource = self._resource(kind)
                assert resource is not None, "it was read before"
                result.resources[name] = resource
            elif isinstance(kind, component.RecordType | component.VariantType | component.EnumType):
                try:
                    result.types[name] = self.convert(kind).cls  # type: ignore[attr-defined]
                except UnsupportedError:
                    continue  # whatever uses it says so
        return result

    def _signature(self, name: str, kind: component.FuncType) -> Signature:
        try:
            if wire.is_async(kind):
                raise UnsupportedError("an async function")
            params: list[tuple[str, types.Type]] = [(param, self.convert(item)) for param, item in kind.params]
            result = kind.result
            return Signature(name, params, self.convert(result) if result else None)
        except UnsupportedError as error:
            return Signature(name, unsupported=str(error))
        except TypeError:  # a type that is newer than the package
            return Signature(name, unsupported="a type that the engine's package does not know")

    def _resource(self, kind: component.ResourceType) -> Resource | None:
        return next((resource for known, resource in self._resources if known == kind), None)

    def convert(self, kind: component.ValType) -> Type:
        """The type of values that an engine's type is."""
        if scalar := _SCALARS.get(type(kind)):
            return scalar
        match kind:
            case component.ListType():
                element = self.convert(kind.element)
                return Bytes() if element.name == "u8" else List(element)
            case component.TupleType():
                return Tuple([self.convert(item) for item in kind.elements])
            case component.OptionType():
                return Option(self.convert(kind.payload))
            case component.ResultType():
                return Result(*[self.convert(item) if item else None for item in (kind.ok, kind.err)])
            case component.OwnType() | component.BorrowType():
                resource = self._resource(kind.ty)
                if resource is None:
                    raise UnsupportedError("a resource that no interface names")
                return Own(resource) if isinstance(kind, component.OwnType) else Borrow(resource)
            case component.RecordType() | component.VariantType() | component.EnumType() | component.FlagsType():
                return self._named_type(kind)
        raise UnsupportedError(_UNSUPPORTED.get(type(kind).__name__, "a type that the engine's package does not know"))

    def _named_type(self, kind: component.ValType) -> Type:
        for index, (known, name, converted) in enumerate(self._named):
            if type(known) is type(kind) and known == kind:
                if converted is None:
                    converted = self._compound(name, kind)
                    self._named[index] = (known, name, converted)
                return converted
        converted = self._compound(type(kind).__name__.removesuffix("Type").lower(), kind)
        self._named.append((kind, converted.name, converted))
        return converted

    def _compound(self, name: str, kind: Any) -> Type:
        match kind:
            case component.RecordType():
                return Record(name, [(field, self.convert(item)) for field, item in kind.fields])
            case component.VariantType():
                return Variant(name, [(case, self.convert(item) if item else None) for case, item in kind.cases])
            case component.EnumType():
                return Enum(name, kind.names)
        return Flags(name, kind.names)
