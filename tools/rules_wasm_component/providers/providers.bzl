"""What the rules tell each other."""

WitInfo = provider(
    doc = "One WIT package and those that it needs.",
    fields = {
        "wit_files": "depset of File: this package's .wit files.",
        "wit_deps": "depset of File: the .wit files of all packages that it needs; those of one folder are one package, and so is each file of a folder `deps`.",
        "wit_dir": "File: a folder with this package's files, and below `deps/` one folder for each package it needs.",
        "package_name": "string: the package's name, such as `anyhost:hello@1.0.0`; empty if it was not told.",
        "world_name": "string: the world that is meant where no other is named; empty for none.",
    },
)

WasmComponentInfo = provider(
    doc = "A WebAssembly component (https://component-model.bytecodealliance.org).",
    fields = {
        "wasm_file": "File: the component.",
        "wit_info": "WitInfo of the component's world, or None.",
        "component_type": "string: always `component`.",
    },
)

WasmPrecompiledInfo = provider(
    doc = "A component compiled ahead of time for one engine configuration.",
    fields = {
        "cwasm_file": "File: the compiled component.",
        "source_wasm": "File: the component that it was made of.",
    },
)
