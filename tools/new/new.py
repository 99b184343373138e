"""Writes the first files of what is added: a workspace that depends on anyhost, or a guest."""

import argparse
import os
import re
import sys
from pathlib import Path

EPILOG = """examples:
  ./bazel run //tools/new -- workspace ../shop       a workspace with a contract and a guest that is tested
  ./bazel run //tools/new -- guest shout_rust        a guest in Rust, in this workspace
  ./bazel run //tools/new -- guest shout_c --language c
  ./bazel run //tools/new -- guest shout_rust --like hello_world_imports_rust

In a workspace that depends on anyhost, type ./bazel run //:new -- guest NAME.
"""

# This file is a link to the one in the checkout of anyhost.
ANYHOST = Path(__file__).resolve().parents[2]
EXAMPLE = ANYHOST / "e2e" / "consumer"

# The guest that a new one is a copy of, unless the user names one: the first of these that is there.
MODELS = {"c": ["hello_world_c", "text_c"], "rust": ["hello_world_rust", "text_rust"]}

# Names that mean something else: to Rust, and among the targets of a guest.
TAKEN = set(
    ["abstract", "alloc", "as", "async", "await", "become", "box", "break", "const", "continue", "core", "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "proc_macro", "pub", "ref", "return", "self", "static", "std", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "build", "check", "clean", "folder", "install", "lint", "run", "test", "unit_test", "versions"]
)


class Parser(argparse.ArgumentParser):
    """One line for a mistake."""

    def error(self, message: str) -> None:
        sys.exit(f"error: {message}; {self.prog} --help says more")


def checked_name(name: str) -> str:
    """`name`, if a folder, a target and a crate can have it."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        sys.exit(f"error: '{name}' is no name: expected words of a-z and 0-9 with _ between them, as in shout_rust")
    if name in TAKEN:
        sys.exit(f"error: '{name}' is no name: it means something else in Rust, or is a target that every guest has")
    return name


def sources(folder: Path) -> list[Path]:
    """The files below a folder that are not made by Bazel, Cargo or an editor, relative to it."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("bazel-") and name != "target")
        found += [Path(parent, name).relative_to(folder) for name in sorted(files) if name != ".bazelrc.user"]
    return found


def copy(source: Path, target: Path, words: dict[str, str]) -> None:
    """Copies a folder, with other words in its files and in their names, and says what was written."""

    def put(text: str) -> str:
        for old, new in words.items():
            text = text.replace(old, new)
        return text

    for file in sources(source):
        written = target / put(str(file))
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(put((source / file).read_text()))
        written.chmod((source / file).stat().st_mode)
        print(f"wrote {written}")


def new_workspace(folder: Path) -> None:
    if not re.fullmatch(r"[a-z]([a-z0-9._-]*[a-z0-9])?", folder.name):
        sys.exit(f"error: '{folder.name}' cannot be the workspace's name: expected a-z, 0-9 and . _ - between them")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(f"error: {folder} is there already: expected a folder that is empty or new")
    if ANYHOST in folder.parents:
        sys.exit(f"error: {folder} is in anyhost's own checkout: expected a folder outside of {ANYHOST}")
    launcher = os.path.relpath(ANYHOST, folder.resolve())
    copy(EXAMPLE, folder, {"/../../bazel": f"/{launcher}/bazel", '"consumer"': f'"{folder.name}"'})
    print(f"now type\n  cd {folder} && ./bazel test //...")


def new_guest(workspace: Path, name: str, language: str, like: str | None) -> None:
    guests = workspace / "guests"
    models = [like] if like else [model for model in MODELS[language] if (guests / model).is_dir()]
    if not models or not (guests / models[0] / "BUILD.bazel").is_file():
        there = ", ".join(sorted(path.parent.name for path in guests.glob("*/BUILD.bazel"))) or "nothing"
        sys.exit(f"error: there is no {like or f'guest in {language}'} to copy in {guests}: --like NAME, of {there}")
    if (guests / name).exists():
        sys.exit(f"error: {guests / name} is there already: expected the name of a new guest")
    copy(guests / models[0], guests / name, {models[0]: name, models[0].upper(): name.upper()})
    list_file = guests / "guests.bzl"
    if not list_file.exists():
        print(f"now type\n  ./bazel test //guests/{name}/...")
        return
    lines = list_file.read_text().splitlines(keepends=True)
    entries = [line for line in lines if re.match(r' +"\w+"', line)]
    entries += [line.replace(f'"{models[0]}"', f'"{name}"') for line in entries if f'"{models[0]}"' in line]
    first = next(index for index, line in enumerate(lines) if line in entries)
    rest = [line for line in lines if line not in entries]
    list_file.write_text("".join(rest[:first] + sorted(entries) + rest[first:]))
    print(f"wrote a line of {list_file}")
    print(f"now type\n  ./bazel run //docs:update && ./bazel test //guests/{name}:test")


def main() -> None:
    parser = Parser(prog="new", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawTextHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="workspace|guest")
    kind = kinds.add_parser("workspace", help="a workspace of your own, ready to build and test")
    kind.add_argument("folder", metavar="DIR", help="a folder that is empty or new, outside of anyhost's checkout")
    kind = kinds.add_parser("guest", help="a guest of this workspace, a copy of one that is there")
    kind.add_argument("name", metavar="NAME", help="snake_case; by custom the language comes last")
    kind.add_argument("--language", choices=sorted(MODELS), default="rust", help="what it is written in (rust)")
    kind.add_argument("--like", metavar="GUEST", help="the guest that is copied")
    arguments = parser.parse_args()
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not workspace:
        sys.exit("error: there is no workspace: expected to be run as ./bazel run //tools/new -- …")
    if arguments.kind == "workspace":
        new_workspace(Path(os.path.normpath(Path(os.environ["BUILD_WORKING_DIRECTORY"], arguments.folder))))
    else:
        new_guest(Path(workspace), checked_name(arguments.name), arguments.language, arguments.like)


main()
