#!/usr/bin/env bash
# version_test VERSION_FILE CARGO_TOML PROGRAM:FLAG...: both manifests have one version, and each program says it.
set -euo pipefail
version=$(<"$1")
cargo=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' "$2")
shift 2

code=0
complain() {
  echo "$*"
  code=1
}

[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || complain "MODULE.bazel has the version '$version'"
[[ $cargo == "$version" ]] || complain "Cargo.toml has the version '$cargo', MODULE.bazel has '$version'"
(($#)) || complain "no program is tested"
for pair; do
  program=${pair%:*} flag=${pair##*:}
  said=$("$program" "$flag") || complain "$program $flag fails"
  [[ " ${said//$'\n'/ } " == *" $version "* ]] || complain "$program $flag says '$said'"
done
exit $code
