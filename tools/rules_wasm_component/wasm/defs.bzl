"""Public rules for components, whatever language they come from."""

load("//wasm/private:tests.bzl", _component_budget_test = "component_budget_test", _component_imports_test = "component_imports_test", _component_world_test = "component_world_test", _wasm_validate_test = "wasm_validate_test")
load("//wasm/private:wasm_component_new.bzl", _wasm_component_new = "wasm_component_new")
load("//wasm/private:wasm_precompile.bzl", _wasm_precompile = "wasm_precompile")

component_budget_test = _component_budget_test
component_imports_test = _component_imports_test
component_world_test = _component_world_test
wasm_component_new = _wasm_component_new
wasm_precompile = _wasm_precompile
wasm_validate_test = _wasm_validate_test
