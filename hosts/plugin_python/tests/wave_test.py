"""Calls and values in WAVE."""

import os
from collections.abc import Iterator

import pytest
from anyhost import Plugin, wave

COMPONENT = os.environ["VALUES_COMPONENT"]


@pytest.fixture(scope="module")
def plugin() -> Iterator[Plugin]:
    """The component."""
    with Plugin(COMPONENT, imports={"host": {"relay": lambda value: value, "act": lambda: None}}) as plugin:
        yield plugin


SAME = [
    "id-bool(true)",
    "id-u8(255)",
    "id-s64(-9223372036854775808)",
    "id-f32(0.1)",
    "id-f64(-inf)",
    "id-f64(nan)",
    "id-f64(0.1)",
    "id-char('😀')",
    "id-char('\\'')",
    'id-string("a \\"b\\" \\\\ \\n\\t \\u{1}")',
    "id-bytes([1, 2, 255])",
    'id-strings(["a", "b"])',
    "id-lists([[1], []])",
    'id-tuple((1, "x"))',
    "id-enum(saturday-night)",
    "id-flags({read, run-as-root})",
    "id-flags({})",
    "id-record({x: 1, y: -2})",
    "id-variant(circle(2))",
    "id-variant(polygon([{x: 1, y: 2}]))",
    "id-variant(nothing)",
    "id-option(none)",
    'id-option(some("x"))',
    "id-result(ok(1))",
    'id-result(err("x"))',
    "id-result-unit(err)",
]


@pytest.mark.parametrize("call", SAME)
def test_what_is_given_back_reads_as_it_was_written(plugin: Plugin, call: str) -> None:
    assert wave.call(plugin, call) == call.partition("(")[2][:-1]


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (" id-u8( 7 , ) ", "7"),
        ("id-u8(// one\n 1)", "1"),
        ("echo.id-u8(1)", "1"),
        ("anyhost:values/echo@1.0.0.id-u8(1)", "1"),
        ('id-option("x")', 'some("x")'),
        ("id-result(5)", "ok(5)"),
        ("id-f64(2.50e1)", "25"),
        ("id-flags({write, read})", "{read, write}"),
        ("id-char('\\u{1F600}')", "'😀'"),
        ("id-enum(%monday)", "monday"),
        ("id-nothing()", ""),
    ],
)
def test_other_ways_to_write(plugin: Plugin, call: str, result: str) -> None:
    assert wave.call(plugin, call) == result


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("id-u8", "expected a call, as in `name(…)`, got id-u8"),
        ("id-u9(1)", "id-u9(…), which is no function of the component; it exports echo.id-bool, "),
        ("other.id-u8(1)", "other.id-u8(…), which is no function of the component"),
        ("id-u8()", "id-u8(…): expected 1 arguments, got 0; it is anyhost:values/echo@1.0.0 id-u8: func(v: u8) -> u8"),
        ("id-u8(1, 2)", "id-u8(…): expected `)` after 1 values, got `2)`"),
        ("id-u8(1) + (2)", "id-u8(…): expected nothing more, got `+ (2)`"),
        ('id-u8("a")', 'id-u8(…): expected u8, got `"a")`'),
        ("id-u8(1.5)", "id-u8(…): expected u8, got 1.5"),
        ("id-bool(yes)", "id-bool(…): expected bool, one of true, false; got yes"),
        ("id-bytes([256])", "id-bytes(…): expected u8, got 256"),
        ("id-enum(sunday)", "id-enum(…): expected weekday, one of monday, saturday-night; got sunday"),
        ("id-flags({fly})", "id-flags(…): expected rights, one of read, write, run-as-root; got fly"),
        ("id-record({z: 1})", "id-record(…): expected point, one of x, y; got z"),
        ("id-record({x 1})", "id-record(…): expected `:`, got `1})`"),
        ("id-variant(circle)", "id-variant(…): expected `(`, got `)`"),
        ('id-string("abc)', 'id-string(…): expected the end of a string, ", got the end'),
        ("id-char('\\u{110000}')", "id-char(…): expected a character, got \\u{110000}"),
    ],
)
def test_what_is_wrong(plugin: Plugin, call: str, problem: str) -> None:
    with pytest.raises(wave.WaveError) as caught:
        wave.call(plugin, call)
    assert str(caught.value).startswith(problem)


def test_functions(plugin: Plugin) -> None:
    functions = {str(function) for function in wave.functions(plugin)}
    assert "anyhost:values/echo@1.0.0 id-tuple: func(v: tuple<u32, string>) -> tuple<u32, string>" in functions
    assert "anyhost:values/deeds@1.0.0 call-host: func()" in functions
