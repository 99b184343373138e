#!/usr/bin/env bash
# Runs programs one after the other: each.sh PROGRAM...; fails if one fails.
set -uo pipefail
rc=0
for program; do
  "$program" || rc=1
  echo
done
exit $rc
