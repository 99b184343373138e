"""How core modules are optimised."""

# What LLVM uses of WebAssembly by default, in Rust and in C; a module does not say so once it is stripped.
WASM_OPT_FLAGS = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
]
