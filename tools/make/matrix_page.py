"""The matrix as a page: prints it for the cells on standard input, as `./bazel run //:matrix -- --json` prints them."""

import html
import json
import sys

MARKS = {"ok": "✓", "failed": "✗", "not run": "?", "not applicable": "–"}

# Where there is no room for a table, each guest has a list of its hosts.
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>anyhost: the matrix</title>
<style>
  :root {{ color-scheme: light dark; --line: #8884; --ok: #1a7f37; --failed: #cf222e; font: 16px/1.5 system-ui, sans-serif }}
  @media (prefers-color-scheme: dark) {{ :root {{ --ok: #3fb950; --failed: #f85149 }} }}
  body {{ margin: 2rem auto; max-width: 76rem; padding: 0 1rem }}
  table {{ border-collapse: collapse; width: 100% }}
  th, td {{ border-bottom: 1px solid var(--line); padding: .6rem .4rem; text-align: center }}
  tbody th, thead th:first-child {{ text-align: left; white-space: nowrap }}
  th, .host {{ font: 600 .875rem/1.3 ui-monospace, monospace }}
  .ok {{ color: var(--ok); font-weight: 700 }}
  .failed {{ color: var(--failed); font-weight: 700 }}
  .not-applicable, .not-run, ol {{ opacity: .7 }}
  tbody tr:hover {{ background: #8881 }}
  li {{ overflow-wrap: anywhere }}
  .host {{ display: none; font-weight: 400; color: CanvasText }}
  @media (max-width: 60rem) {{
    thead {{ display: none }}
    table, tbody, tr, th, td {{ display: block }}
    tr {{ margin-bottom: 1.5rem }}
    td {{ display: flex; justify-content: space-between; padding: .4rem }}
    .host {{ display: block }}
  }}
</style>
<h1>Guests in hosts</h1>
<p>{summary} Each mark is a test that ran that guest’s one component in that host.</p>
<table>
<thead><tr><th scope="col">guest</th>{head}</tr></thead>
<tbody>
{rows}
</tbody></table>
<ol>{notes}</ol>
</html>
"""


def by_guest(cells: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    for cell in cells:
        rows.setdefault(cell["guest"], []).append(cell)
    return rows


def as_html(cells: list[dict[str, str]]) -> str:
    rows = by_guest(cells)
    # A name may be broken after an underscore: columns are then half as wide.
    names = {cell["host"]: html.escape(cell["host"]).replace("_", "_<wbr>") for cell in cells}
    head = "".join(f'<th scope="col">{name}</th>' for name in names.values())
    notes = list(dict.fromkeys(cell["reason"] for cell in cells if cell["status"] != "ok"))
    body = []
    for guest, row in rows.items():
        marks = []
        for cell in row:
            kind = cell["status"].replace(" ", "-")
            note = f"<sup>{notes.index(cell['reason']) + 1}</sup>" if cell["status"] != "ok" else ""
            host = f'<span class="host">{names[cell["host"]]}</span>'
            mark = f"<span>{MARKS[cell['status']]}{note}</span>"
            marks.append(f'<td class="{kind}" title="{html.escape(cell["reason"])}">{host}{mark}</td>')
        body.append(f'<tr><th scope="row">{html.escape(guest)}</th>{"".join(marks)}</tr>')
    items = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return PAGE.format(summary=summary(cells), head=head, rows="\n".join(body), notes=items)


def summary(cells: list[dict[str, str]]) -> str:
    count = {status: sum(cell["status"] == status for cell in cells) for status in MARKS}
    left_out = f"{count['not run']} need root, " if count["not run"] else ""
    return f"{count['ok']} cells are ok, {count['failed']} failed, {left_out}{count['not applicable']} do not apply."


if __name__ == "__main__":
    print(as_html(json.load(sys.stdin)["cells"]))
