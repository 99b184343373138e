"""Objects of a component's resources, which Python has handles of."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ._instance import Instance


class Handle:
    """An object of a component's resource. `with`, or `close()`, ends it."""

    # The WIT name, and the instance that it belongs to; a class of each resource has them.
    _name: str
    _owner: "Instance"
    # What the engine knows it by.
    _resource: Any

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
        self._owner.drop(self)
