from wit_world import exports


def upper(name: str) -> str:
    raise LookupError(f"no upper case of {name}")


class Greeter(exports.Greeter):
    def greet(self, name: str, up: bool) -> str:
        return upper(name) if up else f"Hello, {name}"
