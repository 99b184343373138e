"""What can be wrong."""


class GreeterError(Exception):
    """What is wrong, in one line that names the component's file."""


class ComponentError(GreeterError):
    """The file is no component that this host can run."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


class TrapError(GreeterError):
    """The component trapped."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: trap: {reason}")


class TimeLimitError(TrapError):
    """The component ran longer than it may and was stopped."""
