"""The matrix has every guest and every host, and each cell that applies has its test."""

import json
import sys
from pathlib import Path

cells_file, guests_file, hosts_file, *targets = sys.argv[1:]
cells = json.loads(Path(cells_file).read_text())
problems = []

for kind, file, list_file in (("guest", guests_file, "guests/guests.bzl"), ("host", hosts_file, "hosts/matrix.bzl")):
    folders = set(Path(file).read_text().split())
    listed = {cell[kind] for cell in cells}
    problems += [
        f"{kind}s/{name} is not in {list_file}: add it, and type ./bazel run //docs:update" for name in folders - listed
    ]
    problems += [f"{list_file} has the {kind} {name}, which has no folder" for name in listed - folders]

labels = {label for file in targets for label in Path(file).read_text().split()}
problems += [
    f"{cell['guest']} in {cell['host']} has no test: {cell['test']} is missing"
    for cell in cells
    if cell["test"] and cell["test"] not in labels
]

print("\n".join(problems) or f"{len(cells)} cells, each with a test or a reason")
sys.exit(1 if problems else 0)
