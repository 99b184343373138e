"""A module that wears a public name keeps the public meaning: upstream_test.py UPSTREAM.json README.md LOAD=DOCS.textproto…

Fails if a rule has an attribute that upstream's has not, and unless the README's table names just those that ours lacks.
"""

import json
import re
import sys
from pathlib import Path

# How Bazel writes down what it reads in a file: rules, providers and macros, each with the names of its parts.
KINDS = {
    "rule_info": ("rule_name", "attribute"),
    "provider_info": ("provider_name", "field_info"),
    "func_info": ("function_name", "parameter"),
}
# What every rule or macro has.
COMMON = {"kwargs", "name"}


def messages(text: str, field: str, depth: int) -> list[str]:
    """The messages of a field in a text proto, which Bazel indents by two blanks a level."""
    blanks = "  " * depth
    return re.findall(rf"^{blanks}{field} \{{\n(.*?)^{blanks}\}}$", text, re.DOTALL | re.MULTILINE)


def name(message: str, field: str, depth: int) -> str:
    found = re.search(rf'^{"  " * depth}{field}: "([^"]+)"$', message, re.MULTILINE)
    return found[1] if found else ""


def symbols(text: str) -> dict[str, set[str]]:
    found = {}
    for kind, (symbol, part) in KINDS.items():
        for message in messages(text, kind, 0):
            parts = {name(attribute, "name", 2) for attribute in messages(message, part, 1)}
            found[name(message, symbol, 1)] = parts - COMMON
    return found


def main() -> int:
    upstream_file, readme_file, *pages = sys.argv[1:]
    upstream = json.loads(Path(upstream_file).read_text())
    rows = {
        row[1]: set(re.findall(r"`([^`]+)`", row[2])) | ({"all of it"} if "all of it" in row[2] else set())
        for row in re.finditer(r"^\| `(\w+)` \|([^|]*)\|", Path(readme_file).read_text(), re.MULTILINE)
    }
    problems, here = [], {}
    for page in pages:
        load, _, file = page.partition("=")
        for symbol, names in symbols(Path(file).read_text()).items():
            here[symbol] = names
            theirs = upstream["symbols"].get(symbol)
            if not theirs or theirs["load"] != load:
                problems.append(f"{symbol}: upstream has none in {load}; what is our own is in rules_anyhost")
            elif names - theirs["names"].keys():
                problems.append(f"{symbol}: upstream has no {', '.join(sorted(names - theirs['names'].keys()))}")
    for symbol, theirs in upstream["symbols"].items():
        lacking = theirs["names"].keys() - here[symbol] if symbol in here else {"all of it"}
        if lacking != rows.get(symbol, set()):
            problems.append(
                f"{symbol}: {readme_file} has to name as not here: {', '.join(sorted(lacking)) or 'nothing'}"
            )
    problems += [
        f"{row}: {readme_file} names it, and upstream has no such rule"
        for row in rows.keys() - upstream["symbols"].keys()
    ]
    if not here:
        problems.append("no rule was found")
    print(
        "\n".join(problems)
        or f"{len(here)} of upstream's names are here, as {upstream['module']} {upstream['version']} has them"
    )
    return 1 if problems else 0


sys.exit(main())
