#!/usr/bin/env bash
# What `bazel run //hosts:docker_cli` does: runs the default image, or the one that is named from the caller's folder.
set -euo pipefail
run=$1

said=$(BUILD_WORKING_DIRECTORY=$TEST_TMPDIR "$run" --image there.tar 2>&1) && { echo "runs a file that is not there"; exit 1; }
[[ $said == 'error: there.tar: no such file; expected an image in a tar archive' ]] || { echo "says: $said"; exit 1; }

greeting=$("$run" Belgium true 2>"$TEST_TMPDIR/stderr")
[[ $greeting == 'HELLO, BELGIUM' ]] || { echo "prints: $greeting"; cat "$TEST_TMPDIR/stderr"; exit 1; }
grep -q '^\[[0-9.]* s\] running anyhost/wasi_cli_rust:latest$' "$TEST_TMPDIR/stderr"
