"""Writes the first files of what is added: a workspace that depends on anyhost, a guest or a host."""

import argparse
import itertools
import os
import re
import sys
from pathlib import Path

EPILOG = """examples:
  ./bazel run //tools/new -- workspace ../shop       a workspace with a contract and a guest that is tested
  ./bazel run //tools/new -- guest shout_rust        a guest in Rust, in this workspace
  ./bazel run //tools/new -- guest shout_c --language c
  ./bazel run //tools/new -- guest shout_rust --like hello_world_imports_rust
  ./bazel run //tools/new -- host embedded_python --like plugin_python

In a workspace that depends on anyhost, type ./bazel run //:new -- guest NAME.
"""

# This file is a link to the one in the checkout of anyhost.
ANYHOST = Path(__file__).resolve().parents[2]
EXAMPLE = ANYHOST / "e2e" / "consumer"

# What a new one is a copy of, unless the user names another: the first of these that is there.
MODELS = {
    "c": ["hello_world_c", "text_c"],
    "host": ["plugin_nodejs", "slugs_python"],
    "rust": ["hello_world_rust", "text_rust"],
}

# Names that mean something else: to Rust, and among the targets of a guest.
TAKEN = re.compile(
    "abstract|alloc|as|async|await|become|box|break|const|continue|core|crate|do|dyn|else|enum|extern|false|final|fn|for"
    "|gen|if|impl|in|let|loop|macro|match|mod|move|mut|override|priv|proc_macro|pub|ref|return|self|static|std|struct"
    "|super|trait|true|try|type|typeof|unsafe|unsized|use|virtual|where|while|yield"
    "|build|check|clean|folder|install|lint|run|test|unit_test|versions"
)


class Parser(argparse.ArgumentParser):
    """One line for a mistake."""

    def error(self, message: str) -> None:
        sys.exit(f"error: {message}; {self.prog} --help says more")


def checked_name(name: str) -> str:
    """`name`, if a folder, a target and a crate can have it."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        sys.exit(f"error: '{name}' is no name: expected words of a-z and 0-9 with _ between them, as in shout_rust")
    if TAKEN.fullmatch(name):
        sys.exit(f"error: '{name}' is no name: it means something else in Rust, or is a target that every guest has")
    return name


def sources(folder: Path) -> list[Path]:
    """The files below a folder that Bazel, Cargo or an editor did not make, relative to it."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not re.match(r"bazel-|target$", name))
        # Bazel's links are files when what they lead to is gone.
        found += [
            Path(parent, name).relative_to(folder)
            for name in sorted(files)
            if not re.match(r"bazel-|\.bazelrc\.user$", name)
        ]
    return found


def seen(path: Path) -> str:
    """A path as the user sees it from where the command was typed."""
    return os.path.relpath(path, os.environ["BUILD_WORKING_DIRECTORY"])


def copy(source: Path, target: Path, words: dict[str, str]) -> None:
    """Copies a folder or a file, with other words in files and their names, and says what was written."""

    def put(text: str) -> str:
        # A name is a whole word: what only begins or ends with it belongs to somebody else.
        pattern = "|".join(rf"(?<![\w-]){re.escape(word)}(?![\w-])" for word in words)
        return re.sub(pattern, lambda found: words[found[0]], text)

    for file in sources(source) if source.is_dir() else [Path()]:
        written = target / put(str(file))
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(put((source / file).read_text()))
        written.chmod((source / file).stat().st_mode)
        print(f"wrote {seen(written)}")


def add_to_list(file: Path, model: str, name: str) -> None:
    """Gives `name` what `model` has in a list: a line in each run of entries, which stay sorted."""
    lines: list[str] = []
    for is_entry, run in itertools.groupby(file.read_text().splitlines(), lambda line: line.startswith('    "')):
        entries = list(run)
        added = [line.replace(f'"{model}"', f'"{name}"') for line in entries if line.startswith(f'    "{model}"')]
        lines += sorted(entries + added) if is_entry and added else entries
    file.write_text("\n".join([*lines, ""]))
    print(f"wrote a line of {seen(file)}")


def new_workspace(folder: Path) -> None:
    if not re.fullmatch(r"[a-z]([a-z0-9._-]*[a-z0-9])?", folder.name):
        sys.exit(f"error: '{folder.name}' cannot be the workspace's name: expected a-z, 0-9 and . _ - between them")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(f"error: {seen(folder)} is there already: expected a folder that is empty or new")
    if ANYHOST in folder.parents:
        sys.exit(f"error: {seen(folder)} is in anyhost's own checkout: expected a folder outside of it")
    launcher = os.path.relpath(ANYHOST, folder.resolve())
    copy(EXAMPLE, folder, {"../../bazel": f"{launcher}/bazel", "consumer": folder.name})
    print(f"now type\n  cd {seen(folder)} && ./bazel test //...")


def new_folder(kind: str, workspace: Path, name: str, models: list[str]) -> None:
    """A guest or a host, as a copy of the first of `models` that is there."""
    folder = workspace / f"{kind}s"
    model = next((model for model in models if (folder / model / "BUILD.bazel").is_file()), None)
    if not model:
        there = ", ".join(sorted(path.parent.name for path in folder.glob("*/BUILD.bazel"))) or "nothing"
        asked = " or ".join(models)
        sys.exit(f"error: there is no {asked} to copy in {seen(folder)}: expected --like NAME, of {there}")
    if (folder / name).exists():
        sys.exit(f"error: {seen(folder / name)} is there already: expected the name of a new {kind}")
    words = {model: name, model.upper(): name.upper()}
    copy(folder / model, folder / name, words)
    page = workspace / "docs" / f"{model}.md"
    if page.exists():
        copy(page, page.with_name(f"{name}.md"), words)
    file = folder / {"guest": "guests.bzl", "host": "matrix.bzl"}[kind]
    tests = f"./bazel test //{kind}s/{name}/..."
    if file.exists():
        add_to_list(file, model, name)
        tests = f"./bazel run //docs:update && {tests} //hosts:matrix_test"
    print(f"now type\n  {tests}")


def main() -> None:
    parser = Parser(prog="new", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawTextHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="workspace|guest|host")
    kind = kinds.add_parser("workspace", help="a workspace of your own, ready to build and test")
    kind.add_argument("folder", metavar="DIR", help="a folder that is empty or new, outside of anyhost's checkout")
    for name in ("guest", "host"):
        kind = kinds.add_parser(name, help=f"a {name} of this workspace, a copy of one that is there")
        kind.add_argument("name", metavar="NAME", help="snake_case; by custom the language comes last")
        kind.add_argument("--like", metavar=name.upper(), help=f"the {name} that is copied")
        if name == "guest":
            kind.add_argument("--language", choices=["c", "rust"], default="rust", help="what it is written in (rust)")
    arguments = parser.parse_args()
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not workspace:
        sys.exit("error: there is no workspace: expected to be run as ./bazel run //tools/new -- …")
    if arguments.kind == "workspace":
        new_workspace(Path(os.path.normpath(Path(os.environ["BUILD_WORKING_DIRECTORY"], arguments.folder))))
    else:
        models = [arguments.like] if arguments.like else MODELS[getattr(arguments, "language", "host")]
        new_folder(arguments.kind, Path(workspace), checked_name(arguments.name), models)


main()
