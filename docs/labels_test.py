"""Every target that a page names exists: labels_test.py TARGETS PAGE…

TARGETS is a file with the labels of all targets of the packages that pages speak of. `<guest>` and `<host>` stand for
all of them, so that a page which promises a target of every host is held to it.
"""

import itertools
import re
import sys
from pathlib import Path

# What pages make up as examples, and what is no target's name.
EXAMPLES = (
    "embedded_nodejs",
    "hello_again_c",
    "hello_again_go",
    "hello_again_python",
    "hello_again_rust",
    "hello_again_ts",
    "plugin_lua",
    "<target>",
    "<world>",
    "…",
)

LABEL = re.compile(r"(?<![\w@/:.])//([\w/.<>-]*)(?::([\w.<>…-]+))?")
SHORT = re.compile(r"^(?:/{0,2}((?:guests|hosts)/[\w<>]+))?:([\w.<>-]+)$")


def labels(page: str):
    """The labels of a page as pairs of package and target; a table's row names a folder once and then `:target`."""
    for line in page.splitlines():
        for package, target in LABEL.findall(line):
            package = package.removesuffix("...").removesuffix("/")
            yield package, target or package.rpartition("/")[2], bool(target)
        folder = ""
        for span in re.findall(r"`([^`]+)`", line) if line.startswith("|") else []:
            if short := SHORT.match(span):
                folder = short[1] or folder
                if folder:
                    yield folder, short[2], True


def main() -> int:
    known = set(Path(sys.argv[1]).read_text().split())
    packages = {label.partition(":")[0].removeprefix("//") for label in known}
    names = {
        f"<{kind}>": sorted(package.split("/")[1] for package in packages if re.fullmatch(rf"{kind}s/\w+", package))
        for kind in ("guest", "host")
    }
    problems, count = [], 0
    for file in sys.argv[2:]:
        for package, target, told in labels(Path(file).read_text()):
            if any(example in f"{package}:{target}" for example in EXAMPLES) or not package and not told:
                continue
            used = [name for name in names if name in package + target]
            found = []
            for values in itertools.product(*(names[name] for name in used)):
                label = f"{package}:{target}"
                for name, value in zip(used, values, strict=True):
                    label = label.replace(name, value)
                # A package without a target is a folder as well.
                found.append(f"//{label}" in known or not told and label.partition(":")[0] in packages)
            count += 1
            # Which guests run in which host is the matrix's matter.
            if not (any(found) if len(used) > 1 else all(found)):
                where = " for every one of them" if used else ""
                problems.append(f"{file}: there is no //{package}:{target}{where}")
            elif package.split("/")[0] not in {p.split("/")[0] for p in packages}:
                problems.append(f"{file}: docs/BUILD.bazel does not list the package of //{package}:{target}")
    print("\n".join(problems) or f"{count} labels, each of a target that exists")
    return 1 if problems or not count else 0


sys.exit(main())
