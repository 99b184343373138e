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

while read -r name version sha256; do
  [[ $version && $sha256 =~ ^[0-9a-f]{64}$ ]] || { echo "lock: $name has no version or no SHA-256" && rc=1; }
done <lock
for name in $(sed 's/#.*//' packages); do
  grep -q "^$name " lock || { echo "lock: $name of packages is missing: run tools/buildroot/update-lock" && rc=1; }
done
exit $rc
