#!/usr/bin/env bash
# Keeps the documentation's tables as the build has them: update.sh check|write TABLE
set -euo pipefail
mode=$1 table=$(realpath "$2")
cd "${BUILD_WORKSPACE_DIRECTORY:-.}"

begin='<!-- The matrix, from hosts/matrix.bzl' end='<!-- end of the matrix -->'
# page FILE: the page with the table as it should be
page() {
  awk -v begin="$begin" -v end="$end" -v table="$table" '
    $0 == end { skip = 0 }
    !skip
    index($0, begin) == 1 { print ""; while ((getline line < table) > 0) print line; print ""; skip = 1; close(table) }' "$1"
}

rc=0
for file in README.md docs/status.md; do
  new=$(page "$file")
  [[ $new == *"$end"* ]] || { echo "$file has no '$end'" && exit 1; }
  if [[ $mode == write ]]; then
    printf '%s\n' "$new" >"$file"
  elif ! diff <(printf '%s\n' "$new") "$file"; then
    echo "$file is not up to date: type ./bazel run //docs:update" && rc=1
  fi
done
exit $rc
