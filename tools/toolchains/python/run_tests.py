"""What the rules of defs.bzl run: `run_tests.py pytest|mypy FILE...`."""

import os
import sys


def pytest(files: list[str]) -> int:
    """Runs the tests in `files`, those that --test_filter names if it is given."""
    import pytest

    options = ["-p", "no:cacheprovider", "--import-mode=importlib", "--strict-markers"]
    # A test that cannot run must not look like one that passed.
    options += ["-W", "error", "--override-ini=xfail_strict=true", "-rs"]
    options += [f"--junitxml={os.environ['XML_OUTPUT_FILE']}"]
    if "TESTBRIDGE_TEST_ONLY" in os.environ:
        options += ["-k", os.environ["TESTBRIDGE_TEST_ONLY"]]
    return pytest.main(options + files)


def mypy(files: list[str]) -> int:
    """Checks the types in `files`."""
    from mypy import api

    cache = os.path.join(os.environ["TEST_TMPDIR"], "mypy")
    out, err, code = api.run(["--strict", f"--cache-dir={cache}", *files])
    sys.stdout.write(out)
    sys.stderr.write(err)
    return code


if __name__ == "__main__":
    sys.exit({"mypy": mypy, "pytest": pytest}[sys.argv[1]](sys.argv[2:]))
