"""Every folder with crates has Clippy's opinion of them, and `//:lint` has all of these: all_test MODULE.bazel."""

import re
import sys
from pathlib import Path

root = Path(sys.argv[1]).resolve().parent
listed = set(re.findall(r"\"//([^\"]+):(?:clippy_test|lint)\"", (root / "BUILD.bazel").read_text()))

# What makes a crate, and the macros that have Clippy look at what is before them.
CRATE = re.compile(r"\b(rust_(binary|component|guest|guest_library|library|part|shared_library|test)|daemons_test)\(\n")
LINT = re.compile(r"^(cc_guest|clippy|go_guest|guest|host|host_part|lint|rust_guest)\(", re.MULTILINE)


def is_listed(folder: Path, macro: str) -> bool:
    """Whether `//:lint` has a folder: by itself, with all guests or hosts, or as a part of a host."""
    if macro == "host_part":
        return f'"{folder.name}"' in (root / folder.parent / "BUILD.bazel").read_text().split("parts = ")[-1]
    return str(folder) in listed or (str(folder.parent) in listed and macro.endswith(("guest", "host")))


problems = []
folders = 0
# Not what Bazel puts there, and not other workspaces.
for file in sorted(root.glob("[!.b]*/**/BUILD.bazel")):
    folder = file.parent.relative_to(root)
    text = file.read_text()
    if folder.parts[0] == "e2e" or not CRATE.search(text):
        continue
    folders += 1
    macro = LINT.search(text)
    if not macro:
        problems.append(f"{folder}/BUILD.bazel has crates that Clippy does not look at: end it with clippy()")
    elif not is_listed(folder, macro[1]):
        problems.append(f"{folder} is not in //:lint: add //{folder}:clippy_test in BUILD.bazel")

print("\n".join(problems) or f"Clippy looks at the crates of {folders} folders")
sys.exit(1 if problems or not folders else 0)
