"""Keeps what follows from the guests and hosts as the build has it: update.py check|write --guests LIST …

The list of guests is `guests/guests.bzl`. From it and from the components follow what they export and import
(`guests/components.bzl`, from which the matrix comes), the crates of the Cargo workspace, and the tables of the
documentation; from what Bazel reads in the rules follow the pages of docs/rules. `./bazel run //docs:update` writes
all of it, and a test compares.
"""

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

MEND = "./bazel run //docs:update"
COMPONENTS = '"""What each guest\'s component exports and imports. `./bazel run //docs:update` writes this file."""'


def world(wasm_tools: str, component: Path) -> dict[str, list[str]]:
    """The exports and imports of a component, by their full names."""
    command = [wasm_tools, "component", "wit", "--json", component]
    resolved = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def name(key: str, item: dict) -> str:
        if "interface" not in item:
            return key
        interface = resolved["interfaces"][item["interface"]["id"]]
        package, _, version = resolved["packages"][interface["package"]]["name"].partition("@")
        return f"{package}/{interface['name']}@{version}" if version else f"{package}/{interface['name']}"

    root = resolved["worlds"][-1]
    return {kind: sorted(name(key, item) for key, item in root[kind].items()) for kind in ("exports", "imports")}


def starlark_list(names: list[str], indent: str) -> str:
    """A list as buildifier writes it."""
    if len(names) < 2:
        return "[" + "".join(f'"{name}"' for name in names) + "]"
    return "[\n" + "".join(f'{indent}    "{name}",\n' for name in names) + indent + "]"


def components_bzl(worlds: dict[str, dict[str, list[str]]]) -> str:
    lines = [COMPONENTS, "", "COMPONENTS = {"]
    for guest, kinds in worlds.items():
        lines.append(f'    "{guest}": struct(')
        lines += [f"        {kind} = {starlark_list(names, ' ' * 8)}," for kind, names in kinds.items()]
        lines.append("    ),")
    return "\n".join([*lines, "}", ""])


def crates() -> list[str]:
    """The folders of the workspace's crates: all with a Cargo.toml but the root and those that are workspaces."""
    found = []
    for folder, folders, files in os.walk("."):
        folders[:] = [
            name for name in folders if not name.startswith((".", "bazel-")) and name not in ("target", "node_modules")
        ]
        if folder != "." and "Cargo.toml" in files and "[workspace]" not in Path(folder, "Cargo.toml").read_text():
            found.append(folder.removeprefix("./"))
    return sorted(found)


def unlocked(members: list[str]) -> list[str]:
    """The crates of the workspace that Cargo.lock does not have."""
    locked = set(re.findall(r'^name = "([^"]+)"$', Path("Cargo.lock").read_text(), re.MULTILINE))
    names = {
        re.search(r'^name = "([^"]+)"$', Path(member, "Cargo.toml").read_text(), re.MULTILINE)[1] for member in members
    }
    return sorted(names - locked)


def block(begin: str, end: str, lines: list[str]) -> Callable[[str], str]:
    """Replaces what is between the line that starts with `begin` and the next one that is `end`."""

    def put(text: str) -> str:
        pattern = re.compile(rf"(^{re.escape(begin)}[^\n]*\n).*?(^{re.escape(end)}$)", re.DOTALL | re.MULTILINE)
        if not pattern.search(text):
            sys.exit(f"error: there is no '{begin}' with an '{end}' after it")
        return pattern.sub(lambda found: found[1] + "".join(line + "\n" for line in lines) + found[2], text, count=1)

    return put


def guests_table(components: dict[str, Path]) -> list[str]:
    """A row for each guest: its name, the first line of its BUILD.bazel, and its size."""
    rows = ["| guest | what it is | bytes |", "| --- | --- | ---: |"]
    for guest, component in components.items():
        said = re.match(r'"""(.+?)"""\n', Path("guests", guest, "BUILD.bazel").read_text())
        if not said:
            sys.exit(f'error: guests/{guest}/BUILD.bazel does not begin with what the guest is, as in """a plugin"""')
        rows.append(f"| `{guest}` | {said[1]} | {component.stat().st_size:,} |")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=["check", "write"])
    parser.add_argument("--guests", type=Path, required=True, help="the names of the guests")
    parser.add_argument("--table", type=Path, required=True, help="the matrix in Markdown")
    parser.add_argument("--component-model", type=Path, required=True, help="the tables of the component model's tests")
    parser.add_argument("--wasm-tools", type=os.path.abspath, required=True)
    parser.add_argument("--components", type=Path, nargs="+", required=True, help="the guests' components")
    parser.add_argument("--pages", type=Path, nargs="+", required=True, help="the pages of docs/rules")
    arguments = parser.parse_args()
    by_name = {component.stem: component.resolve() for component in arguments.components}
    guests = arguments.guests.read_text().split()
    if by_name.keys() != set(guests):
        different = ", ".join(sorted(by_name.keys() ^ set(guests)))
        sys.exit(f"error: guests/guests.bzl and the folders in guests/ are not the same: {different}")
    listed = {guest: by_name[guest] for guest in guests}
    pages = {f"docs/rules/{page.name.removesuffix('.generated.md')}.md": page.read_text() for page in arguments.pages}
    table = arguments.table.read_text().strip().splitlines()
    component_model = arguments.component_model.read_text().strip().splitlines()

    # A test finds the repository behind the link to its MODULE.bazel, `bazel run` is told.
    os.chdir(os.environ.get("BUILD_WORKSPACE_DIRECTORY") or Path("MODULE.bazel").resolve().parent)
    worlds = {guest: world(arguments.wasm_tools, component) for guest, component in listed.items()}
    members = crates()
    matrix = block("<!-- The matrix,", "<!-- end of the matrix -->", ["", *table, ""])
    changes: dict[str, list[Callable[[str], str]]] = {
        "guests/components.bzl": [lambda _: components_bzl(worlds)],
        "Cargo.toml": [block("members = [", "]", [f'    "{member}",' for member in members])],
        "tools/modules/MODULE.bazel": [
            block(
                "    manifests = [",
                "    ],",
                [f'        "@anyhost//{member}:Cargo.toml",' for member in ["", *members]],
            ),
        ],
        "README.md": [matrix, block("<!-- The guests,", "<!-- end of the guests -->", ["", *guests_table(listed), ""])],
        "docs/component-model.md": [
            block("<!-- The results,", "<!-- end of the results -->", ["", *component_model, ""]),
        ],
        "docs/status.md": [matrix],
    }
    changes |= {file: [lambda _, text=text: text] for file, text in pages.items()}
    stale = []
    for file, puts in changes.items():
        old = new = Path(file).read_text() if Path(file).exists() else ""
        for put in puts:
            new = put(new)
        if new == old:
            continue
        stale.append(file)
        if arguments.mode == "write":
            Path(file).write_text(new)
            print(f"wrote {file}")
        else:
            sys.stdout.writelines(
                difflib.unified_diff(old.splitlines(True), new.splitlines(True), file, f"{file} as it should be")
            )
            print(f"{file} is not up to date: type {MEND}")
    if arguments.mode == "check":
        if missing := unlocked(members):
            stale.append("Cargo.lock")
            print(f"Cargo.lock has no {', '.join(missing)}: type {MEND}")
        return 1 if stale else 0
    if unlocked(members):
        # The index is there, from when Bazel read it.
        environment = os.environ | {"CARGO_HOME": f"{os.environ['ANYHOST_CACHE']}/cargo"}
        command = ["cargo", "metadata", "--offline", "--format-version=1"]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        print("wrote Cargo.lock")
    # The matrix follows from what was just written.
    if "guests/components.bzl" in stale:
        return subprocess.run(["./bazel", "run", "//docs:update"], check=False).returncode
    return 0


sys.exit(main())
