"""Types every shell block of a page, from the first to the last, in a copy of the checkout: page_test.py PAGE

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
    blocks = [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```$", page, re.DOTALL | re.MULTILINE)]
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
        for block in blocks:
            print(block, flush=True)
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=checkout, env=environment, check=False)
            if done.returncode != 0:
                print(f"the block above ended with {done.returncode}")
                return 1
    finally:
        subprocess.run(["./bazel", "shutdown"], cwd=checkout, env=environment, check=False)
        # Bazel makes folders that are outputs read-only.
        subprocess.run(["chmod", "-R", "u+w", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(blocks)} blocks, each as the page says")
    return 0


sys.exit(main())
