"""Writes the first files of what is added: a workspace that depends on anyhost, a contract, a guest or a host."""

import argparse
import itertools
import os
import re
import sys
from pathlib import Path

EPILOG = """examples:
  ./bazel run //tools/new -- workspace ../shop       a workspace with a contract and a guest that is tested
  ./bazel run //tools/new -- contract acme:prices    a contract, with a guest that keeps it and hosts that run it
  ./bazel run //tools/new -- contract acme:prices --guest-language c
  ./bazel run //tools/new -- guest shout_rust        a guest in Rust, in this workspace
  ./bazel run //tools/new -- guest shout_c --language c
  ./bazel run //tools/new -- guest shout_ts --language ts
  ./bazel run //tools/new -- guest shout_rust --like hello_world_imports_rust
  ./bazel run //tools/new -- host embedded_python --like plugin_python

In a workspace that depends on anyhost, type ./bazel run //:new -- contract NAMESPACE:NAME.
"""

# This file is a link to the one in the checkout of anyhost.
ANYHOST = Path(__file__).resolve().parents[2]
EXAMPLE = ANYHOST / "e2e" / "consumer"

# What a new one is a copy of, unless the user names another: the first of these that is there.
MODELS = {
    "c": ["hello_world_c", "text_c"],
    "cpp": ["hello_world_cpp"],
    "go": ["hello_world_go"],
    "host": ["plugin_nodejs", "slugs_python"],
    "js": ["hello_world_js"],
    "python": ["hello_world_python"],
    "rust": ["hello_world_rust", "text_rust"],
    "ts": ["hello_world_ts"],
}

# Names that mean something else: to Rust, and among the targets of a guest.
TAKEN = re.compile(
    "abstract|alloc|as|async|await|become|box|break|const|continue|core|crate|do|dyn|else|enum|extern|false|final|fn|for"
    "|gen|if|impl|in|let|loop|macro|match|mod|move|mut|override|priv|proc_macro|pub|ref|return|self|static|std|struct"
    "|super|trait|true|try|type|typeof|unsafe|unsized|use|virtual|where|while|yield"
    "|build|check|clean|folder|install|lint|run|test|unit_test|versions"
)

# Names that mean something else in WIT, or are a target of the contract that is copied.
TAKEN_IN_WIT = re.compile(
    "as|async|bool|borrow|char|constructor|enum|export|f32|f64|flags|from|func|future|import|include|interface|list|map"
    "|option|own|package|record|resource|result|s8|s16|s32|s64|static|stream|string|tuple|type|u8|u16|u32|u64|use"
    "|variant|with|world|cases|slug|slugger"
)

# The guest in each plugin host, in a workspace that has no matrix.
PLUGIN_TESTS = """
plugin_tests(
    name = "{guest}",
    cases = "//wit/{contract}:cases",
    component = "//guests/{guest}",
)
"""
LOAD_PLUGIN_TESTS = 'load("@anyhost//hosts:defs.bzl", "plugin_tests")\n'


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


def checked_contract(name: str) -> tuple[str, str]:
    """The namespace and the name of a contract, if a package of WIT can have them."""
    word = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
    parts = re.fullmatch(rf"({word}):({word})", name)
    if not parts:
        sys.exit(f"error: '{name}' is no contract: expected NAMESPACE:NAME, words of a-z and 0-9, as in acme:prices")
    for part in parts.groups():
        if TAKEN_IN_WIT.fullmatch(part) or TAKEN.fullmatch(part):
            sys.exit(f"error: '{name}' is no contract: '{part}' means something else in WIT or in Rust, or is a target")
    return parts[1], parts[2]


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


def text_of(file: Path) -> str:
    """What is in a file, which need not be there."""
    return file.read_text() if file.exists() else ""


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
    hosts = workspace / "hosts" / "BUILD.bazel"
    row = re.search(rf'\nplugin_tests\(\n    name = "{model}",\n.*?^\)\n', text_of(hosts), re.DOTALL | re.MULTILINE)
    if kind == "guest" and row:
        hosts.write_text(text_of(hosts) + re.sub(rf"\b{model}\b", name, row[0]))
        print(f"wrote the end of {seen(hosts)}")
        tests += f" //hosts:{name}"
    if file.exists():
        add_to_list(file, model, name)
        tests = f"./bazel run //docs:update && {tests} //hosts:matrix_test"
    print(f"now type\n  {tests}")


def new_contract(workspace: Path, namespace: str, name: str, language: str) -> None:
    """A contract with a guest that keeps it, copies of those in the example, and what runs it in hosts."""
    model, guest = f"text_{language}", f"{name.replace('-', '_')}_{language}"
    listed = workspace / "guests" / "guests.bzl"
    for folder in (workspace / "wit" / name, workspace / "guests" / guest):
        if folder.exists():
            sys.exit(f"error: {seen(folder)} is there already: expected the name of a new contract")
    in_rust, in_c = [sign.join([namespace, name]).replace("-", "_") for sign in ("::", "_")]
    words = {
        "acme::text": in_rust,
        "exports_acme_text_slug_slug": f"exports_{in_c}_slug_slug",
        "acme": namespace,
        "text": name,
        model: guest,
    }
    if listed.exists():
        words["@anyhost//tools"] = "//tools"  # it is anyhost itself
    for kind, source, target in (("wit", "text", name), ("guests", model, guest)):
        copy(EXAMPLE / kind / source, workspace / kind / target, words)
    tests = f"//wit/{name}/... //guests/{guest}/..."
    if listed.exists():
        if language == "rust":
            crate = workspace / "guests" / guest / "Cargo.toml"
            copied = (workspace / "guests" / MODELS["rust"][0] / "Cargo.toml").read_text()
            copied = re.sub(r'(name|description) = "[^"]*"', rf'\1 = "{guest}"', copied)
            crate.write_text(re.sub(r"greeting = .*\n", "", copied))
            print(f"wrote {seen(crate)}")
        add_to_list(listed, MODELS[language][0], guest)
        print(f"now type\n  ./bazel run //docs:update && ./bazel test {tests} //hosts/plugin_python:{guest}_test")
        return
    file = workspace / "hosts" / "BUILD.bazel"
    before = text_of(file)
    head = "" if LOAD_PLUGIN_TESTS in before else LOAD_PLUGIN_TESTS
    file.parent.mkdir(exist_ok=True)
    file.write_text(head + before + PLUGIN_TESTS.format(contract=name, guest=guest))
    print(f"wrote {'the end of ' if before else ''}{seen(file)}\nnow type\n  ./bazel test {tests} //hosts:{guest}")


def main() -> None:
    parser = Parser(prog="new", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawTextHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="workspace|contract|guest|host")
    kind = kinds.add_parser("workspace", help="a workspace of your own, ready to build and test")
    kind.add_argument("folder", metavar="DIR", help="a folder that is empty or new, outside of anyhost's checkout")
    kind = kinds.add_parser("contract", help="a contract of this workspace, with a guest that keeps it")
    kind.add_argument("name", metavar="NAMESPACE:NAME", help="the package of WIT, as in acme:prices")
    kind.add_argument(
        "--guest-language", choices=["c", "rust"], default="rust", help="what its guest is written in (rust)"
    )
    for name in ("guest", "host"):
        kind = kinds.add_parser(name, help=f"a {name} of this workspace, a copy of one that is there")
        kind.add_argument("name", metavar="NAME", help="snake_case; by custom the language comes last")
        kind.add_argument("--like", metavar=name.upper(), help=f"the {name} that is copied")
        if name == "guest":
            languages = [language for language in MODELS if language != "host"]
            kind.add_argument("--language", choices=languages, default="rust", help="what it is written in (rust)")
    arguments = parser.parse_args()
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not workspace:
        sys.exit("error: there is no workspace: expected to be run as ./bazel run //tools/new -- …")
    if arguments.kind == "workspace":
        new_workspace(Path(os.path.normpath(Path(os.environ["BUILD_WORKING_DIRECTORY"], arguments.folder))))
    elif arguments.kind == "contract":
        new_contract(Path(workspace), *checked_contract(arguments.name), arguments.guest_language)
    else:
        models = [arguments.like] if arguments.like else MODELS[getattr(arguments, "language", "host")]
        new_folder(arguments.kind, Path(workspace), checked_name(arguments.name), models)


main()
