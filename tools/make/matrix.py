"""Runs every cell of the matrix and prints what came of it: `./bazel run //:matrix -- [--json | --html]`."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from matrix_page import MARKS, as_html, by_guest, summary


def run(tests: list[str]) -> dict[str, str]:
    """Has Bazel run the tests, and returns the status that it reports of each."""
    workspace = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder, "events.json")
        subprocess.run(
            [workspace / "bazel", "test", "--keep_going", f"--build_event_json_file={events}", *tests],
            cwd=workspace,
            stdout=sys.stderr,
            check=False,
        )
        statuses = {}
        for line in events.read_text().splitlines() if events.exists() else []:
            event = json.loads(line)
            if "testSummary" in event:
                statuses[event["id"]["testSummary"]["label"]] = event["testSummary"]["overallStatus"]
        return statuses


def judge(cell: dict[str, str], statuses: dict[str, str]) -> dict[str, str]:
    """The cell as the table has it: a test that did not run is one that failed, but where an ordinary user cannot run it."""
    judged = {key: cell[key] for key in ("guest", "host")}
    if cell["reason"]:
        return judged | {"status": "not applicable", "reason": cell["reason"]}
    if cell["needs_root"] and os.geteuid() != 0:
        return judged | {"status": "not run", "reason": "needs root: sudo ./bazel run //:matrix"}
    status = statuses.get(cell["test"], "NO_STATUS")
    if status in ("PASSED", "FLAKY"):
        return judged | {"status": "ok", "reason": cell["test"]}
    return judged | {"status": "failed", "reason": f"{cell['test']}: {status}"}


def as_text(cells: list[dict[str, str]]) -> str:
    rows = by_guest(cells)
    hosts = [cell["host"] for cell in next(iter(rows.values()))]
    width = max(map(len, rows))
    lines = [" " * width + "  " + "  ".join(hosts)]
    for guest, row in rows.items():
        marks = [MARKS[cell["status"]].center(len(cell["host"])) for cell in row]
        lines.append((guest.ljust(width) + "  " + "  ".join(marks)).rstrip())
    lines += ["", "   ".join(f"{mark} {status}" for status, mark in MARKS.items())]
    lines += [f"✗ {cell['guest']} in {cell['host']}: {cell['reason']}" for cell in cells if cell["status"] == "failed"]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bazel run //:matrix --", description="Runs each guest in each host.")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the cells as JSON")
    form.add_argument("--html", action="store_true", help="print a page that needs no other file")
    parser.add_argument("list", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    listed = json.loads(arguments.list.read_text())
    statuses = run([cell["test"] for cell in listed if cell["test"]])
    cells = [judge(cell, statuses) for cell in listed]
    if arguments.json:
        print(json.dumps({"cells": cells}, indent=2))
    elif arguments.html:
        print(as_html(cells))
    else:
        print(as_text(cells))
        print(summary(cells))
    return 1 if any(cell["status"] == "failed" for cell in cells) else 0


sys.exit(main())
