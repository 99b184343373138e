#!/usr/bin/env bash
# export, import and digest, with a small root: what one cache has comes to another whole, or not at all.
set -uo pipefail
mkdir -p "$TEST_TMPDIR"/{tools,bin} && cp -rL "$(dirname "${BASH_SOURCE[0]}")" "$TEST_TMPDIR/tools/buildroot" && cd "$TEST_TMPDIR" || exit
scripts=$PWD/tools/buildroot rc=0
chmod -R u+w "$scripts"
# The certificates are the machine's, which a real root is for.
printf '#!/bin/sh\n' >"$scripts/make"
printf '#!/bin/sh\n' >bin/bwrap
chmod +x bin/bwrap
PATH=$PWD/bin:$PATH

# expect TEXT COMMAND...: fails, with this in its last line.
expect() {
  local text=$1 said
  shift
  if said=$("$@" 2>&1); then
    echo "must fail: $*" && rc=1
  elif [[ ${said##*$'\n'} != "anyhost: "*"$text"* ]]; then
    printf '%s: must say "%s", says: %s\n' "$*" "$text" "$said" && rc=1
  fi
}
root_in() { ANYHOST_CACHE=$1 bash -c 'source "$1/root.sh" && echo "$root"' - "$scripts"; }
first=$(root_in "$PWD/a") second=$(root_in "$PWD/b")
mkdir -p "$first"/{dev/shm,etc/anyhost/add-ons,usr/bin,var} a/cargo/registry/{cache,src} a/npm b/cargo/registry/cache
awk '/ base$/ { print $1, $2, $3 }' "$scripts/lock" >"$first/etc/anyhost/manifest"
echo program >"$first/usr/bin/program" && chmod 755 "$first/usr/bin/program"
ln -s usr/bin "$first/bin"
touch "$first/.complete"
echo theirs >"$first/etc/anyhost/certificates"
echo crate >a/cargo/registry/cache/crate
echo kept >b/cargo/registry/cache/kept
touch a/cargo/registry/src/unpacked

export ANYHOST_CACHE=$PWD/a
expect 'usage: ' "$scripts/export"
expect 'is a folder' "$scripts/export" .
expect 'cannot write beside' "$scripts/export" missing/archive
"$scripts/export" archive >/dev/null || rc=1
expect 'is there already: nothing was imported' "$scripts/import" archive

# What is damaged, cut off or something else leaves nothing behind.
export ANYHOST_CACHE=$PWD/b
size=$(stat -c %s archive)
cp archive damaged && printf x | dd of=damaged bs=1 seek=$((size - 11000)) conv=notrunc status=none
cmp -s archive damaged && echo 'the damage damages nothing' && rc=1
head -c $((size - 11000)) archive >short
head -c 300 archive >shorter
echo text >text
expect 'damaged is damaged: copy it again' "$scripts/import" damaged
expect 'short is damaged: copy it again' "$scripts/import" short
expect 'has no build root for this version' "$scripts/import" shorter
expect 'has no build root for this version' "$scripts/import" text
expect 'cannot be read' "$scripts/import" missing
expect 'cannot be read' "$scripts/import" .
expect 'usage: ' "$scripts/import"
expect 'cannot write to the cache folder' env ANYHOST_CACHE=/dev/null/x "$scripts/import" archive
left=$(find b -type f ! -name '*.lock' ! -name '*.log')
[[ $left == b/cargo/registry/cache/kept ]] || { echo "a refused archive leaves $left" && rc=1; }

"$scripts/import" archive 2>said || { cat said && rc=1; }
[[ $(cat b/cargo/registry/cache/{crate,kept}) == $'crate\nkept' && ! -e b/cargo/registry/src && ! -e $second/dev/shm && ! -e $second.part ]] ||
  { find b && rc=1; }
[[ $(<"$second/etc/anyhost/root") == "$second" && $(<"$second/etc/anyhost/bazelrc") == *"=$PWD/b/cargo"* ]] ||
  { echo 'the settings of an imported root must be those of its place' && rc=1; }
[[ $(<"$second/etc/anyhost/certificates") != theirs ]] || { echo 'certificates must be brought again' && rc=1; }

# The digest: not of a place or a time, but of each file, mode and link.
digest() { "$scripts/digest" "$1"; }
ANYHOST_CACHE=$PWD/a bash -c 'source "$1/root.sh" && write_settings "$root"' - "$scripts"
same=$(digest "$first")
touch -d yesterday "$second/usr/bin/program" && echo ours >"$second/etc/anyhost/certificates"
[[ $(digest "$second") == "$same" ]] || { echo 'two roots with the same content must have one digest' && rc=1; }
for change in 'echo >>usr/bin/program' 'chmod 700 usr/bin/program' 'ln -sfn usr bin' 'mkdir usr/new' 'echo x >>etc/anyhost/manifest'; do
  cp -a "$second" changed
  (cd changed && eval "$change")
  [[ $(digest changed) != "$same" ]] || { echo "the digest does not see: $change" && rc=1; }
  rm -rf changed
done
expect 'is no complete build root' "$scripts/digest" a

# A root with another package than the locked one has a disk cache of its own, and is told.
disk() { sed -n 's/.*--disk_cache=//p' "$second/etc/anyhost/bazelrc"; }
settle() { bash -c 'source "$1/root.sh" && write_settings "$root"' - "$scripts"; }
locked=$(disk)
awk '$4 ~ /(^|,)ruby(,|$)/ { print $1, $2, $3 }' "$scripts/lock" >"$second/etc/anyhost/add-ons/ruby"
settle && [[ $(disk) == "$locked" && ! -s $second/etc/anyhost/replaced ]] || { echo 'a locked add-on keeps the disk cache' && rc=1; }
sed -i '1s/ [^ ]* / 9.9 /' "$second/etc/anyhost/add-ons/ruby"
settle && [[ $(disk) != "$locked" && $(<"$second/etc/anyhost/replaced") == *'> '*' 9.9 '* ]] ||
  { echo 'another add-on must have another disk cache' && rc=1; }
exit $rc
