"""Calls and values in WAVE, and values in JSON."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anyhost import Plugin, wave
from anyhost._json import matches, to_json, to_value
from anyhost.testing import CasesPlugin

COMPONENT = os.environ["VALUES_COMPONENT"]


@pytest.fixture(scope="module")
def plugin() -> Iterator[Plugin]:
    """The component."""
    with CasesPlugin(COMPONENT) as plugin:
        yield plugin


SAME = [
    "echo-bool(true)",
    "echo-u8(255)",
    "echo-s64(-9223372036854775808)",
    "echo-f32(0.1)",
    "echo-f64(-inf)",
    "echo-f64(nan)",
    "echo-f64(0.1)",
    "echo-char('😀')",
    "echo-char('\\'')",
    'echo-string("a \\"b\\" \\\\ \\n\\t \\u{1}")',
    "echo-bytes([1, 2, 255])",
    'echo-strings(["a", "b"])',
    "echo-lists([[1], []])",
    "echo-tuple((1, \"x\", 'c'))",
    "echo-weekday(saturday-night)",
    "echo-rights({read, run-as-root})",
    "echo-rights({})",
    "echo-point({x: 1, y: -2})",
    "echo-shape(circle(2))",
    "echo-shape(polygon([{x: 1, y: 2}]))",
    "echo-shape(nothing)",
    "echo-option(none)",
    'echo-option(some("x"))',
    "echo-result(ok(1))",
    'echo-result(err("x"))',
    "echo-result-unit(err)",
]


@pytest.mark.parametrize("call", SAME)
def test_what_is_given_back_reads_as_it_was_written(plugin: Plugin, call: str) -> None:
    assert wave.call(plugin, call) == call.partition("(")[2][:-1]


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (" echo-u8( 7 , ) ", "7"),
        ("echo-u8(// one\n 1)", "1"),
        ("echo.echo-u8(1)", "1"),
        ("anyhost:values/echo@1.0.0.echo-u8(1)", "1"),
        ('echo-option("x")', 'some("x")'),
        ("echo-result(5)", "ok(5)"),
        ("echo-f64(2.50e1)", "25"),
        ("echo-rights({write, read})", "{read, write}"),
        ("echo-char('\\u{1F600}')", "'😀'"),
        ("echo-weekday(%monday)", "monday"),
        ("echo-nothing()", ""),
    ],
)
def test_other_ways_to_write(plugin: Plugin, call: str, result: str) -> None:
    assert wave.call(plugin, call) == result


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("echo-u8", "expected a call, as in `name(…)`, got echo-u8"),
        ("echo-u9(1)", "echo-u9(…), which is no function of the component; it exports "),
        ("other.echo-u8(1)", "other.echo-u8(…), which is no function of the component"),
        (
            "echo-u8()",
            "echo-u8(…): expected 1 arguments, got 0; it is anyhost:values/echo@1.0.0 echo-u8: func(value: u8) -> u8",
        ),
        ("echo-u8(1, 2)", "echo-u8(…): expected `)` after 1 values, got `2)`"),
        ("echo-u8(1) + (2)", "echo-u8(…): expected nothing more, got `+ (2)`"),
        ('echo-u8("a")', 'echo-u8(…): expected u8, got `"a")`'),
        ("echo-u8(1.5)", "echo-u8(…): expected u8, got 1.5"),
        ("echo-bool(yes)", "echo-bool(…): expected bool, one of true, false; got yes"),
        ("echo-bytes([256])", "echo-bytes(…): expected u8, got 256"),
        (
            "echo-weekday(sunday)",
            "echo-weekday(…): expected weekday, one of monday, tuesday, saturday-night; got sunday",
        ),
        ("echo-rights({fly})", "echo-rights(…): expected rights, one of read, write, run-as-root; got fly"),
        ("echo-point({z: 1})", "echo-point(…): expected point, one of x, y; got z"),
        ("echo-point({x 1})", "echo-point(…): expected `:`, got `1})`"),
        ("echo-shape(circle)", "echo-shape(…): expected `(`, got `)`"),
        ('echo-string("abc)', 'echo-string(…): expected the end of a string, ", got the end'),
        ("echo-char('\\u{110000}')", "echo-char(…): expected a character, got \\u{110000}"),
    ],
)
def test_what_is_wrong(plugin: Plugin, call: str, problem: str) -> None:
    with pytest.raises(wave.WaveError) as caught:
        wave.call(plugin, call)
    assert str(caught.value).startswith(problem)


def test_functions(plugin: Plugin) -> None:
    functions = {str(function) for function in wave.functions(plugin)}
    assert (
        "anyhost:values/echo@1.0.0 echo-tuple: func(value: tuple<u32, string, char>) -> tuple<u32, string, char>"
        in functions
    )
    assert "anyhost:values/relays@1.0.0 notify-all: func(texts: list<string>)" in functions


def results() -> list[tuple[str, Any]]:
    """The results of all cases of functions that give back what they get."""
    groups = json.loads(Path(os.environ["CASES"]).read_text())["groups"]
    steps = [step for group in groups for case in group["cases"] for step in case["steps"]]
    return [
        (step["call"], step["result"])
        for step in steps
        if step.get("call", "").startswith("echo-") and "result" in step
    ]


def test_json_of_all_cases(plugin: Plugin) -> None:
    types = {function.name: function.result for function in wave.functions(plugin)}
    assert len(results()) > 100
    for name, value in results():
        there = to_json(types[name], to_value(types[name], value, {}))
        # Numbers of f32 have the fewest digits.
        assert there == value or matches(types[name], there, to_value(types[name], value, {}), {})
