"""rust_wasm_component: a component from a Rust crate, for WASI 0.2."""

load("@rules_anyhost//component:defs.bzl", "rust_component")

def rust_wasm_component(
        name,
        srcs,
        deps = [],
        wit = None,
        crate_features = [],
        rustc_flags = [],
        visibility = None,
        crate_root = None,
        edition = "2021",
        tags = [],
        **kwargs):
    """Compiles a Rust crate for `wasm32-wasip2` to a WebAssembly component; `rust_component` of rules_anyhost has a choice of platform.

    Args:
        name: the component.
        srcs: the crate's source files.
        deps: the crates it depends on.
        wit: the `wit_library` with the component's world.
        crate_features: the features to compile with.
        rustc_flags: more flags for rustc.
        visibility: who may use the component.
        crate_root: the file the crate begins with; `lib.rs` among the sources by default.
        edition: the edition of Rust.
        tags: tags of all targets.
        **kwargs: more attributes of the `rust_shared_library`.
    """
    rust_component(
        name = name,
        srcs = srcs,
        crate_features = crate_features,
        crate_root = crate_root,
        edition = edition,
        platform = Label("//platforms:wasm32-wasip2"),
        rustc_flags = rustc_flags,
        tags = tags,
        visibility = visibility,
        wit = wit,
        deps = deps,
        **kwargs
    )
