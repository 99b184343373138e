"""Prints the manifests for a cluster, with the image as it was built: `… | kubectl apply -f -`."""

import argparse
import re
import sys
from pathlib import Path
from string import Template

# A registry's host and a name there, without tag and digest.
REPOSITORY = re.compile(r"[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+")


def repository(text: str) -> str:
    """A repository, as it is given on the command line."""
    if not REPOSITORY.fullmatch(text):
        raise argparse.ArgumentTypeError(f"'{text}': expected HOST/NAME, where the image was pushed to")
    return text


def render(manifests: list[Path], image: str) -> str:
    """The manifests as one stream of YAML documents."""
    return "---\n".join(Template(manifest.read_text()).substitute(image=image) for manifest in manifests)


def main() -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(
        prog="bazel run //deploy/kubernetes --",
        description=__doc__,
        usage="%(prog)s --repository HOST/NAME",
    )
    parser.add_argument("--digest", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--repository",
        type=repository,
        required=True,
        metavar="HOST/NAME",
        help="where `bazel run //guests/wasi_http_rust:push` pushed the image to",
    )
    parser.add_argument(
        "--manifest",
        type=Path,
        action="append",
        default=[],
        help=argparse.SUPPRESS,
    )
    args = parser.parse_args()
    image = f"{args.repository}@{args.digest.read_text().strip()}"
    sys.stdout.write(render(args.manifest, image))
    return 0


if __name__ == "__main__":
    sys.exit(main())
