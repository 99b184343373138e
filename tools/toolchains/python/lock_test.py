"""A repository of pip.bzl holds just what its lock file pins, and the lock what its requirements ask for."""

import os
import re
from importlib.metadata import distributions
from pathlib import Path


def normal(name: str) -> str:
    """A package's name as all its spellings are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(variable: str) -> dict[str, str]:
    """The versions that a file of requirements names."""
    text = Path(os.environ[variable]).read_text()
    return {normal(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}


def installed(folder: str) -> dict[str, str]:
    """The versions of the packages in a folder."""
    return {normal(found.name): found.version for found in distributions(path=[folder])}


def test_repository_is_its_lock() -> None:
    assert installed(os.environ["PACKAGES"]) == pins("LOCK") != {}


def test_lock_has_a_hash_for_each_package() -> None:
    lines = [line for line in Path(os.environ["LOCK"]).read_text().splitlines() if line[0] != "#"]
    assert len(lines) == len(pins("LOCK"))
    assert all(re.search(" --hash=sha256:[0-9a-f]{64}$", line) for line in lines)


def test_lock_is_made_from_the_requirements() -> None:
    assert pins("REQUIREMENTS").items() <= pins("LOCK").items()
