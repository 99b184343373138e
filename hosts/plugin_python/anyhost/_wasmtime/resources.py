"""Resources: those of a component, which Python has handles of, and those of the host, which a component has handles of."""

from typing import Any, TypeAlias

from wasmtime.component import ResourceAny, ResourceHost

from .. import _handle
from .. import _types as types
from .._errors import PluginError
from . import wire
from .values import Type, wrong_type
from .wire import Slot

# Its instance is of `instance.py`, which needs this module.
Owner: TypeAlias = Any


class Handle(_handle.Handle):
    """An object of a component's resource."""

    _owner: Owner
    _resource: ResourceAny | None
    _generation: int

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


class _Handled(Type):
    """`own<…>` and `borrow<…>`."""

    resource: types.Resource
    own: bool

    @property
    def owner(self) -> Owner:
        """The instance whose handles these are."""
        # Not held: it holds the types.
        return self.resource.owner

    def lower(self, value: Any, slot: Slot) -> None:
        resource = self.resource
        if not resource.host:
            self._lower_handle(value, slot)
            return
        if resource.host_class and not isinstance(value, resource.host_class):
            raise wrong_type(f"{self.name} ({resource.host_class.__name__})", value)
        number = self.owner.keep(value)
        make = ResourceHost.own if self.own else ResourceHost.borrow
        handle = make(number, resource.number).to_any(self.owner.store)
        wire.put_resource(slot, handle)
        self.owner.lent.append((number, handle, self.own))

    def _lower_handle(self, value: Any, slot: Slot) -> None:
        resource, owner = self.resource, self.owner
        if not isinstance(value, resource.cls):
            raise wrong_type(self.name, value)
        wire.put_resource(slot, value._use())
        if value in owner.given or (self.own and value in owner.used):
            raise PluginError(f"{owner.file}: the {resource.name} is given away, and used again in one call")
        (owner.given if self.own else owner.used).append(value)

    def lift(self, slot: Slot) -> Any:
        handle = wire.get_resource(slot)
        owner = self.owner
        if not self.resource.host:
            wrapped = object.__new__(self.resource.cls)
            wrapped._resource = handle
            wrapped._generation = owner.generation
            return wrapped
        number = handle.to_host(owner.store).rep
        return owner.take(number) if self.own else owner.kept[number]


class Own(types.Own, _Handled):
    """`own<…>`."""

    own = True


class Borrow(types.Borrow, _Handled):
    """`borrow<…>`."""

    own = False
