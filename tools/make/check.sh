#!/usr/bin/env bash
# Shows what a component is: check.sh WASM_TOOLS COMPONENT TEST...
# Runs the tests of its form, each of which says what it finds, and prints its world and who produced it.
set -uo pipefail
tools=$1 component=$2 rc=0
for test in "${@:3}"; do "$test" || rc=1; done
echo
"$tools" component wit "$component" || rc=1
echo
"$tools" metadata show "$component" || rc=1
exit $rc
