"""Analysis tests: the actions and providers of each public rule."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//providers:providers.bzl", "WasmComponentInfo", "WasmPrecompiledInfo", "WitInfo")
load("//toolchains:defs.bzl", "JCO_TOOLCHAIN_TYPE")

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

def _jco_transpile_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    folder = target[DefaultInfo].files.to_list()[0]
    argv = _action(env, "JcoTranspile").argv
    asserts.true(env, folder.is_directory)
    asserts.equals(env, [folder], target[OutputGroupInfo].transpiled.to_list())
    asserts.equals(env, "transpile", argv[2])
    asserts.equals(env, "answer.component.wat", argv[4].split("/")[-1])
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
    return [
        DefaultInfo(files = depset([ctx.file.src])),
        WasmComponentInfo(
            component_type = "component",
            wasm_file = ctx.file.src,
            wit_info = None,
        ),
    ]

fixture_component = rule(
    implementation = _fixture_component_impl,
    attrs = {
        "src": attr.label(
            doc = "A component as text, which wasm-tools reads like a binary.",
            allow_single_file = [".wat"],
        ),
    },
    doc = "Takes a file as it is for a component.",
)

def _toolchain_node_impl(ctx):
    return [DefaultInfo(files = depset([ctx.toolchains[JCO_TOOLCHAIN_TYPE].node]))]

toolchain_node = rule(
    implementation = _toolchain_node_impl,
    doc = "The program that runs jco, to run what jco has made.",
    toolchains = [JCO_TOOLCHAIN_TYPE],
)
