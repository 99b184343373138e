"""Runs one guest's component in this host, with all greetings of lib/host/testing/cases.json."""

import json
import os
from pathlib import Path

import pytest
from greeter import Greeter

COMPONENT = os.environ["COMPONENT"]
# Which greeting of a case the guest gives: `greeting`, or `reversed`.
EXPECTED = os.environ["EXPECTED"]
CASES = json.loads(Path(os.environ["CASES"]).read_text())


@pytest.mark.parametrize("case", CASES["greetings"], ids=lambda case: f"{case['name']!a}-{case['up']}")
def test_greets(case: dict[str, str | bool]) -> None:
    with Greeter(COMPONENT) as greeter:
        assert greeter.greet(str(case["name"]), up=bool(case["up"])) == case[EXPECTED]


def test_greets_one_after_the_other() -> None:
    with Greeter(COMPONENT) as greeter:
        greetings = [greeter.greet(case["name"], case["up"]) for case in CASES["greetings"]]
    assert greetings == [case[EXPECTED] for case in CASES["greetings"]]


def test_greets_a_long_name() -> None:
    # Its characters are all the same: reversed it is itself.
    case = CASES["long"]
    with Greeter(COMPONENT) as greeter:
        greeting = greeter.greet(case["unit"] * case["times"], case["up"])
    assert greeting == case["greeting"] + case["greeted_unit"] * case["times"]


def test_greets_in_lower_case_unless_told_otherwise() -> None:
    with Greeter(COMPONENT) as greeter:
        assert greeter.greet("World") == CASES["greetings"][0][EXPECTED]
