#!/usr/bin/env bash
# What `bazel run //hosts:cli` does: runs the default component, or the one that is named from the caller's folder.
set -euo pipefail
run=$1

said=$("$run" you false 2>"$TEST_TMPDIR/stderr")
[[ $said == 'Hello, you' ]] || { echo "says: $said"; exit 1; }
[[ ! -s $TEST_TMPDIR/stderr ]] || { echo "says on stderr, though there is a precompiled file:"; cat "$TEST_TMPDIR/stderr"; exit 1; }

code=0
"$run" you maybe 2>"$TEST_TMPDIR/stderr" || code=$?
[[ $code == 2 ]] || { echo "exits with $code for the command's 2"; exit 1; }

# Behind another -- all is the command's.
said=$("$run" -- you --component 2>&1) && { echo "takes the command's argument for its own"; exit 1; }
[[ $said == *'not --component' ]] || { echo "says: $said"; exit 1; }

said=$(BUILD_WORKING_DIRECTORY=$TEST_TMPDIR "$run" --component there.wasm you 2>&1) && { echo "runs a file that is not there"; exit 1; }
[[ $said == *there.wasm* && $said != *wasi_cli* ]] || { echo "does not name the file: $said"; exit 1; }

# What follows its first argument is the guest's, though it be called as a flag of the host's; a flag's value is none.
said=$("$run" --timeout 1m you --component 2>&1) && { echo "takes the guest's argument for its own"; exit 1; }
[[ $said == *'not --component' ]] || { echo "says: $said"; exit 1; }

# Which flags have a value has to be known for that.
has=$("$run" --help | sed -nE 's/^ +(-[A-Za-z], )?(--[a-z-]+)$/\2/p' | sort)
[[ $(grep '^switches=' "$run" | grep -oe '--[a-z-]*') == "$has" ]] || { echo "has other flags without a value: $has"; exit 1; }
