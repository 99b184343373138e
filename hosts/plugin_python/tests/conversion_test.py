"""Values of every type: what goes in, what comes out, and what is refused before anything enters the component."""

import math
import os
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from anyhost import Err, Ok, Plugin, PluginError, ResultError, Some, TrapError

COMPONENT = os.environ["VALUES_COMPONENT"]


class Store:
    """A resource of the host's."""

    default_name = staticmethod(lambda: "store")


class Host:
    """What the component is given: it gets back what it gives."""

    store = Store
    relay = staticmethod(lambda value: value)
    bytes = staticmethod(lambda value: value)
    notify = check = find = describe = close = print


@pytest.fixture(scope="module")
def plugin() -> Iterator[Any]:
    """The component, whose host gives back what it gets."""
    with Plugin(COMPONENT, imports={"host": Host}) as plugin:
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
        "some_bytes": b"\0\xff",
        "an_option": None,
        "a_nested_option": Some(None),
        "a_result": Err("no"),
    }


def test_a_record_of_everything(plugin: Any, echo: Any) -> None:
    record = echo.Everything(**everything(echo))
    assert echo.echo_everything(record) == record
    assert plugin.relays.relay(record) == record, "through a function of the host, too"
    assert echo.echo_everything(record).a_tuple[2].y == -2


def test_ways_to_write_a_record(echo: Any) -> None:
    point = echo.Point(x=1, y=2)
    for way in [point, {"x": 1, "y": 2}, SimpleNamespace(x=1, y=2, z=3)]:
        assert echo.echo_point(way) == point
    fields = everything(echo)
    assert echo.echo_everything({name.replace("_", "-"): value for name, value in fields.items()}).a_u8 == 255
    with pytest.raises(AttributeError):
        point.x = 5


def lost(plugin: Plugin) -> int:
    """A number, after the instance has failed."""
    pytest.raises(TrapError, plugin.echo.fall)
    return 1


def test_an_argument_that_uses_the_plugin() -> None:
    class Point:
        y = 2

        @property
        def x(self) -> Any:
            return use()

    with Plugin(COMPONENT, imports={"host": Host}) as plugin:
        use: Any = partial(plugin.echo.echo_s32, 1)
        assert plugin.echo.echo_point(Point()) == plugin.echo.Point(1, 2)
        use = partial(lost, plugin)
        with pytest.raises(PluginError, match="the instance was lost while the arguments were read"):
            plugin.echo.echo_point(Point())
        use = plugin.close
        with pytest.raises(TypeError, match=r"^value\.x: expected s32, got None$"):
            plugin.echo.echo_point(Point())


def test_match(echo: Any) -> None:
    match echo.echo_shape(echo.Shape.Circle(2)):
        case echo.Shape.Circle(radius):
            assert radius == 2.0
        case _:
            pytest.fail("it is a circle")
    match echo.echo_weekday("monday"):
        case echo.Weekday.SATURDAY_NIGHT:
            pytest.fail("it is Monday")
        case echo.Weekday.MONDAY as day:
            assert day == "monday"
    match echo.echo_point({"x": 1, "y": 2}):
        case echo.Point(1, y):
            assert y == 2


def test_ways_to_write_a_variant(echo: Any) -> None:
    nothing, circle = echo.Shape.Nothing(), echo.Shape.Circle(1.0)
    assert [echo.echo_shape(way) for way in [nothing, "nothing", {"nothing": None}]] == [nothing] * 3
    assert [echo.echo_shape(way) for way in [circle, {"circle": 1}]] == [circle] * 2
    assert repr(circle) == "Shape.Circle(value=1.0)"
    assert nothing != echo.Shape.Polygon([]) and isinstance(nothing, echo.Shape)


def test_results(echo: Any) -> None:
    assert echo.echo_result(Ok(5)) == 5
    with pytest.raises(ResultError, match=r"echo\.echo_result: error: no$") as caught:
        echo.echo_result(Err("no"))
    assert caught.value.value == "no"
    assert echo.echo_result_ok(Ok(5)) == 5
    assert echo.echo_result_unit(Ok()) is None
    with pytest.raises(ResultError) as caught:
        echo.echo_result_unit(Err())
    assert caught.value.value is None
    assert echo.echo_bool(True) is True, "the instance goes on"


def test_no_result(echo: Any) -> None:
    assert echo.echo_nothing() is None


def test_nested_options(echo: Any) -> None:
    for value in [None, Some(None), Some("a")]:
        assert echo.echo_nested_option(value) == value
    assert [echo.echo_option(value) for value in [None, ""]] == [None, ""]


def test_reserved_words(echo: Any) -> None:
    reserved = echo.Reserved(class_="c", from_=1, type=True, end=None)
    assert echo.echo_reserved(reserved) == reserved
    assert echo.echo_reserved({"class": "c", "from": 1, "type": True, "end": None}) == reserved


@pytest.mark.parametrize("data", [b"", b"\0\xff", bytes(range(256)) * 400])
def test_bytes(echo: Any, data: bytes) -> None:
    for way in [data, bytearray(data), memoryview(data)]:
        assert echo.echo_bytes(way) == data


def test_floats(echo: Any) -> None:
    assert math.isnan(echo.echo_f64(math.nan)) and math.isnan(echo.echo_f32(math.nan))
    assert echo.echo_f64(-math.inf) == -math.inf
    assert math.copysign(1, echo.echo_f64(-0.0)) == -1
    assert (echo.echo_f64(5), echo.echo_f32(0.5)) == (5.0, 0.5)
    assert echo.echo_f32(0.1) != 0.1 == echo.echo_f64(0.1)


class Index:
    """An integer of another kind, as numpy's are."""

    def __index__(self) -> int:
        return 7


def test_other_integers(echo: Any) -> None:
    assert (echo.echo_u8(Index()), echo.echo_f64(Index())) == (7, 7.0)


@pytest.mark.parametrize(("name", "bits"), [(f"{sign}{bits}", bits) for sign in "us" for bits in (8, 16, 32, 64)])
def test_limits_of_integers(echo: Any, name: str, bits: int) -> None:
    call = getattr(echo, f"echo_{name}")
    least, most = (0, (1 << bits) - 1) if name[0] == "u" else (-1 << bits - 1, (1 << bits - 1) - 1)
    assert (call(least), call(most)) == (least, most)
    for wrong in [least - 1, most + 1]:
        with pytest.raises(ValueError, match=f"^value: expected {name}, got -?[0-9]+$"):
            call(wrong)


WRONG = [
    ("echo_u8", True, "value: expected u8, got True"),
    ("echo_u8", 1.0, "value: expected u8, got 1.0"),
    ("echo_u8", "1", "value: expected u8, got '1'"),
    ("echo_bool", 1, "value: expected bool, got 1"),
    ("echo_f64", "1", "value: expected f64, got '1'"),
    ("echo_f64", True, "value: expected f64, got True"),
    ("echo_f64", 10**400, "value: expected f64, got 1"),
    ("echo_char", "\ud800", "value: expected char (a str of one character), got '\\ud800'"),
    ("echo_char", "ab", "value: expected char (a str of one character), got 'ab'"),
    ("echo_char", 5, "value: expected char (a str of one character), got 5"),
    ("echo_string", b"a", "value: expected string, got b'a'"),
    ("echo_strings", ["a", "\udc00"], "value[1]: expected string, got a lone surrogate (U+DC00 at index 0)"),
    ("echo_strings", "ab", "value: expected list<string>, got 'ab'"),
    ("echo_bytes", [1], "value: expected list<u8> (bytes), got [1]"),
    ("echo_lists", [[1], [2, "x"]], "value[1][1]: expected s64, got 'x'"),
    ("echo_tuple", (1,), "value: expected tuple<u32, string, char>, got (1,)"),
    ("echo_tuple", (1, 2, "c"), "value[1]: expected string, got 2"),
    ("echo_weekday", "sunday", "value: expected weekday, one of monday, tuesday, saturday-night, got 'sunday'"),
    ("echo_weekday", 5, "value: expected weekday, got 5"),
    ("echo_rights", {"read", "fly"}, "value: expected rights, any of read, write, run-as-root, got 'fly'"),
    ("echo_rights", "read", "value: expected rights (a set of names), got 'read'"),
    ("echo_point", {"x": 1}, "value: expected point with a field y, got {'x': 1}"),
    ("echo_point", {"x": 1, "y": 2, "z": 3}, "value: expected point with the fields x, y, got 'z'"),
    ("echo_point", 5, "value: expected point with a field x, got 5"),
    (
        "echo_shape",
        "circle",
        "value: expected shape, one of nothing, circle(f64), polygon(list<point>), named(tuple<string, option<point>>), got 'circle'",
    ),
    (
        "echo_shape",
        {"square": 1},
        "value: expected shape, one of nothing, circle(f64), polygon(list<point>), named(tuple<string, option<point>>), got",
    ),
    ("echo_shape", {"circle": "r"}, "value.circle: expected f64, got 'r'"),
    ("echo_shape", {"polygon": [{"x": 1, "y": 1 << 31}]}, "value.polygon[0].y: expected s32, got 2147483648"),
    ("echo_shape", 5, "value: expected shape, got 5"),
    ("echo_option", 5, "value: expected string, got 5"),
    ("echo_nested_option", 5, "value: expected option<option<string>> (None or Some(…)), got 5"),
    ("echo_nested_option", Some(5), "value: expected string, got 5"),
    ("echo_result", 5, "value: expected result<u32, string> (Ok(…) or Err(…)), got 5"),
    ("echo_result", Ok(-1), "value.ok: expected u32, got -1"),
    ("echo_result_unit", Ok(1), "value.ok: expected no value, got 1"),
]


@pytest.mark.parametrize(("function", "value", "problem"), WRONG, ids=lambda value: ascii(value)[:30])
def test_wrong_values(echo: Any, function: str, value: object, problem: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        getattr(echo, function)(value)
    assert str(caught.value).startswith(problem)
    assert echo.echo_u8(5) == 5, "the instance goes on"


def test_a_wrong_value_deep_inside(plugin: Any, echo: Any) -> None:
    before = plugin._instance.generation
    fields = everything(echo) | {"a_tuple": (1, "x", {"x": 1, "y": "2"})}
    with pytest.raises(TypeError, match=r"^value\.a-tuple\[2\]\.y: expected s32, got '2'$"):
        echo.echo_everything(fields)
    assert plugin._instance.generation == before, "nothing entered the component"


def test_a_wrong_value_of_the_host(echo: Any) -> None:
    def relay(value: Any) -> dict[str, Any]:
        return {**everything(echo), "a_u8": 256}

    imports = {"host": {**vars(Host), "relay": relay}}
    with Plugin(COMPONENT, imports=imports) as plugin:
        with pytest.raises(ValueError, match=r"^host\.relay\(…\)\.a-u8: expected u8, got 256$"):
            plugin.relays.relay(everything(plugin.echo))
        assert plugin.echo.echo_u8(5) == 5


def test_what_help_and_editors_see(plugin: Any, echo: Any) -> None:
    assert echo.echo_tuple.__doc__ == "echo-tuple: func(value: tuple<u32, string, char>) -> tuple<u32, string, char>"
    assert echo.echo_tuple.__name__ == "echo_tuple"
    assert {"echo", "relays", "close"} <= set(dir(plugin))
    assert {"echo_bool", "Point", "Shape", "Weekday"} <= set(dir(echo))
    assert repr(echo) == f"<interface anyhost:values/echo@1.0.0 of {COMPONENT}>"
