"""The runner of cases: it passes what is right, and finds what is not."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from anyhost import ComponentError
from anyhost.testing import CaseError, CasesPlugin
from wasmtime import wat2wasm

COMPONENT = os.environ["COMPONENT"]
IMPORTS = os.environ["IMPORTS_COMPONENT"]
CASES = json.loads(Path(os.environ["CASES"]).read_text())
FORMATTER = "anyhost:hello/formatter@1.0.0"
REVERSE = {"interface": FORMATTER, "call": "reverse", "args": ["World"], "result": "dlroW"}


def run(component: str, *steps: dict[str, Any]) -> None:
    """Runs one case."""
    document = copy.deepcopy(CASES)
    for group in document["groups"]:
        group["cases"] = [{"name": "it", "steps": [{"asks": [], **step} for step in steps]}]
    with CasesPlugin(component) as plugin:
        (case,) = plugin.cases(document)
        plugin.run(case)


GREET = {"call": "greet", "args": ["World", False], "result": "Hello, World"}
HELPED = {"call": "greet", "args": ["World", False], "result": "Hello, dlroW", "asks": [REVERSE]}


def test_what_is_right() -> None:
    run(COMPONENT, GREET, GREET)
    run(IMPORTS, HELPED, HELPED)
    failing = {**HELPED, "asks": [{**REVERSE, "fails": "no more"}], "fails": "no more"}
    run(IMPORTS, {key: value for key, value in failing.items() if key != "result"}, HELPED)


@pytest.mark.parametrize(
    ("component", "step", "problem"),
    [
        (COMPONENT, {**GREET, "result": "Hello"}, "got 'Hello, World'"),
        (COMPONENT, {**GREET, "trap": ""}, "got 'Hello, World'"),
        (COMPONENT, {**GREET, "fails": ""}, "got 'Hello, World'"),
        (COMPONENT, {**GREET, "call": "great"}, "has no great"),
        (COMPONENT, {**GREET, "asks": [REVERSE]}, "did not ask for {"),
        (IMPORTS, {**HELPED, "asks": []}, "asked for formatter.reverse('World'), expected nothing more"),
        (IMPORTS, {**HELPED, "asks": [REVERSE, REVERSE]}, "did not ask for {"),
        (
            IMPORTS,
            {**HELPED, "asks": [{**REVERSE, "args": ["you"]}]},
            "asked for formatter.reverse('World'), expected {",
        ),
        (
            IMPORTS,
            {**HELPED, "asks": [{**REVERSE, "call": "other"}]},
            "asked for formatter.reverse('World'), expected {",
        ),
        (IMPORTS, {**HELPED, "asks": [{**REVERSE, "result": "x"}]}, "got 'Hello, x'"),
        (IMPORTS, {**HELPED, "asks": [{**REVERSE, "fails": "no more"}]}, "HostError: no more"),
        (IMPORTS, {**HELPED, "asks": [{**REVERSE, "fails": "no more"}], "fails": "less"}, "HostError: no more"),
    ],
)
def test_what_is_wrong(component: str, step: dict[str, Any], problem: str) -> None:
    with pytest.raises(CaseError) as caught:
        run(component, step)
    assert str(caught.value).startswith("greeter: it: ") and problem in str(caught.value)


def test_the_step_that_is_wrong() -> None:
    with pytest.raises(CaseError, match="^greeter: it: step 2: expected"):
        run(COMPONENT, GREET, {**GREET, "result": ""})


def test_no_case_is_no_proof(tmp_path: Path) -> None:
    (tmp_path / "empty.wasm").write_bytes(wat2wasm("(component)"))
    with (
        CasesPlugin(tmp_path / "empty.wasm") as plugin,
        pytest.raises(ComponentError, match=r"no case of anyhost:hello@1\.0\.0 is for what it exports and imports$"),
    ):
        plugin.cases(CASES)


COUNTERS, TABLES = "test:resources/counters", "test:resources/tables"
OWN = {"call": "own", "args": [9], "result": 3}
NEW = {"interface": TABLES, "call": "table.constructor", "args": [9], "result": "t"}
COUNT = {"interface": TABLES, "call": "table.count", "args": [], "result": 3}
RESOURCES: list[dict[str, Any]] = [
    {"call": "counter.constructor", "args": [5], "result": "a"},
    {"call": "counter.add", "on": "a", "args": [2], "result": 7},
    {"call": "counter.constructor", "args": [1], "result": "b"},
    {"call": "counter.sum", "args": ["a", "b"], "result": "c"},
    {"call": "counter.add", "on": "c", "args": [0], "result": 8},
    {"drop": "c"},
    {"call": "ended", "args": [], "result": 3},
    {**OWN, "asks": [NEW, COUNT]},
    {"call": "give", "args": [], "result": "t"},
    {
        "call": "look",
        "args": ["t", 4],
        "result": 36,
        "asks": [{"interface": TABLES, "call": "table.get", "on": "t", "args": [4], "result": 36}],
    },
    {"call": "keep", "args": ["t"]},
    {"call": "release", "args": [], "asks": [{"interface": TABLES, "drop": "t", "resource": "table"}]},
]


def resources(folder: Path, steps: list[dict[str, Any]]) -> None:
    """Runs a case of the component with resources."""
    (folder / "guest.wasm").write_bytes(wat2wasm(Path(os.environ["RESOURCES"]).read_text()))
    case = {"name": "it", "steps": [{"asks": [], **step} for step in steps]}
    group = {"interface": COUNTERS, "imports": [TABLES], "cases": [case]}
    with CasesPlugin(folder / "guest.wasm") as plugin:
        (found,) = plugin.cases({"package": "test:resources", "groups": [group]})
        plugin.run(found)


def test_resources(tmp_path: Path) -> None:
    resources(tmp_path, RESOURCES)


@pytest.mark.parametrize(
    ("number", "change", "problem"),
    [
        (4, {"result": "b"}, "got <Counter of "),
        (8, {"asks": [COUNT, NEW]}, "asked for tables.table(9), expected {"),
        (10, {"asks": []}, "asked for tables.table.get("),
        (12, {"asks": []}, "dropped t, expected nothing more"),
    ],
)
def test_resources_that_are_wrong(tmp_path: Path, number: int, change: dict[str, Any], problem: str) -> None:
    steps = [step | change if index == number else step for index, step in enumerate(RESOURCES, 1)]
    with pytest.raises(CaseError, match=f"^counters: it: step {number}: ") as caught:
        resources(tmp_path, steps)
    assert problem in str(caught.value)


def test_program(tmp_path: Path) -> None:
    def program(*arguments: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
        command = [sys.executable, "-m", "anyhost.testing", *arguments]
        env = {"PYTHONPATH": path, "PYTHONUTF8": "1", "ANYHOST_ENGINE": os.environ["ANYHOST_ENGINE"]}
        return subprocess.run(command, check=False, env=env, capture_output=True, text=True)

    passed = program(IMPORTS, os.environ["CASES"])
    assert (passed.returncode, passed.stderr) == (0, "")
    assert "ok      greeter: plain\n" in passed.stdout and "FAILED" not in passed.stdout
    wrong = tmp_path / "cases.json"
    wrong.write_text(json.dumps(CASES).replace("dlroW", "wrong"))
    failed = program(IMPORTS, str(wrong))
    assert failed.returncode == 1 and "FAILED  greeter: upper case: expected {" in failed.stdout
    wrong.write_text("{}")
    failed = program(IMPORTS, str(wrong))
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == f"error: {wrong}: expected the checked cases of a contract ('package')\n"
