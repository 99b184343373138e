"""Runs a component with all the cases of its contract that are for it."""

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyhost.testing import Case, CasesPlugin

COMPONENT = os.environ["COMPONENT"]
# What the build made of it, if the test is of that.
CODE = os.environ.get("CODE")
DOCUMENT = json.loads(Path(os.environ["CASES"]).read_text())

# Code that does not fit would be a warning, and compiled here.
with warnings.catch_warnings(action="error"), CasesPlugin(COMPONENT, aot=CODE) as opened:
    CASES = opened.cases(DOCUMENT)


@pytest.fixture(scope="module")
def plugin() -> Iterator[CasesPlugin]:
    """The component, opened once; each case has an instance of its own."""
    with CasesPlugin(COMPONENT, aot=CODE) as plugin:
        yield plugin


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(plugin: CasesPlugin, case: Case) -> None:
    plugin.run(case)
