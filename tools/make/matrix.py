"""Runs every cell of the matrix and prints what came of it: `./bazel run //:matrix -- [--json | --html]`."""

import argparse
import html
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MARKS = {"ok": "✓", "failed": "✗", "not run": "?", "not applicable": "–"}

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>anyhost: the matrix</title>
<style>
  :root {{ color-scheme: light dark; --line: #8884; --ok: #1a7f37; --failed: #cf222e; font: 16px/1.5 system-ui, sans-serif }}
  @media (prefers-color-scheme: dark) {{ :root {{ --ok: #3fb950; --failed: #f85149 }} }}
  body {{ margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
  .scroll {{ overflow-x: auto }}
  table {{ border-collapse: collapse; width: 100% }}
  th, td {{ border-bottom: 1px solid var(--line); padding: .6rem .8rem; text-align: center }}
  tbody th, thead th:first-child {{ text-align: left }}
  th {{ font-weight: 600; font-family: ui-monospace, monospace; font-size: .9rem }}
  .ok {{ color: var(--ok); font-weight: 700 }}
  .failed {{ color: var(--failed); font-weight: 700 }}
  .not-applicable, .not-run, ol {{ opacity: .7 }}
  tbody tr:hover {{ background: #8881 }}
</style>
<h1>Guests in hosts</h1>
<p>{summary} Each mark is a test that ran that guest’s one component in that host.</p>
<div class="scroll"><table>
<thead><tr><th scope="col">guest</th>{head}</tr></thead>
<tbody>
{rows}
</tbody></table></div>
<ol>{notes}</ol>
</html>
"""


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


def by_guest(cells: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    for cell in cells:
        rows.setdefault(cell["guest"], []).append(cell)
    return rows


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


def as_html(cells: list[dict[str, str]]) -> str:
    rows = by_guest(cells)
    head = "".join(f'<th scope="col">{html.escape(cell["host"])}</th>' for cell in next(iter(rows.values())))
    notes = list(dict.fromkeys(cell["reason"] for cell in cells if cell["status"] != "ok"))
    body = []
    for guest, row in rows.items():
        marks = []
        for cell in row:
            kind = cell["status"].replace(" ", "-")
            note = f"<sup>{notes.index(cell['reason']) + 1}</sup>" if cell["status"] != "ok" else ""
            marks.append(f'<td class="{kind}" title="{html.escape(cell["reason"])}">{MARKS[cell["status"]]}{note}</td>')
        body.append(f'<tr><th scope="row">{html.escape(guest)}</th>{"".join(marks)}</tr>')
    items = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return PAGE.format(summary=summary(cells), head=head, rows="\n".join(body), notes=items)


def summary(cells: list[dict[str, str]]) -> str:
    count = {status: sum(cell["status"] == status for cell in cells) for status in MARKS}
    left_out = f"{count['not run']} need root, " if count["not run"] else ""
    return f"{count['ok']} cells are ok, {count['failed']} failed, {left_out}{count['not applicable']} do not apply."


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
