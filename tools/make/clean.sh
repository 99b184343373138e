#!/usr/bin/env bash
# Removes what Bazel has built of one folder, for every platform, and nothing else: clean.sh FOLDER
set -euo pipefail
folder=$1
out=$(realpath "${BUILD_WORKSPACE_DIRECTORY:?run it with bazel run}/bazel-out")
shopt -s nullglob
found=("$out"/*/bin/"$folder" "$out"/*/testlogs/"$folder")
if ((${#found[@]} == 0)); then
  echo "nothing is built of $folder"
  exit
fi
files=$(find "${found[@]}" ! -type d | wc -l)
# Bazel makes folders that are outputs read-only.
chmod -R u+w "${found[@]}"
rm -r "${found[@]}"
echo "removed $files outputs of $folder; the next build takes them from the disk cache or makes them anew"
