"""A flag means the same in all hosts: lib/host/testing/manners.json says which have it, its default and what is wrong.

manners_test TABLE COMPONENT WASI_PLUGIN HOST=PROGRAM...
"""

import json
import re
import subprocess
import sys
from pathlib import Path

table_file, component, wasi_plugin, *hosts = sys.argv[1:]
table = json.loads(Path(table_file).read_text())
problems = []
tried = 0


def run(*command: str) -> tuple[int, str, str]:
    """The exit code of a program, and what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def is_told(host: str, command: list[str], line: str) -> None:
    """Wrong usage ends with exit code 2 and one line, which begins with `line` and names --help."""
    global tried
    tried += 1
    code, output, errors = run(*command)
    end = " (--help tells more)\n"
    if code != 2 or output or errors.count("\n") != 1 or not errors.startswith(line) or not errors.endswith(end):
        problems.append(f"{host} {' '.join(command[1:])!r}: expected {line}…{end!r} and 2, got {errors!r} and {code}")


def has_wasi(host: str, program: str) -> None:
    """A plugin that prints a line does so to standard error; without WASI it is refused."""
    global tried
    tried += 1
    command = [program, "--component", wasi_plugin]
    lacks = "which this host does not provide; it provides nothing\n"
    for flags, expected in {
        (): (0, "Hello, World\n", "guest stdout: greeting World\n"),
        ("--env", "A=1", "--dir", ".::/data:ro"): (0, "Hello, World\n", "guest stdout: greeting World\n"),
        ("--wasi", "none"): (1, "", lacks),
    }.items():
        code, output, errors = run(*command, *flags, "World")
        if (code, output) != expected[:2] or not errors.endswith(expected[2]) or errors.count("\n") != 1:
            problems.append(f"{host} {flags}: expected {expected}, got {code}, {output!r} and {errors!r}")
    none = [*command, "--wasi", "none", "--env", "A=1", "World"]
    is_told(host, none, "error: --env and --dir grant nothing with --wasi none")


for host, program in (pair.split("=", 1) for pair in hosts):
    code, usage, _ = run(program, "--help")
    if code:
        problems.append(f"{host} --help: exit code {code}")
    # Each flag with what is said of it.
    sections: dict[str, str] = {}
    for part in re.split(r"^ +(?:-\w, +)?(?=--)", usage, flags=re.MULTILINE)[1:]:
        sections.setdefault(part.split()[0].rstrip(","), part)
    of_image = "--image" in sections
    needed = ["--image", component, "--shim", component] if of_image else ["--component", component]
    needed += ["x"] * host.startswith("plugin_")
    for flag, row in table.items():
        if (flag in sections) != (host in row["hosts"]):
            problems.append(
                f"{host} --help: {flag} is {'' if flag in sections else 'not '}there; the table says otherwise"
            )
            continue
        if flag not in sections:
            continue
        default = row.get("defaults", {}).get(host, row.get("default"))
        if default and f"default: {default}" not in sections[flag]:
            problems.append(f"{host} --help: expected {flag} to have the default {default}, got {sections[flag]!r}")
        for value, reason in row["wrong"].items():
            line = f"error: invalid value '{value}' for '{flag} <{row['value']}>': {reason.replace('{default}', default or '')}"
            is_told(host, [program, *needed, f"{flag}={value}"], line)
    is_told(host, [program, *needed, "--no-such-flag"], "error: unexpected argument '--no-such-flag'")
    if "--wasi" in sections:
        has_wasi(host, program)
    lacks = "--image <TAR> and --shim <FILE> are missing" if of_image else "--component <FILE> is missing"
    is_told(host, [program, *["x"] * host.startswith("plugin_")], f"error: {lacks}")

print("\n".join(problems) or f"{len(hosts)} hosts tell {tried} mistakes in the same words")
sys.exit(1 if problems or not tried else 0)
