#!/usr/bin/env bash
# `./bazel version`, which editors' plugins and bug reports ask, and its siblings: what they say is what a released
# Bazel says. The launcher runs with a root of the test's own, which is empty: it is inside of the real one already.
set -uo pipefail
export ANYHOST_CACHE=$TEST_TMPDIR/cache
rc=0
bazel=$PWD/bazel

# In a shell of its own, which the launcher's functions may end.
# shellcheck source=tools/buildroot/root.sh
root=$(source tools/buildroot/root.sh && echo "$root")
mkdir -p "$root/etc/anyhost"
touch "$root/etc/anyhost/bazelrc" "$root/.complete"
(source tools/buildroot/root.sh && certificates_digest) >"$root/etc/anyhost/certificates"
version=$(<.bazelversion)
mkdir "$TEST_TMPDIR/workspace" && cd "$TEST_TMPDIR/workspace" && touch MODULE.bazel || exit

# expect TEXT ARGUMENT...: with these arguments ./bazel ends well, and just this is on its standard output.
expect() {
  local text=$1 said
  shift
  said=$("$bazel" "$@" 2>"$TEST_TMPDIR/stderr") || { echo "./bazel $* failed" && cat "$TEST_TMPDIR/stderr" && rc=1; }
  # shellcheck disable=SC2053 # a pattern
  [[ $said == $text ]] || { printf './bazel %s must say "%s", says: %s\n' "$*" "$text" "$said" && rc=1; }
}

time='[A-Z][a-z][a-z] [A-Z][a-z][a-z] [1-9]* ([1-9]*)'
full="Build label: $version
Build target: @@//src/main/java/com/google/devtools/build/lib/bazel:BazelServer
Build time: $time
Build timestamp: [1-9]*
Build timestamp as int: [1-9]*"
expect "$full" version
expect "$full" --max_idle_secs=60 version
expect "$full" --max_idle_secs 60 version --curses=no
expect "bazel $version" version --gnu_format
expect "bazel $version" --version
expect "release $version" info release
[[ $(</usr/share/bazel/build-label.txt) == "$version" ]] ||
  { echo "the root's Bazel is $(</usr/share/bazel/build-label.txt), .bazelversion says $version" && rc=1; }
"$bazel" shutdown

# refuse TEXT: ./bazel says this in its only line, and fails.
refuse() {
  local text=$1 said
  if said=$("$bazel" version 2>&1); then
    echo "must fail: $text" && rc=1
  elif [[ $said != "anyhost: $text"* || $said == *$'\n'* ]]; then
    printf 'must say "%s" in one line, says: %s\n' "$text" "$said" && rc=1
  fi
}
# A root that has other packages than the locked ones is used with a warning, or not at all.
echo '> bash 9.9 0' >"$root/etc/anyhost/replaced"
unset ANYHOST_STRICT
expect "$full" version
grep -q '^anyhost: WARNING: the build root has other packages than tools/buildroot/lock' "$TEST_TMPDIR/stderr" ||
  { echo 'a root with other packages must be warned of' && cat "$TEST_TMPDIR/stderr" && rc=1; }
"$bazel" shutdown
ANYHOST_STRICT=1 refuse 'the build root has other packages than tools/buildroot/lock'
ANYHOST_CACHE=/usr/cache refuse 'cannot write to the cache folder /usr/cache: set ANYHOST_CACHE'
ANYHOST_CACHE=/usr refuse 'cannot write to the cache folder /usr: set ANYHOST_CACHE'
exit $rc
