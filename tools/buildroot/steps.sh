# Sourced by what makes and completes the build root: steps that take a while, and what is said of them.
# shellcheck shell=bash

say() { printf 'anyhost: %s\n' "$*" >&2; }

# Each step is a process group of its own: what interrupts the script ends the step too.
set -m
step=
trap '[[ ! $step ]] || { kill -TERM -- "-$step"; wait "$step"; } 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# run_step TITLE COMMAND...: output to $log; a line of progress every now and then; the log's end on failure.
run_step() {
  local title=$1 begin=$SECONDS rc=0
  shift
  say "$title"
  # shellcheck disable=SC2154 # log is the caller's
  { set +m && "$@"; } 3>&2 >>"$log" 2>&1 </dev/null &
  step=$!
  while kill -0 "$step" 2>/dev/null; do
    sleep 1
    if (((SECONDS - begin) % 15 == 14)); then
      say "  … $((SECONDS - begin)) s: $(tail -n 1 "$log" | tr -cd '[:print:]' | cut -c1-90)"
    fi
  done
  wait "$step" || rc=$?
  step=
  ((rc != 3)) || exit 1 # it said so itself, on file descriptor 3
  ((rc == 0)) || {
    ! tail -n 50 "$log" | grep -q 'No space left on device' ||
      fail "the disk with ${log%/*} is full: free some room, or set ANYHOST_CACHE to a folder on a larger disk, and run ./bazel again"
    tail -n 15 "$log" >&2
    fail "this step failed (exit $rc): $title; all it said is in $log; run ./bazel again to go on"
  }
  say "  done in $((SECONDS - begin)) s"
}
