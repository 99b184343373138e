"""What the rules of defs.bzl run: `run_tests.py pytest|mypy|pyright FILE...`."""

import json
import os
import subprocess
import sys
from pathlib import Path


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


def pyright(files: list[str]) -> int:
    """Checks the types in `files`, the first of which are Node and the folder with pyright."""
    node, packages, *sources = files
    folder = Path(os.environ["TEST_TMPDIR"])
    settings = {
        # It takes no others than relative ones, and by itself nothing below a folder whose name begins with a dot.
        "include": [os.path.relpath(source, folder) for source in sources],
        "exclude": [],
        "extraPaths": sys.path,
        "pythonPlatform": "Linux",
        "reportUnnecessaryTypeIgnoreComment": "error",
        "typeCheckingMode": "standard",
    }
    project = folder / "pyrightconfig.json"
    project.write_text(json.dumps(settings), encoding="utf-8")
    command: list[str | Path] = [
        node,
        f"{packages}/pyright/index.js",
        "--outputjson",
        "--pythonpath",
        sys.executable,
        "--project",
        project,
    ]
    said = subprocess.run(command, check=False, stdout=subprocess.PIPE).stdout
    report = json.loads(said)
    for found in report["generalDiagnostics"]:
        line = found["range"]["start"]["line"] + 1
        print(f"{found['file']}:{line}: {found['severity']}: {found['message']} ({found.get('rule')})")
    analyzed = report["summary"]["filesAnalyzed"]
    if analyzed < len(sources):
        print(f"pyright looked at {analyzed} of {len(sources)} files")
    return int(analyzed < len(sources) or bool(report["generalDiagnostics"]))


if __name__ == "__main__":
    sys.exit({"mypy": mypy, "pyright": pyright, "pytest": pytest}[sys.argv[1]](sys.argv[2:]))
