#!/usr/bin/env bash
# Runs what has to fail, and looks for what it has to say: fails_test.sh PROGRAM TEXT ARGUMENT…
set -uo pipefail
said=$("$1" "${@:3}" 2>&1) && { echo "$1 passed, it must fail"; exit 1; }
[[ $said == *"$2"* ]] || { printf '%s must say: %s\nit says: %s\n' "$1" "$2" "$said"; exit 1; }
