"""Resources: those of a component, which Python has handles of, and those of the host, which a component has handles of."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from wasmtime.component import ResourceAny, ResourceHost

from . import _wire as wire
from ._errors import PluginError
from ._names import class_name
from ._values import Type, wrong_type
from ._wire import Slot

if TYPE_CHECKING:
    from ._instance import Instance


class Handle:
    """An object of a component's resource. `with`, or `close()`, ends it."""

    # The WIT name, and the instance that it belongs to; a class of each resource has them.
    _name: str
    _owner: "Instance"
    _resource: ResourceAny | None
    _generation: int

    def close(self) -> None:
        """Ends the object. Closing it again does nothing."""
        self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._drop()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._owner.file}>"

    def _drop(self) -> None:
        resource, self._resource = self._resource, None
        if resource is not None:
            self._owner.drop(resource, self._generation)

    def __del__(self) -> None:
        # Nobody knows in which thread and in the midst of what: the next call drops it.
        resource = getattr(self, "_resource", None)
        if resource is not None:
            self._owner.dropped.append((resource, self._generation))

    def _use(self) -> ResourceAny:
        """The engine's handle, for a call."""
        if self._resource is None:
            raise PluginError(f"{self._owner.file}: the {self._name} is closed, or was given away")
        if self._generation != self._owner.generation:
            raise PluginError(f"{self._owner.file}: the {self._name} was lost with its instance, which failed")
        return self._resource


class Resource:
    """A type of resources."""

    def __init__(self, interface: str, name: str, host: bool, number: int) -> None:
        self.interface = interface
        self.name = name
        self.host = host
        self.number = number
        # Of a component's resource: what handles are instances of.
        self.cls: Any = type(class_name(name), (Handle,), {"_name": name})
        # Of a host's resource: what objects are instances of, as far as the host says so.
        self.host_class: type | None = None
        self.owner: Instance | None = None

    def wrap(self, resource: ResourceAny) -> Any:
        """A handle that the component gave away."""
        assert self.owner is not None, "there is an instance"
        handle = object.__new__(self.cls)
        handle._resource = resource
        handle._generation = self.owner.generation
        return handle


class _Handled(Type):
    """`own<…>` and `borrow<…>`."""

    handles = True
    word: str
    own: bool

    def __init__(self, resource: Resource) -> None:
        self.name = f"{self.word}<{resource.name}>"
        self.resource = resource

    @property
    def owner(self) -> "Instance":
        """The instance whose handles these are."""
        # Not held: it holds the types.
        owner = self.resource.owner
        assert owner is not None, "there is an instance"
        return owner

    def lower(self, value: Any, slot: Slot) -> None:
        resource = self.resource
        if not resource.host:
            if not isinstance(value, resource.cls):
                raise wrong_type(self.name, value)
            wire.put_resource(slot, value._use())
            if self.own:
                if value in self.owner.given:
                    raise PluginError(f"{self.owner.file}: the {resource.name} is given away twice in one call")
                self.owner.given.append(value)
            return
        if resource.host_class and not isinstance(value, resource.host_class):
            raise wrong_type(f"{self.name} ({resource.host_class.__name__})", value)
        number = self.owner.keep(value)
        make = ResourceHost.own if self.own else ResourceHost.borrow
        handle = make(number, resource.number).to_any(self.owner.store)
        wire.put_resource(slot, handle)
        self.owner.lent.append((number, handle, self.own))

    def lift(self, slot: Slot) -> Any:
        handle = wire.get_resource(slot)
        if not self.resource.host:
            return self.resource.wrap(handle)
        number = handle.to_host(self.owner.store).rep
        return self.owner.take(number) if self.own else self.owner.kept[number]


class Own(_Handled):
    """`own<…>`: whoever has it ends it."""

    word = "own"
    own = True


class Borrow(_Handled):
    """`borrow<…>`: for the time of a call."""

    word = "borrow"
    own = False
