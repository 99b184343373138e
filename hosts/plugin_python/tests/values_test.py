"""Values of every type: what goes in, what comes out, and what is refused before anything enters the component."""

import math
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from anyhost import Err, Ok, Plugin, ResultError

COMPONENT = os.environ["VALUES_COMPONENT"]


@pytest.fixture(scope="module")
def plugin() -> Iterator[Any]:
    """The component, whose host gives back what it gets."""
    with Plugin(COMPONENT, imports={"host": {"relay": lambda value: value, "act": lambda: None}}) as plugin:
        yield plugin


@pytest.fixture
def echo(plugin: Any) -> Any:
    """The interface that gives back what it gets."""
    return plugin.echo


def everything(echo: Any) -> dict[str, Any]:
    """A value of each type."""
    return {
        "a_bool": True,
        "a_u8": 255,
        "a_s8": -128,
        "a_u16": 65535,
        "a_s16": -32768,
        "a_u32": (1 << 32) - 1,
        "a_s32": -1 << 31,
        "a_u64": (1 << 64) - 1,
        "a_s64": -1 << 63,
        "an_f32": 1.5,
        "an_f64": 0.1,
        "a_char": "😀",
        "a_string": "Zoë",
        "a_list": ["a", ""],
        "a_tuple": (1, "x", echo.Point(1, -2)),
        "an_enum": echo.Weekday.SATURDAY_NIGHT,
        "some_flags": frozenset({"read", "run-as-root"}),
        "a_variant": echo.Shape.Polygon([echo.Point(1, 2)]),
        "an_option": None,
        "a_result": Err("no"),
    }


def test_a_record_of_everything(plugin: Any, echo: Any) -> None:
    record = echo.Everything(**everything(echo))
    assert echo.id_everything(record) == record
    assert plugin.deeds.relay(record) == record, "through a function of the host, too"
    assert echo.id_everything(record).a_tuple[2].y == -2


def test_ways_to_write_a_record(echo: Any) -> None:
    point = echo.Point(x=1, y=2)
    for way in [point, {"x": 1, "y": 2}, SimpleNamespace(x=1, y=2, z=3)]:
        assert echo.id_record(way) == point
    fields = everything(echo)
    assert echo.id_everything({name.replace("_", "-"): value for name, value in fields.items()}).a_u8 == 255
    with pytest.raises(AttributeError):
        point.x = 5


def test_match(echo: Any) -> None:
    match echo.id_variant(echo.Shape.Circle(2)):
        case echo.Shape.Circle(radius):
            assert radius == 2.0
        case _:
            pytest.fail("it is a circle")
    match echo.id_enum("monday"):
        case echo.Weekday.SATURDAY_NIGHT:
            pytest.fail("it is Monday")
        case echo.Weekday.MONDAY as day:
            assert day == "monday"
    match echo.id_record({"x": 1, "y": 2}):
        case echo.Point(1, y):
            assert y == 2


def test_ways_to_write_a_variant(echo: Any) -> None:
    nothing, circle = echo.Shape.Nothing(), echo.Shape.Circle(1.0)
    assert [echo.id_variant(way) for way in [nothing, "nothing", {"nothing": None}]] == [nothing] * 3
    assert [echo.id_variant(way) for way in [circle, {"circle": 1}]] == [circle] * 2
    assert repr(circle) == "Shape.Circle(value=1.0)"
    assert nothing != echo.Shape.Polygon([]) and isinstance(nothing, echo.Shape)


def test_results(echo: Any) -> None:
    assert echo.id_result(Ok(5)) == 5
    with pytest.raises(ResultError, match=r"echo\.id_result: error: no$") as caught:
        echo.id_result(Err("no"))
    assert caught.value.value == "no"
    assert echo.id_result_ok(Ok(5)) == 5
    assert echo.id_result_unit(Ok()) is None
    with pytest.raises(ResultError) as caught:
        echo.id_result_unit(Err())
    assert caught.value.value is None
    assert echo.id_bool(True) is True, "the instance goes on"


def test_no_result(echo: Any) -> None:
    assert echo.id_nothing() is None


@pytest.mark.parametrize("data", [b"", b"\0\xff", bytes(range(256)) * 400])
def test_bytes(echo: Any, data: bytes) -> None:
    for way in [data, bytearray(data), memoryview(data)]:
        assert echo.id_bytes(way) == data


def test_floats(echo: Any) -> None:
    assert math.isnan(echo.id_f64(math.nan)) and math.isnan(echo.id_f32(math.nan))
    assert echo.id_f64(-math.inf) == -math.inf
    assert math.copysign(1, echo.id_f64(-0.0)) == -1
    assert (echo.id_f64(5), echo.id_f32(0.5)) == (5.0, 0.5)
    assert echo.id_f32(0.1) != 0.1 == echo.id_f64(0.1)


class Index:
    """An integer of another kind, as numpy's are."""

    def __index__(self) -> int:
        return 7


def test_other_integers(echo: Any) -> None:
    assert (echo.id_u8(Index()), echo.id_f64(Index())) == (7, 7.0)


@pytest.mark.parametrize(("name", "bits"), [(f"{sign}{bits}", bits) for sign in "us" for bits in (8, 16, 32, 64)])
def test_limits_of_integers(echo: Any, name: str, bits: int) -> None:
    call = getattr(echo, f"id_{name}")
    least, most = (0, (1 << bits) - 1) if name[0] == "u" else (-1 << bits - 1, (1 << bits - 1) - 1)
    assert (call(least), call(most)) == (least, most)
    for wrong in [least - 1, most + 1]:
        with pytest.raises(ValueError, match=f"^v: expected {name}, got -?[0-9]+$"):
            call(wrong)


WRONG = [
    ("id_u8", True, "v: expected u8, got True"),
    ("id_u8", 1.0, "v: expected u8, got 1.0"),
    ("id_u8", "1", "v: expected u8, got '1'"),
    ("id_bool", 1, "v: expected bool, got 1"),
    ("id_f64", "1", "v: expected f64, got '1'"),
    ("id_f64", True, "v: expected f64, got True"),
    ("id_f64", 10**400, "v: expected f64, got 1"),
    ("id_char", "\ud800", "v: expected char (a str of one character), got '\\ud800'"),
    ("id_char", "ab", "v: expected char (a str of one character), got 'ab'"),
    ("id_char", 5, "v: expected char (a str of one character), got 5"),
    ("id_string", b"a", "v: expected string, got b'a'"),
    ("id_strings", ["a", "\udc00"], "v[1]: expected string, got a lone surrogate (U+DC00 at index 0)"),
    ("id_strings", "ab", "v: expected list<string>, got 'ab'"),
    ("id_bytes", [1], "v: expected list<u8> (bytes), got [1]"),
    ("id_lists", [[1], [2, "x"]], "v[1][1]: expected s64, got 'x'"),
    ("id_tuple", (1,), "v: expected tuple<u32, string>, got (1,)"),
    ("id_tuple", (1, 2), "v[1]: expected string, got 2"),
    ("id_enum", "sunday", "v: expected weekday, one of monday, saturday-night, got 'sunday'"),
    ("id_enum", 5, "v: expected weekday, got 5"),
    ("id_flags", {"read", "fly"}, "v: expected rights, any of read, write, run-as-root, got 'fly'"),
    ("id_flags", "read", "v: expected rights (a set of names), got 'read'"),
    ("id_record", {"x": 1}, "v: expected point with a field y, got {'x': 1}"),
    ("id_record", {"x": 1, "y": 2, "z": 3}, "v: expected point with the fields x, y, got 'z'"),
    ("id_record", 5, "v: expected point with a field x, got 5"),
    ("id_variant", "circle", "v: expected shape, one of nothing, circle(f64), polygon(list<point>), got 'circle'"),
    ("id_variant", {"square": 1}, "v: expected shape, one of nothing, circle(f64), polygon(list<point>), got"),
    ("id_variant", {"circle": "r"}, "v.circle: expected f64, got 'r'"),
    ("id_variant", {"polygon": [{"x": 1, "y": 1 << 31}]}, "v.polygon[0].y: expected s32, got 2147483648"),
    ("id_variant", 5, "v: expected shape, got 5"),
    ("id_option", 5, "v: expected string, got 5"),
    ("id_result", 5, "v: expected result<u32, string> (Ok(…) or Err(…)), got 5"),
    ("id_result", Ok(-1), "v: expected u32, got -1"),
    ("id_result_unit", Ok(1), "v: expected None, got 1"),
]


@pytest.mark.parametrize(("function", "value", "problem"), WRONG, ids=lambda value: ascii(value)[:30])
def test_wrong_values(echo: Any, function: str, value: object, problem: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        getattr(echo, function)(value)
    assert str(caught.value).startswith(problem)
    assert echo.id_u8(5) == 5, "the instance goes on"


def test_a_wrong_value_deep_inside(plugin: Any, echo: Any) -> None:
    before = plugin._instance.generation
    fields = everything(echo) | {"a_tuple": (1, "x", {"x": 1, "y": "2"})}
    with pytest.raises(TypeError, match=r"^v\.a-tuple\[2\]\.y: expected s32, got '2'$"):
        echo.id_everything(fields)
    assert plugin._instance.generation == before, "nothing entered the component"


def test_a_wrong_value_of_the_host(echo: Any) -> None:
    def relay(value: Any) -> dict[str, Any]:
        return {**everything(echo), "a_u8": 256}

    imports = {"host": {"relay": relay, "act": print}}
    with Plugin(COMPONENT, imports=imports) as plugin:
        with pytest.raises(ValueError, match=r"^host\.relay: result\.a-u8: expected u8, got 256$"):
            plugin.deeds.relay(everything(plugin.echo))
        assert plugin.echo.id_u8(5) == 5


def test_what_help_and_editors_see(plugin: Any, echo: Any) -> None:
    assert echo.id_tuple.__doc__ == "id-tuple: func(v: tuple<u32, string>) -> tuple<u32, string>"
    assert echo.id_tuple.__name__ == "id_tuple"
    assert {"echo", "deeds", "close"} <= set(dir(plugin))
    assert {"id_bool", "Point", "Shape", "Weekday"} <= set(dir(echo))
    assert repr(echo) == f"<interface anyhost:values/echo@1.0.0 of {COMPONENT}>"
