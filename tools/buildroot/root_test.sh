#!/usr/bin/env bash
# The build root as tests see it, and what the launcher says when it cannot have one.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit
rc=0

# expect WHAT TEXT COMMAND...: the command fails, and says the text in its only line.
expect() {
  local what=$1 text=$2 said
  shift 2
  if said=$("$@" 2>&1); then
    echo "$what: must fail" && rc=1
  elif [[ $said != *"$text"* || $said == *$'\n'* ]]; then
    printf '%s: must say "%s" in one line, says: %s\n' "$what" "$text" "$said" && rc=1
  fi
}

load=(bash -c 'source ./root.sh && echo "$root"')
expect 'no home' 'HOME is not set' env -u HOME -u XDG_CACHE_HOME -u ANYHOST_CACHE "${load[@]}"
expect 'white space in the cache' "'/a b' has white space" env ANYHOST_CACHE='/a b' "${load[@]}"
expect 'unknown argument' "takes no '--now'" env ANYHOST_CACHE="$TEST_TMPDIR" ./update-lock --now
expect 'a read-only root' 'Read-only file system' touch /usr/probe

first=$(ANYHOST_CACHE=/a "${load[@]}")
[[ $first =~ ^/a/root-[0-9a-f]{12}$ ]] || { echo "unexpected root: $first" && rc=1; }
again=$(HOME=/home/x ANYHOST_CACHE=/a "${load[@]}")
[[ $first == "$again" ]] || { echo "the same lock in the same cache is two roots: $first, $again" && rc=1; }

[[ $(head -n 1 lock) =~ ^'# snapshot '[0-9]{8}T[0-9]{6}Z$ ]] || { echo "lock: the first line must have the snapshot's time" && rc=1; }
parts=$(sed -nE 's/^\[(.*)\]$/\1/p' packages | paste -sd'|')
while read -r name version sha256 part; do
  [[ $version && $sha256 =~ ^[0-9a-f]{64}$ && $part =~ ^($parts)(,($parts))*$ ]] ||
    { echo "lock: $name must have a version, a SHA-256 and one of the parts $parts" && rc=1; }
done < <(tail -n +2 lock)
part=
while read -r name; do
  if [[ $name == '['* ]]; then
    part=${name:1:-1}
  else
    grep -qE "^$name [^ ]+ [^ ]+ (.*,)?($part|base)(,|\$)" lock ||
      { echo "lock: $name of packages is missing in $part: run tools/buildroot/update-lock" && rc=1; }
  fi
done < <(sed 's/#.*//' packages | xargs -n 1)

export ANYHOST_CACHE=$TEST_TMPDIR
# steps.sh: what a failing step says.
step=(bash -c 'source ./root.sh && source ./steps.sh && log=$TEST_TMPDIR/log && : >"$log" && run_step "a step" "$@" 2>&1 | tail -n 1' -)
step_says() {
  local text=$1 said
  shift
  said=$("${step[@]}" "$@")
  [[ $said == *"$text"* ]] || { printf 'a step must say "%s", says: %s\n' "$text" "$said" && rc=1; }
}
step_says 'done in' true
step_says 'this step failed (exit 4)' sh -c 'exit 4'
step_says 'is full: free some room' sh -c 'echo "tar: No space left on device"; exit 2'
# What interrupts a step ends all that it started.
export seconds=1234$$
sleeper() { (exec sleep "$seconds") && true; }
sleeping() { pgrep -f "^sleep $seconds\$" >/dev/null; }
export -f sleeper
bash -c 'source ./root.sh && source ./steps.sh && log=/dev/null && run_step "a step" sleeper' 2>/dev/null &
pid=$!
until sleeping; do sleep 0.1; done
kill -TERM "$pid"
wait "$pid"
# The kernel may take a moment to end it.
for _ in {1..300}; do sleeping || break && sleep 0.1; done
! sleeping || { echo 'an interrupted step goes on' && rc=1; }
step_says 'said by itself' sh -c 'echo said by itself >&3; exit 3'
exit $rc
