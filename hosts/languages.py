"""What a guest costs in each language: `./bazel run //hosts:languages`, the table of docs/languages.md."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

HEAD = """\
| guest | bytes | compressed | compiled, ms | loaded, ms | first greeting, ms | a greeting, µs | memory, KiB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def row(bench: str, guest: str) -> str:
    """The figures of a guest, NAME=COMPONENT=CODE."""
    name, component, code = guest.split("=")
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    content = Path(component).read_bytes()
    figures = json.loads(subprocess.run([bench, component, code], stdout=subprocess.PIPE, check=True).stdout)
    return (
        f"| `{name}` | {len(content):,} | {len(gzip.compress(content, 9)):,} "
        f"| {figures['compile_ms']:,.0f} | {figures['load_ms']:.2f} | {figures['first_ms']:.2f} "
        f"| {figures['call_us']:.2f} | {figures['memory'] // 1024:,} |"
    )


if __name__ == "__main__":
    print("\n".join([HEAD, *(row(sys.argv[1], guest) for guest in sys.argv[2:])]))
