"""What tools/new writes and refuses; docs/your-own-*.md and docs/add-a-*.md build and test it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path("tools/new/new.py").resolve()
GUESTS = '''"""The list of guests."""

GUESTS = [
    "hello_world_c",
    "hello_world_rust",
    "wasi_cli_rust",
]
'''


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the program as `bazel run` does, in a workspace."""
    environment = os.environ | {"BUILD_WORKSPACE_DIRECTORY": str(folder), "BUILD_WORKING_DIRECTORY": str(folder)}
    command = [sys.executable, PROGRAM, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def made(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def refused(folder: Path, *arguments: str) -> str:
    """The one line that it says; nothing is written."""
    before = sorted(folder.rglob("*"))
    done = run(folder, *arguments)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1, done.stderr
    assert sorted(folder.rglob("*")) == before
    return done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A workspace with a guest and a list."""
    guest = tmp_path / "guests" / "hello_world_rust"
    (guest / "src").mkdir(parents=True)
    (guest / "BUILD.bazel").write_text('rust_guest(name = "hello_world_rust")\n')
    (guest / "src" / "hello_world_rust.rs").write_text('env!("HELLO_WORLD_RUST")\n')
    (tmp_path / "guests" / "guests.bzl").write_text(GUESTS)
    return tmp_path


def test_workspace_has_its_own_name_and_anyhosts_launcher(tmp_path: Path) -> None:
    said = made(tmp_path, "workspace", "below/shop")
    shop = tmp_path / "below" / "shop"
    assert said.endswith("now type\n  cd below/shop && ./bazel test //...\n")
    assert 'module(name = "shop")' in (shop / "MODULE.bazel").read_text()
    assert os.access(shop / "bazel", os.X_OK)
    anyhost = (shop / "bazel").read_text().split('")/')[1].split('" ')[0]
    assert (shop / anyhost).resolve() == PROGRAM.parents[2] / "bazel"
    assert not [path for path in shop.rglob("*") if path.name.startswith("bazel-")]
    for file in sorted(path for path in shop.rglob("*") if path.is_file()):
        assert f"wrote {file.relative_to(tmp_path)}\n" in said


def test_workspace_refuses_to_overwrite(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "file").touch()
    assert "shop is there already: expected a folder that is empty or new" in refused(tmp_path, "workspace", "shop")
    assert "shop/file is there already" in refused(tmp_path, "workspace", "shop/file")


def test_workspace_has_a_name_that_bazel_takes(tmp_path: Path) -> None:
    assert "'Shop' cannot be the workspace's name: expected a-z" in refused(tmp_path, "workspace", "Shop")
    assert "in anyhost's own checkout" in refused(tmp_path, "workspace", str(PROGRAM.parent / "shop"))


def test_guest_is_a_copy_with_a_line_in_the_list(checkout: Path) -> None:
    said = made(checkout, "guest", "shout_rust")
    guest = checkout / "guests" / "shout_rust"
    assert (guest / "BUILD.bazel").read_text() == 'rust_guest(name = "shout_rust")\n'
    assert (guest / "src" / "shout_rust.rs").read_text() == 'env!("SHOUT_RUST")\n'
    listed = (checkout / "guests" / "guests.bzl").read_text()
    assert listed == GUESTS.replace('    "wasi', '    "shout_rust",\n    "wasi')
    assert said.endswith("&& ./bazel test //guests/shout_rust/... //hosts:matrix_test\n")


def test_host_is_a_copy_with_a_line_in_each_list(tmp_path: Path) -> None:
    host = tmp_path / "hosts" / "plugin_python"
    host.mkdir(parents=True)
    (host / "BUILD.bazel").write_text('plugin_python("@pip_plugin_python//:plugin_python_lock", plugin_python)\n')
    matrix = tmp_path / "hosts" / "matrix.bzl"
    matrix.write_text('ANY = [\n    "plugin_python",\n]\n\nHOSTS = {\n    "cli": 1,\n    "plugin_python": 2,\n}\n')
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "plugin_python.md").write_text("# plugin_python\n")
    said = made(tmp_path, "host", "embedded", "--like", "plugin_python")
    assert (tmp_path / "docs" / "embedded.md").read_text() == "# embedded\n"
    build = (tmp_path / "hosts" / "embedded" / "BUILD.bazel").read_text()
    assert build == 'embedded("@pip_plugin_python//:plugin_python_lock", embedded)\n'
    assert matrix.read_text() == (
        'ANY = [\n    "embedded",\n    "plugin_python",\n]\n\n'
        'HOSTS = {\n    "cli": 1,\n    "embedded": 2,\n    "plugin_python": 2,\n}\n'
    )
    assert said.endswith("&& ./bazel test //hosts/embedded/... //hosts:matrix_test\n")


def test_contract_has_its_names_and_a_row_of_hosts(tmp_path: Path) -> None:
    (tmp_path / "hosts").mkdir()
    said = made(tmp_path, "contract", "my-co:gift-cards")
    assert (tmp_path / "wit/gift-cards/gift-cards.wit").read_text().startswith("package my-co:gift-cards@1.0.0;\n")
    guest = (tmp_path / "guests/gift_cards_rust/src/lib.rs").read_text()
    assert "use bindings::exports::my_co::gift_cards::slug::Guest;\n" in guest
    assert 'path: "../../wit/gift-cards"' in guest
    load = 'load("@anyhost//hosts:defs.bzl", "plugin_tests")\n'
    row = """
plugin_tests(
    name = "gift_cards_rust",
    cases = "//wit/gift-cards:cases",
    component = "//guests/gift_cards_rust",
)
"""
    hosts = tmp_path / "hosts/BUILD.bazel"
    assert hosts.read_text() == load + row
    assert said.endswith(
        "now type\n  ./bazel test //wit/gift-cards/... //guests/gift_cards_rust/... //hosts:gift_cards_rust\n"
    )
    made(tmp_path, "contract", "my-co:notes", "--guest-language", "c")
    notes = row.replace("gift-cards", "notes").replace("gift_cards_rust", "notes_c")
    assert hosts.read_text() == load + row + notes
    assert "void exports_my_co_notes_slug_slug(" in (tmp_path / "guests/notes_c/src/notes_c.c").read_text()
    made(tmp_path, "guest", "short_notes_c", "--like", "notes_c")
    assert hosts.read_text() == load + row + notes + notes.replace("notes_c", "short_notes_c")


def test_contract_of_anyhost_itself_is_a_line_in_its_list(checkout: Path) -> None:
    manifest = (
        '[package]\nname = "hello_world_rust"\n\n[dependencies]\ngreeting = { path = "x" }\nguest_rt = { path = "y" }\n'
    )
    (checkout / "guests" / "hello_world_rust" / "Cargo.toml").write_text(manifest)
    said = made(checkout, "contract", "acme:words")
    guest = checkout / "guests" / "words_rust"
    assert 'load("//tools/make:defs.bzl", "rust_guest")' in (guest / "BUILD.bazel").read_text()
    crate = '[package]\nname = "words_rust"\n\n[dependencies]\nguest_rt = { path = "y" }\n'
    assert (guest / "Cargo.toml").read_text() == crate
    assert '    "words_rust",\n' in (checkout / "guests" / "guests.bzl").read_text()
    assert not (checkout / "hosts").exists()
    assert "./bazel run //docs:update && ./bazel test //wit/words/... //guests/words_rust/..." in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("words", "'words' is no contract: expected NAMESPACE:NAME"),
        ("acme:Words", "'acme:Words' is no contract"),
        ("acme:words@1.0.0", "'acme:words@1.0.0' is no contract"),
        ("acme:list", "'list' means something else in WIT or in Rust, or is a target"),
        ("crate:words", "'crate' means something else"),
        ("acme:cases", "'cases' means something else"),
        ("acme:hello", "wit/hello is there already: expected the name of a new contract"),
        ("acme:shout", "guests/shout_rust is there already: expected the name of a new contract"),
    ],
)
def test_contract_refuses(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "wit" / "hello").mkdir(parents=True)
    (tmp_path / "guests" / "shout_rust").mkdir(parents=True)
    assert text in refused(tmp_path, "contract", name)


def test_guest_without_a_list(checkout: Path) -> None:
    (checkout / "guests" / "guests.bzl").unlink()
    said = made(checkout, "guest", "shout_rust", "--like", "hello_world_rust")
    assert said.endswith("now type\n  ./bazel test //guests/shout_rust/...\n")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["shout-rust"], "'shout-rust' is no name: expected words of a-z and 0-9"),
        (["_rust"], "'_rust' is no name"),
        (["../rust"], "'../rust' is no name"),
        (["std"], "'std' is no name: it means something else in Rust"),
        (["lint"], "'lint' is no name: it means"),
        (["hello_world_rust"], "guests/hello_world_rust is there already: expected the name of a new guest"),
        (["shout_c", "--language", "c"], "there is no hello_world_c or text_c to copy in "),
        (["shout_ts", "--language", "ts"], "there is no hello_world_ts to copy in "),
        (["shout_rust", "--like", "none"], "--like NAME, of hello_world_rust"),
        (["shout", "--language", "perl"], "invalid choice: 'perl'"),
        ([], "the following arguments are required: NAME; new guest --help says more"),
    ],
)
def test_guest_refuses(checkout: Path, arguments: list[str], text: str) -> None:
    assert text in refused(checkout, "guest", *arguments)


def test_not_in_a_workspace() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BUILD_")}
    command = [sys.executable, PROGRAM, "guest", "shout_rust"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "error: there is no workspace: expected to be run as ./bazel run //tools/new -- …\n"


def test_help_teaches(tmp_path: Path) -> None:
    assert "./bazel run //tools/new -- workspace ../shop" in made(tmp_path, "--help")
    assert "the guest that is copied" in made(tmp_path, "guest", "--help")
