"""The plugin in Python."""

from wit_world import exports


class Greeter(exports.Greeter):
    """The interface `greeter`."""

    def greet(self, name: str, up: bool) -> str:
        greeting = f"Hello, {name}"
        return greeting.upper() if up else greeting
