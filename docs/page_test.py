"""Types every shell block of a page, from the first to the last, in a copy of the checkout: page_test.py PAGE

The lines of a block of text after it are then among what it said.

The copy has a Bazel server of its own, in the test's folder, and shares the user's cache with the build around it.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

# Bazel behaves differently where it finds a test's variables.
INHERITED = re.compile(
    r"ANYHOST_CACHE|HOME|PATH|USER|LANG|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|PIP_CERT|(https?|no)_proxy", re.IGNORECASE
)


def main() -> int:
    page = Path(sys.argv[1]).read_text()
    block = r"^ *```{}\n(.*?)^ *```\n"
    found = re.findall(block.format("sh") + rf"(?:\s*{block.format('text')})?", page, re.DOTALL | re.MULTILINE)
    blocks = [(textwrap.dedent(typed), textwrap.dedent(said).splitlines()) for typed, said in found]
    if not blocks:
        sys.exit(f"{sys.argv[1]} has no block of shell")
    # The test finds the repository behind the link to its MODULE.bazel.
    repository = Path("MODULE.bazel").resolve().parent
    folder = Path(os.environ["TEST_TMPDIR"], "page")
    checkout = folder / "checkout"
    shutil.copytree(
        repository,
        checkout,
        symlinks=True,
        ignore=shutil.ignore_patterns("bazel-*", ".git", ".bazelrc.user", "target", "node_modules"),
    )
    (checkout / ".bazelrc.user").write_text(f"startup --output_base={folder}/output\nstartup --max_idle_secs=5\n")
    environment = {name: value for name, value in os.environ.items() if INHERITED.fullmatch(name)}
    try:
        for typed, said in blocks:
            print(typed, flush=True)
            command = ["bash", "-euo", "pipefail", "-c", f"exec 2>&1\n{typed}"]
            done = subprocess.run(
                command, cwd=checkout, env=environment, stdout=subprocess.PIPE, text=True, check=False
            )
            print(done.stdout, flush=True)
            if done.returncode != 0:
                print(f"the block above ended with {done.returncode}")
                return 1
            if missing := [line for line in said if line not in done.stdout]:
                print(f"the block above does not say: {missing[0]}")
                return 1
    finally:
        for launcher in folder.glob("*/bazel"):
            subprocess.run([launcher, "clean", "--expunge"], cwd=launcher.parent, env=environment, check=False)
        # Bazel makes folders that are outputs read-only.
        subprocess.run(["chmod", "-R", "u+w", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(blocks)} blocks, each as the page says")
    return 0


sys.exit(main())
