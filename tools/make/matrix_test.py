"""The matrix has every guest and every host, each cell that applies has its test, and guests export what it says."""

import json
import re
import subprocess
import sys
from pathlib import Path

cells_file, wasm_tools, guests_file, hosts_file, *files = sys.argv[1:]
components = [file for file in files if file.endswith(".wasm")]
targets = [file for file in files if file not in components]
cells = json.loads(Path(cells_file).read_text())
problems = []

for kind, file in (("guest", guests_file), ("host", hosts_file)):
    folders = set(Path(file).read_text().split())
    listed = {cell[kind] for cell in cells}
    problems += [f"{kind}s/{name} is not in hosts/matrix.bzl" for name in folders - listed]
    problems += [f"hosts/matrix.bzl has the {kind} {name}, which has no folder" for name in listed - folders]

labels = {label for file in targets for label in Path(file).read_text().split()}
problems += [
    f"{cell['guest']} in {cell['host']} has no test: {cell['test']} is missing"
    for cell in cells
    if cell["test"] and cell["test"] not in labels
]

# The world that wasm-tools prints has a line for each export, with package and version.
for component in components:
    text = subprocess.run([wasm_tools, "component", "wit", component], capture_output=True, text=True, check=True).stdout
    exports = re.findall(r"^  export ([^@;]+)", text.split("\n}")[0], re.MULTILINE)
    found = {name.removeprefix("anyhost:hello/") for name in exports}
    guest = Path(component).stem
    said = {export for cell in cells if cell["guest"] == guest for export in cell["exports"]}
    if found != said:
        problems.append(f"{guest} exports {sorted(found)}, hosts/matrix.bzl says {sorted(said)}")

print("\n".join(problems) or f"{len(cells)} cells, each with a test or a reason")
sys.exit(1 if problems else 0)
