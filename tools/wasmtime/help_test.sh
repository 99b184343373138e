#!/usr/bin/env bash
# wasmtime has its own help, as it is published with.
set -euo pipefail
wasmtime=$1

for args in --help 'run --help' 'serve --help'; do
  read -ra words <<<"$args"
  said=$("$wasmtime" "${words[@]}") || { echo "wasmtime $args fails"; exit 1; }
  [[ $said == *'Usage: wasmtime'* ]] || { echo "wasmtime $args says: $said"; exit 1; }
done
[[ $said == *--addr* ]] || { echo "the help of serve has no --addr: $said"; exit 1; }
said=$("$wasmtime" serve --adr 2>&1) && { echo "takes --adr"; exit 1; }
[[ $said == *"unexpected argument '--adr'"* ]] || { echo "says: $said"; exit 1; }
