"""What the rules tell each other."""

WitInfo = provider(
    doc = "One WIT package and those that it needs.",
    fields = {
        "interface_names": "list of string: the interfaces that the library names.",
        "package_name": "string: the package's name, such as `anyhost:hello@1.0.0`; the target's name if it was not told.",
        "wit_deps": "depset of File: the .wit files of all packages that it needs; those of one folder are one package, and so is each file of a folder `deps`.",
        "wit_files": "depset of File: this package's .wit files.",
        "world_name": "string: the world that is meant where no other is named; empty for none.",
    },
)

WasmComponentInfo = provider(
    doc = "A WebAssembly component (https://component-model.bytecodealliance.org).",
    fields = {
        "component_type": "string: always `component`.",
        "exports": "list of string: empty, as nobody has looked.",
        "imports": "list of string: empty, as nobody has looked.",
        "metadata": "dict of string: `name`, and `source_module`, the path of the core module.",
        "profile": "string: always `unknown`.",
        "profile_variants": "dict: always empty.",
        "wasm_file": "File: the component.",
        "wit_info": "WitInfo of the component's world, or None.",
    },
)
