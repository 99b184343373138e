"""Public rules for components: made for a chosen platform, tested for their form, composed, compiled ahead of time."""

load("//component/private:bindings.bzl", _c_bindings = "c_bindings")
load("//component/private:cc_component.bzl", _cc_component = "cc_component")
load("//component/private:compose.bzl", _compose = "compose")
load("//component/private:go_component.bzl", _go_component = "go_component")
load("//component/private:js_component.bzl", _js_component = "js_component")
load("//component/private:precompile.bzl", _precompile = "precompile")
load("//component/private:python_component.bzl", _python_component = "python_component")
load("//component/private:rust_component.bzl", _rust_component = "rust_component")
load("//component/private:tests.bzl", _component_budget_test = "component_budget_test", _component_imports_test = "component_imports_test", _component_test = "component_test", _component_validate_test = "component_validate_test", _component_world_test = "component_world_test")
load("//component/private:transpile.bzl", _transpile = "transpile")
load("//component/private:wasm_module.bzl", _WASM_OPT_FLAGS = "WASM_OPT_FLAGS", _wasm_module = "wasm_module")

WASM_OPT_FLAGS = _WASM_OPT_FLAGS
c_bindings = _c_bindings
cc_component = _cc_component
component_budget_test = _component_budget_test
component_imports_test = _component_imports_test
component_test = _component_test
component_validate_test = _component_validate_test
component_world_test = _component_world_test
compose = _compose
go_component = _go_component
js_component = _js_component
precompile = _precompile
python_component = _python_component
rust_component = _rust_component
transpile = _transpile
wasm_module = _wasm_module
