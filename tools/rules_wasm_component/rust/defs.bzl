"""Public rules for components written in Rust."""

load("//rust/private:rust_wasm_component.bzl", _rust_wasm_component = "rust_wasm_component")

rust_wasm_component = _rust_wasm_component
