#!/usr/bin/env bash
# Checks or formats source files: sources.sh check|fix FOLDER
# Reads the paths of the programs and of their settings from the variables below. FOLDER is relative to the repository.
set -uo pipefail
mode=$1
for program in RUSTFMT BUILDIFIER GOFMT SHELLCHECK BIOME BIOME_CONFIG RUBOCOP RUBOCOP_CONFIG RUFF RUFF_CONFIG; do
  printf -v "$program" %s "$(realpath "${!program}")"
done
# A test finds the repository behind the link to its MODULE.bazel, `bazel run` is told.
cd "${BUILD_WORKSPACE_DIRECTORY:-$(dirname "$(realpath MODULE.bazel)")}" || exit
cd "$2" || exit

# list VARIABLE PATTERN...: the files below this folder whose names match, without what Bazel, Cargo and npm make.
list() {
  local -n files=$1
  local names=(-name "$2")
  for pattern in "${@:3}"; do names+=(-o -name "$pattern"); done
  # shellcheck disable=SC2034 # files is the caller's
  mapfile -t files < <(find . \( -name '.git' -o -name 'bazel-*' -o -name target -o -name node_modules \) -prune \
    -o -type f \( "${names[@]}" \) -print | LC_ALL=C sort)
}
all=() rust=() starlark=() go=() shell=() web=() python=() ruby=()
list all '*'
list rust '*.rs'
list starlark '*.bazel' '*.bzl'
list go '*.go'
list shell '*.sh' add bazel digest export fetch import make run update-lock
list web '*.css' '*.html' '*.json' '*.mjs' '*.ts'
list python '*.py' '*.pyi'
list ruby '*.rb'
biome=("$BIOME" check --config-path="$BIOME_CONFIG" --no-errors-on-unmatched --colors=off)
rubocop=("$RUBOCOP" --config="$RUBOCOP_CONFIG" --cache=false --no-color --format=emacs)
ruff=(env RUFF_NO_CACHE=true "$RUFF" --quiet --config="$RUFF_CONFIG")

# What Git leaves in a file when two changes meet.
check_merged() {
  ! LC_ALL=C grep -HnE '^(<{7}|>{7}) ' "$@"
}

# It says what is to be mended, and that it is well.
check_go() {
  local said
  said=$("$GOFMT" -d "$@") && [[ ! $said ]] || { echo "$said" && false; }
}

rc=0
# step WHAT COUNT COMMAND...
step() {
  (($2 > 0)) || return 0
  if "${@:3}"; then
    echo "$1: $2 files are fine"
  else
    echo "$1: see above; './bazel run //:format' mends what is only a matter of form" && rc=1
  fi
}
if [[ $mode == fix ]]; then
  ((${#rust[@]} == 0)) || "$RUSTFMT" --edition 2024 "${rust[@]}" || rc=1
  ((${#starlark[@]} == 0)) || "$BUILDIFIER" -mode=fix -lint=fix "${starlark[@]}" || rc=1
  ((${#go[@]} == 0)) || "$GOFMT" -w "${go[@]}" || rc=1
  ((${#web[@]} == 0)) || "${biome[@]}" --write "${web[@]}" || rc=1
  ((${#ruby[@]} == 0)) || "${rubocop[@]}" --autocorrect "${ruby[@]}" || rc=1
  # What ruff cannot mend by itself keeps nothing from being formatted.
  ((${#python[@]} == 0)) || "${ruff[@]}" check --fix "${python[@]}" || rc=1
  ((${#python[@]} == 0)) || "${ruff[@]}" format "${python[@]}" || rc=1
  echo "formatted ${#rust[@]} Rust, ${#starlark[@]} Starlark, ${#go[@]} Go, ${#web[@]} JavaScript, CSS, HTML and JSON, ${#python[@]} Python and ${#ruby[@]} Ruby files"
else
  # Our macros have no names of their own, as the targets that they declare have the same names everywhere.
  step merged ${#all[@]} check_merged "${all[@]}"
  step rustfmt ${#rust[@]} "$RUSTFMT" --check --edition 2024 "${rust[@]}"
  step buildifier ${#starlark[@]} "$BUILDIFIER" -mode=diff -lint=warn -warnings=-unnamed-macro "${starlark[@]}"
  step gofmt ${#go[@]} check_go "${go[@]}"
  step shellcheck ${#shell[@]} "$SHELLCHECK" --external-sources --severity=warning "${shell[@]}"
  step biome ${#web[@]} "${biome[@]}" --error-on-warnings "${web[@]}"
  step rubocop ${#ruby[@]} "${rubocop[@]}" "${ruby[@]}"
  step 'ruff check' ${#python[@]} "${ruff[@]}" check "${python[@]}"
  step 'ruff format' ${#python[@]} "${ruff[@]}" format --diff "${python[@]}"
fi
exit $rc
