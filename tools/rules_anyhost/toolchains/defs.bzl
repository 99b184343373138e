"""The toolchains of programs that the rules run, besides the one of rules_wasm_component."""

COMPONENT_TOOLCHAIN_TYPE = Label("//toolchains:component_toolchain_type")
COMPONENTIZE_PY_TOOLCHAIN_TYPE = Label("//toolchains:componentize_py_toolchain_type")
GO_TOOLCHAIN_TYPE = Label("//toolchains:go_toolchain_type")
IMAGE_TOOLCHAIN_TYPE = Label("//toolchains:image_toolchain_type")
JCO_TOOLCHAIN_TYPE = Label("//toolchains:jco_toolchain_type")
QUICKJS_TOOLCHAIN_TYPE = Label("//toolchains:quickjs_toolchain_type")
STARLINGMONKEY_TOOLCHAIN_TYPE = Label("//toolchains:starlingmonkey_toolchain_type")

def _program(doc):
    return attr.label(
        doc = doc,
        allow_single_file = True,
        cfg = "exec",
        executable = True,
        mandatory = True,
    )

def _component_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        check_cases = ctx.executable.check_cases,
        wasm_opt = ctx.executable.wasm_opt,
        wit_bindgen = ctx.executable.wit_bindgen,
    )]

component_toolchain = rule(
    implementation = _component_toolchain_impl,
    attrs = {
        "check_cases": _program("A program `check_cases WIT CASES --world WORLD --output FILE` that checks the cases and the worlds of a contract, and writes the cases plainly."),
        "wasm_opt": _program("Binaryen's optimiser."),
        "wit_bindgen": _program("A program `wit_bindgen LANGUAGE WIT --world WORLD --out-dir DIR` that writes a world's bindings for `c` or `go`."),
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_anyhost//toolchains:component_toolchain_type\")`.",
)

def _componentize_py_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        packages = ctx.file.packages,
        python = ctx.executable.python,
        same_bytes = ctx.files.same_bytes,
    )]

componentize_py_toolchain = rule(
    implementation = _componentize_py_toolchain_impl,
    attrs = {
        "packages": attr.label(
            doc = "A folder with the PyPI package componentize-py.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
        "python": _program("Python."),
        "same_bytes": attr.label_list(
            doc = "Libraries that are preloaded while the interpreter's snapshot is taken, so that its bytes are always the same.",
            allow_files = [".so"],
            cfg = "exec",
            mandatory = True,
        ),
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_anyhost//toolchains:componentize_py_toolchain_type\")`.",
)

def _go_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        go = ctx.executable.go,
        python = ctx.executable.python,
        runtime = ctx.files.runtime,
    )]

go_toolchain = rule(
    implementation = _go_toolchain_impl,
    attrs = {
        "go": _program("Go's `go`, beside what it compiles with."),
        "python": _program("Python."),
        "runtime": attr.label_list(
            doc = "The sources below `src/pkg` of the crate wit-bindgen-go: the module that its bindings import.",
            allow_files = True,
            mandatory = True,
        ),
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_anyhost//toolchains:go_toolchain_type\")`.",
)

def _image_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        docker = ctx.file.docker,
        oci = ctx.executable.oci,
        skopeo = ctx.file.skopeo,
    )]

image_toolchain = rule(
    implementation = _image_toolchain_impl,
    attrs = {
        "docker": attr.label(
            doc = "Docker's command line, to load images.",
            allow_single_file = True,
            mandatory = True,
        ),
        "oci": attr.label(
            doc = "The program that makes images, `//tools/toolchains/oci` of anyhost.",
            # As hosts and tests are built, so that the crates which they share are compiled once.
            cfg = "target",
            executable = True,
            mandatory = True,
        ),
        "skopeo": attr.label(
            doc = "The program skopeo, to push images.",
            allow_single_file = True,
            mandatory = True,
        ),
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_anyhost//toolchains:image_toolchain_type\")`.",
)

def _jco_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        node = ctx.executable.node,
        node_modules = ctx.file.node_modules,
    )]

jco_toolchain = rule(
    implementation = _jco_toolchain_impl,
    attrs = {
        "node": _program("Node.js."),
        "node_modules": attr.label(
            doc = "A folder `node_modules` with the npm package @bytecodealliance/jco and what it needs.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_anyhost//toolchains:jco_toolchain_type\")`.",
)

def _js_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        node = ctx.executable.node,
        node_modules = ctx.file.node_modules,
        same_bytes = ctx.file.same_bytes,
    )]

js_toolchain = rule(
    implementation = _js_toolchain_impl,
    attrs = {
        "node": _program("Node.js."),
        "node_modules": attr.label(
            doc = "A folder `node_modules` with the npm packages that put the engine into a component, `componentize-qjs` or `@bytecodealliance/componentize-js`, and `amaro`, which erases types.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
        "same_bytes": attr.label(
            doc = "A library that is preloaded while the engine's snapshot is taken, so that its bytes are always the same.",
            allow_single_file = [".so"],
            cfg = "exec",
            mandatory = True,
        ),
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_anyhost//toolchains:quickjs_toolchain_type\")`, or `starlingmonkey_toolchain_type`.",
)
