"""Runs one guest's component in this host, with all cases of its contract that the host itself answers."""

import json
import os
from pathlib import Path

import pytest
from greeter import Greeter

COMPONENT = os.environ["COMPONENT"]
IMPORTS = [name for name in os.environ["IMPORTS"].split(",") if name]
GROUPS = json.loads(Path(os.environ["CASES"]).read_text())["groups"]
[CASES] = [group["cases"] for group in GROUPS if group["imports"] == IMPORTS]
STEPS = [
    step
    for case in CASES
    for step in case["steps"]
    if all(ask.get("result") == ask["args"][0][::-1] for ask in step["asks"])
]


def identifier(step: dict[str, list[str | bool]]) -> str:
    return f"{step['args'][0]!a:.20}-{step['args'][1]}"


@pytest.mark.parametrize("step", STEPS, ids=identifier)
def test_greets(step: dict[str, list[str | bool]]) -> None:
    name, up = step["args"]
    with Greeter(COMPONENT) as greeter:
        assert greeter.greet(str(name), up=bool(up)) == step["result"]


def test_greets_one_after_the_other() -> None:
    with Greeter(COMPONENT) as greeter:
        greetings = [greeter.greet(*step["args"]) for step in STEPS]
    assert greetings == [step["result"] for step in STEPS]


def test_greets_in_lower_case_unless_told_otherwise() -> None:
    with Greeter(COMPONENT) as greeter:
        assert greeter.greet("World") == STEPS[0]["result"]
