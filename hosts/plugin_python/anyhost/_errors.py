"""What can be wrong."""


class PluginError(Exception):
    """What is wrong, in one line; the base of the others."""


class ComponentError(PluginError):
    """The file is no component that this host can use."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


class MissingError(ComponentError, AttributeError):
    """The component has no interface or function of that name."""


class TrapError(PluginError):
    """The component trapped."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: trap: {reason}")


class TimeLimitError(TrapError):
    """The component ran longer than it may and was stopped."""


class ResultError(PluginError):
    """A function returned the error of its `result`, which is `value`.

    What a host gives to a component raises it to return the error of a `result`.
    """

    def __init__(self, value: object = None, place: str = "") -> None:
        super().__init__(f"{place}: error: {value}" if place else f"error: {value}")
        self.value = value
