#!/usr/bin/env bash
# What `bazel run //hosts:docker_http` does: serves the default image, or the one that is named from the caller's folder.
set -euo pipefail
run=$1

said=$(BUILD_WORKING_DIRECTORY=$TEST_TMPDIR "$run" --image there.tar 2>&1) && { echo "serves a file that is not there"; exit 1; }
[[ $said == 'error: there.tar: no such file; expected an image in a tar archive' ]] || { echo "says: $said"; exit 1; }

"$run" --addr 127.0.0.1:0 2>"$TEST_TMPDIR/stderr" >"$TEST_TMPDIR/stdout" &
trap 'kill -KILL $! 2>/dev/null || true' EXIT
until address=$(grep -oE 'http://[0-9.:]+ \(anyhost/wasi_http_rust:latest,' "$TEST_TMPDIR/stderr"); do
  kill -0 $! || { cat "$TEST_TMPDIR/stderr"; exit 1; }
  sleep 0.1
done
[[ $(curl -fsS "${address% *}/me?up=true") == 'HELLO, ME' ]]
kill -TERM $!
wait $!
grep -q 'path="/me?up=true" status=200' "$TEST_TMPDIR/stdout"
