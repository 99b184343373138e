"""Analysis tests: the actions and providers of each public rule."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//providers:providers.bzl", "WasmComponentInfo", "WitInfo")
load(":fixtures.bzl", "action", "toolchain_program")

wasm_program = toolchain_program("//toolchains:wasm_tools_toolchain_type")

def _action(env, mnemonic):
    return action(env, analysistest.target_actions(env), mnemonic)

def _wit_library_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[WitInfo]
    folders = target[DefaultInfo].files.to_list()
    asserts.equals(env, "example:rules@1.0.0", info.package_name)
    asserts.equals(env, "empty", info.world_name)
    asserts.equals(env, ["clock"], info.interface_names)
    asserts.equals(env, ["example.wit"], [file.basename for file in info.wit_files.to_list()])
    asserts.equals(env, [], info.wit_deps.to_list())
    asserts.equals(env, folders, [_action(env, "WitLibrary").outputs.to_list()[0]])
    asserts.true(env, folders[0].is_directory)
    return analysistest.end(env)

wit_library_test = analysistest.make(_wit_library_test_impl)

def _wasm_component_new_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[WasmComponentInfo]
    argv = _action(env, "WasmComponentNew").argv
    asserts.equals(env, "made.wasm", info.wasm_file.basename)
    asserts.equals(env, [info.wasm_file], target[DefaultInfo].files.to_list())
    asserts.equals(env, ["component", "new", "--debug-names=false", "--adapt"], argv[1:5])
    asserts.equals(env, ["none.component.wasm", "--skip-validation", "core.component.wasm"], [word.split("/")[-1] for word in argv[5:8]])
    asserts.equals(env, ["-o", info.wasm_file.path.removesuffix(".wasm") + ".named.wasm"], argv[8:])
    argv = _action(env, "WasmStrip").argv
    asserts.equals(env, ["strip", "--delete", "^component-name$"], argv[1:4])
    asserts.equals(env, ["-o", info.wasm_file.path], argv[5:])
    return analysistest.end(env)

wasm_component_new_test = analysistest.make(_wasm_component_new_test_impl)

def _wac_plug_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    component = target[DefaultInfo].files.to_list()[0]
    argv = _action(env, "WacPlug").argv
    asserts.equals(env, "plugged.wasm", component.basename)
    asserts.equals(env, ["plug", "--plug"], argv[1:3])
    asserts.true(env, argv[3].endswith("plug.component.wasm"))
    asserts.true(env, argv[4].endswith("socket.component.wasm"))
    asserts.equals(env, ["-o", component.path], argv[5:])
    return analysistest.end(env)

wac_plug_test = analysistest.make(_wac_plug_test_impl)

def _fails_test(text):
    def _impl(ctx):
        env = analysistest.begin(ctx)
        asserts.expect_failure(env, text)
        return analysistest.end(env)

    return analysistest.make(_impl, expect_failure = True)

no_component_test = _fails_test("has no .wasm file, so it is no component")
no_plugs_test = _fails_test("attribute must be non empty")

def _jco_transpile_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    folder = target[DefaultInfo].files.to_list()[0]
    argv = _action(env, "JcoTranspile").argv
    asserts.true(env, folder.is_directory)
    asserts.equals(env, "answer_js_transpiled", folder.basename)
    asserts.equals(env, [folder], target[OutputGroupInfo].transpiled.to_list())
    asserts.equals(env, [
        "--out-dir",
        folder.path,
        "--map=example:rules/clock=./clock.js",
        "--instantiation=async",
        "--name=module",
        "--world-name=answers",
        "--no-typescript",
    ], argv[5:])
    return analysistest.end(env)

jco_transpile_test = analysistest.make(_jco_transpile_test_impl)
