"""Analysis tests: the actions and providers of each public rule."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//providers:providers.bzl", "WasmComponentInfo", "WasmPrecompiledInfo", "WitInfo")
load("//toolchains:defs.bzl", "JCO_TOOLCHAIN_TYPE", "WASM_TOOLS_TOOLCHAIN_TYPE")

def _action(env, mnemonic):
    for action in analysistest.target_actions(env):
        if action.mnemonic == mnemonic:
            return action
    fail("no action " + mnemonic)

def _wit_library_test_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[WitInfo]
    asserts.equals(env, "example:rules@1.0.0", info.package_name)
    asserts.equals(env, "empty", info.world_name)
    asserts.equals(env, ["example.wit"], [file.basename for file in info.wit_files.to_list()])
    asserts.equals(env, [], info.wit_deps.to_list())
    asserts.true(env, info.wit_dir.is_directory)
    asserts.equals(env, info.wit_dir, _action(env, "WitLibrary").outputs.to_list()[0])
    return analysistest.end(env)

wit_library_test = analysistest.make(_wit_library_test_impl)

def _wasm_component_new_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    component = target[WasmComponentInfo].wasm_file
    optimise, encode = _action(env, "WasmOpt"), _action(env, "WasmComponentNew")
    asserts.equals(env, "optimised.wasm", component.basename)
    asserts.equals(env, [component], target[DefaultInfo].files.to_list())
    asserts.true(env, "-Oz" in optimise.argv)
    asserts.equals(env, ["component", "new"], encode.argv[1:3])

    # What is encoded is what was optimised.
    asserts.true(env, optimise.outputs.to_list()[0].path in encode.argv)
    return analysistest.end(env)

wasm_component_new_test = analysistest.make(_wasm_component_new_test_impl)

def _no_wasm_opt_test_impl(ctx):
    env = analysistest.begin(ctx)
    mnemonics = [action.mnemonic for action in analysistest.target_actions(env)]
    asserts.false(env, "WasmOpt" in mnemonics)
    asserts.true(env, "WasmComponentNew" in mnemonics)
    return analysistest.end(env)

no_wasm_opt_test = analysistest.make(_no_wasm_opt_test_impl)

def _wasm_precompile_test_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[WasmPrecompiledInfo]
    argv = _action(env, "WasmPrecompile").argv
    asserts.equals(env, "compiled.cwasm", info.cwasm_file.basename)
    asserts.equals(env, [info.source_wasm.path, "-o", info.cwasm_file.path], argv[1:])
    return analysistest.end(env)

wasm_precompile_test = analysistest.make(_wasm_precompile_test_impl)

def _wac_plug_test_impl(ctx):
    env = analysistest.begin(ctx)
    component = analysistest.target_under_test(env)[WasmComponentInfo].wasm_file
    argv = _action(env, "WacPlug").argv
    asserts.equals(env, "plugged.wasm", component.basename)
    asserts.equals(env, "plug", argv[1])
    asserts.true(env, argv[3].endswith("plug.component.wasm"))
    asserts.true(env, argv[4].endswith("socket.component.wasm"))
    asserts.equals(env, ["-o", component.path], argv[5:])
    return analysistest.end(env)

wac_plug_test = analysistest.make(_wac_plug_test_impl)

def _wac_compose_test_impl(ctx):
    env = analysistest.begin(ctx)
    component = analysistest.target_under_test(env)[WasmComponentInfo].wasm_file
    argv = _action(env, "WacCompose").argv
    asserts.equals(env, "composed.wasm", component.basename)
    asserts.equals(env, "compose", argv[1])
    asserts.true(env, argv[3].startswith("example:plug="))
    asserts.false(env, "--no-validate" in argv)
    return analysistest.end(env)

wac_compose_test = analysistest.make(_wac_compose_test_impl)

def _composition_without_document_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, "needs either composition or composition_file")
    return analysistest.end(env)

composition_without_document_test = analysistest.make(_composition_without_document_test_impl, expect_failure = True)

def _wit_bindgen_test_impl(ctx):
    env = analysistest.begin(ctx)
    files = analysistest.target_under_test(env)[DefaultInfo].files.to_list()
    asserts.equals(env, ["clocked.c", "clocked.h", "clocked_component_type.o"], [file.basename for file in files])
    argv = _action(env, "WitBindgen").argv
    asserts.equals(env, ["--world", "clocked"], argv[2:4])
    return analysistest.end(env)

wit_bindgen_test = analysistest.make(_wit_bindgen_test_impl)

def _jco_transpile_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    folder = target[DefaultInfo].files.to_list()[0]
    argv = _action(env, "JcoTranspile").argv
    asserts.true(env, folder.is_directory)
    asserts.equals(env, [folder], target[OutputGroupInfo].transpiled.to_list())
    asserts.equals(env, "transpile", argv[2])
    asserts.equals(env, "answer.component.wasm", argv[4].split("/")[-1])
    asserts.equals(env, [
        "--out-dir",
        folder.path,
        "--name",
        "module",
        "--instantiation",
        "async",
        "--map",
        "example:rules/clock=./clock.js",
        "--minify",
    ], argv[5:])
    return analysistest.end(env)

jco_transpile_test = analysistest.make(_jco_transpile_test_impl)

def _no_world_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, "has no wit and neither has")
    return analysistest.end(env)

no_world_test = analysistest.make(_no_world_test_impl, expect_failure = True)

def _fixture_component_impl(ctx):
    component = ctx.actions.declare_file(ctx.label.name + ".component.wasm")
    ctx.actions.run(
        arguments = ["parse", ctx.file.src.path, "-o", component.path],
        executable = ctx.toolchains[WASM_TOOLS_TOOLCHAIN_TYPE].wasm_tools,
        inputs = [ctx.file.src],
        outputs = [component],
    )
    return [
        DefaultInfo(files = depset([component])),
        WasmComponentInfo(
            component_type = "component",
            wasm_file = component,
            wit_info = None,
        ),
    ]

fixture_component = rule(
    implementation = _fixture_component_impl,
    attrs = {
        "src": attr.label(
            doc = "A component as text.",
            allow_single_file = [".wat"],
        ),
    },
    doc = "Takes what a file says for a component.",
    toolchains = [WASM_TOOLS_TOOLCHAIN_TYPE],
)

def _toolchain_node_impl(ctx):
    return [DefaultInfo(files = depset([ctx.toolchains[JCO_TOOLCHAIN_TYPE].node]))]

toolchain_node = rule(
    implementation = _toolchain_node_impl,
    doc = "The program that runs jco, to run what jco has made.",
    toolchains = [JCO_TOOLCHAIN_TYPE],
)
