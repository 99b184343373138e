#!/usr/bin/env bash
# What `bazel run //hosts:docker_cli` does: runs the default image, or the one that is named from the caller's folder.
set -euo pipefail
run=$1

said=$(BUILD_WORKING_DIRECTORY=$TEST_TMPDIR "$run" --image there.tar 2>&1) && { echo "runs a file that is not there"; exit 1; }
[[ $said == 'error: there.tar: no such file; expected an image in a tar archive' ]] || { echo "says: $said"; exit 1; }

greeting=$("$run" Belgium true 2>"$TEST_TMPDIR/stderr")
[[ $greeting == 'HELLO, BELGIUM' ]] || { echo "prints: $greeting"; cat "$TEST_TMPDIR/stderr"; exit 1; }
grep -q '^\[[0-9.]* s\] running anyhost/wasi_cli_rust:latest$' "$TEST_TMPDIR/stderr"

# What follows its first argument is the guest's, though it be called as a flag of the host's; a flag's value is none.
said=$("$run" --quiet --grace 9s you --image 2>&1) && { echo "takes the guest's argument for its own"; exit 1; }
[[ $said == *'not --image' ]] || { echo "says: $said"; exit 1; }

# Which flags have a value has to be known for that.
has=$("$run" --help | sed -nE 's/^ +(-[A-Za-z], )?(--[a-z-]+)$/\2/p' | sort)
[[ $(grep '^switches=' "$run" | grep -oe '--[a-z-]*') == "$has" ]] || { echo "has other flags without a value: $has"; exit 1; }
