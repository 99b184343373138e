#!/usr/bin/env bash
# Calls the component that was made an ES module: transpiled_test.sh NODE FOLDER
set -euo pipefail
# shellcheck disable=SC2016 # JavaScript's own
answer=$("$1" --input-type=module --eval '
import { readFileSync } from "node:fs";
const folder = process.argv[1];
const { instantiate } = await import(`${folder}/module.js`);
const component = await instantiate((name) => WebAssembly.compile(readFileSync(`${folder}/${name}`)), {});
console.log(component.answer());
' "$PWD/$2")
[[ $answer == 42 ]] || { echo "the component answers $answer, not 42"; exit 1; }
