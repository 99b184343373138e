"""Public rules for components, whatever language they come from."""

load("//wasm/private:wasm_component_new.bzl", _wasm_component_new = "wasm_component_new")

wasm_component_new = _wasm_component_new
