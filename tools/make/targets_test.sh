#!/usr/bin/env bash
# Fails if a folder lacks one of the targets: targets_test.sh TARGET,… LIST…
# Each list has the labels of all targets of a folder.
set -uo pipefail
rc=0
for list in "${@:2}"; do
  for target in ${1//,/ }; do
    grep -qE "^//[^:]+:$target\$" "$list" || { echo "$(head -n 1 "$list" | cut -d: -f1) has no target $target" && rc=1; }
  done
done
exit $rc
