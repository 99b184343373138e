"""Prints what each title is in an address, as a plugin makes it."""

import argparse
import sys

from anyhost import Plugin, PluginError


def main() -> int:
    """Runs the program."""
    parser = argparse.ArgumentParser(prog="slugs_python", description=__doc__)
    parser.add_argument("--component", required=True, metavar="FILE", help="the plugin (*.wasm)")
    parser.add_argument("titles", nargs="+", metavar="TITLE")
    args = parser.parse_args()
    try:
        with Plugin(args.component) as plugin:
            for title in args.titles:
                print(plugin.slug.slug(title))
    except PluginError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
