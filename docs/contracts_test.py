"""What the pages on contracts and values show is what the checker of cases takes and makes.

The environment has the pages, the checker, the WIT of `hello` and of `values`, and cases of a command and a server.
"""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

CONTRACTS = Path(os.environ["CONTRACTS"]).read_text()
VALUES = Path(os.environ["VALUES"]).read_text()

# A function of the contract `values` that has a type of the table, by the type as the table has it.
FUNCTIONS = {
    "`bool`": "echo-bool",
    "`u8`, `u16`, `u32`, `s8`, `s16`, `s32`": "echo-u8",
    "`u64`, `s64`": "echo-u64",
    "`f32`, `f64`": "echo-f64",
    "`char`": "echo-char",
    "`string`": "echo-string",
    "`list<T>`": "echo-strings",
    "`list<u8>`": "echo-bytes",
    "`tuple<T, U, V>`": "echo-tuple",
    "record": "echo-point",
    "variant": "echo-shape",
    "enum": "echo-weekday",
    "flags": "echo-rights",
    "`option<T>`": "echo-option",
    "`option<option<T>>`": "echo-nested-option",
    "`result<T, E>`": "echo-result",
    "`own<R>`, `borrow<R>`": "",
}


def check(wit: str, groups: list) -> tuple[str, dict | None]:
    """What the checker says of groups, and its plain form of them if it says nothing."""
    with tempfile.TemporaryDirectory() as folder:
        cases, plain = Path(folder, "cases.json"), Path(folder, "plain.json")
        cases.write_text(json.dumps(groups))
        command = [os.environ["CHECK_CASES"], os.environ[wit], cases, "--output", plain]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        made = json.loads(plain.read_text()) if done.returncode == 0 else None
        return done.stderr.replace(f"{cases}", "wit/hello/cases.json"), made


def test_cases_have_the_plain_form_of_the_page() -> None:
    groups, *_, plain = map(json.loads, re.findall(r"^```json\n(.*?)^```$", CONTRACTS, re.DOTALL | re.MULTILINE))
    said, made = check("HELLO", groups)
    assert not said
    assert made
    assert made["package"] == plain["package"]
    assert [group for group in made["groups"] if group["imports"]] == plain["groups"]


def test_cases_of_commands_and_servers_are_those_of_guests() -> None:
    _, _, cli, http, _ = map(json.loads, re.findall(r"^```json\n(.*?)^```$", CONTRACTS, re.DOTALL | re.MULTILINE))
    for shown, guest in ((cli, "CLI"), (http, "HTTP")):
        cases = json.loads(Path(os.environ[guest]).read_text())
        assert all(case in cases for case in shown)


def test_a_mistake_is_told_as_on_the_page() -> None:
    [told] = re.findall(r"^```text\n(error: .*?)^```$", CONTRACTS, re.DOTALL | re.MULTILINE)
    case = {"name": "upper case", "call": "greet", "args": ["World", 1], "result": "HELLO, WORLD"}
    assert check("HELLO", [{"interface": "greeter", "imports": [], "cases": [case]}]) == (told, None)


def test_values_are_of_their_types() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in VALUES.splitlines() if line.startswith("| ")
    ]
    assert [row[0] for row in rows[2:]] == list(FUNCTIONS)
    for kind, _, examples in rows[2:]:
        values = [json.loads(text) for text in re.findall(r"`([^`]+)`", examples)]
        assert values
        if function := FUNCTIONS[kind]:
            steps = [{"call": function, "args": [value], "result": value} for value in values]
            case = {"name": kind, "steps": steps}
            said, made = check("TYPES", [{"interface": "echo", "imports": ["host", "types"], "cases": [case]}])
            assert not said
            assert made
            assert [step["result"] for step in made["groups"][0]["cases"][0]["steps"]] == values
