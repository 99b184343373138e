"""Names of WIT as Python has them."""

import keyword


def python_name(name: str) -> str:
    """A function's, a parameter's or a field's: `line-items` is `line_items`, `from` is `from_`."""
    snake = name.replace("-", "_").lower()
    return snake + "_" if keyword.iskeyword(snake) else snake


def class_name(name: str) -> str:
    """A type's or a case's: `line-item` is `LineItem`, `none` is `None_`."""
    pascal = "".join(word.capitalize() for word in name.split("-"))
    return pascal + "_" if keyword.iskeyword(pascal) else pascal


def short_name(name: str) -> str:
    """An interface's name without its package and version: that of `anyhost:hello/greeter@1.0.0` is `greeter`."""
    return name.partition("@")[0].rpartition("/")[2]


def find(name: str, known: list[str]) -> list[str]:
    """The full names that `name` may mean: it is one, or what is left of one without version and package."""
    if name in known:
        return [name]
    return [full for full in known if name in (full.partition("@")[0], short_name(full), python_name(short_name(full)))]
