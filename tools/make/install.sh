#!/usr/bin/env bash
# Says what `bazel run` has just made ready: install.sh LABEL FILE...
set -euo pipefail
echo "$1 is ready, and all that it is built, tested and linted with:"
for file in "${@:2}"; do
  printf '  %s, %s bytes\n' "${file##*/}" "$(stat -Lc %s "$file")"
done
echo "building, testing and running it in this checkout needs no network from now on"
