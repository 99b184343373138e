"""Analysis tests: the actions and outputs of each public rule."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@rules_wasm_component//test:fixtures.bzl", "action", "toolchain_program")
load("//shell:defs.bzl", "shell_script")
load("//toolchains:defs.bzl", "COMPONENT_TOOLCHAIN_TYPE", "JCO_TOOLCHAIN_TYPE")

component_program = toolchain_program(COMPONENT_TOOLCHAIN_TYPE)
jco_program = toolchain_program(JCO_TOOLCHAIN_TYPE)

def _action(env, mnemonic):
    return action(env, analysistest.target_actions(env), mnemonic)

def _outputs(env):
    return analysistest.target_under_test(env)[DefaultInfo].files.to_list()

def _fails_test(text):
    def _impl(ctx):
        env = analysistest.begin(ctx)
        asserts.expect_failure(env, text)
        return analysistest.end(env)

    return analysistest.make(_impl, expect_failure = True)

compose_without_document_test = _fails_test("needs either document or document_file")
no_world_test = _fails_test("names a world")

def _wasm_module_test_impl(ctx):
    env = analysistest.begin(ctx)
    argv = _action(env, "WasmOpt").argv
    output = _outputs(env)[0]
    asserts.equals(env, "optimised.wasm", output.basename)

    # Which features a module may use is for the module to say.
    asserts.equals(env, ["-Oz", "--strip-producers", "--strip-target-features"], argv[1:4])
    asserts.equals(env, ["-o", output.path], argv[5:])
    return analysistest.end(env)

wasm_module_test = analysistest.make(_wasm_module_test_impl)

def _no_wasm_opt_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(env, ["Symlink"], [action.mnemonic for action in analysistest.target_actions(env)])
    return analysistest.end(env)

no_wasm_opt_test = analysistest.make(_no_wasm_opt_test_impl)

def _c_bindings_test_impl(ctx):
    env = analysistest.begin(ctx)
    files = _outputs(env)
    asserts.equals(env, ["clocked.c", "clocked.h", "clocked_component_type.o"], [file.basename for file in files])
    asserts.equals(env, [files[1]], analysistest.target_under_test(env)[OutputGroupInfo].header.to_list())
    argv = _action(env, "WitBindgen").argv
    asserts.equals(env, ["c", "--world", "clocked"], [argv[1]] + argv[3:5])
    return analysistest.end(env)

c_bindings_test = analysistest.make(_c_bindings_test_impl)

def _compose_test_impl(ctx):
    env = analysistest.begin(ctx)
    argv = _action(env, "WacCompose").argv
    asserts.equals(env, "composed.wasm", _outputs(env)[0].basename)
    asserts.equals(env, ["compose", "--dep"], argv[1:3])
    asserts.true(env, argv[3].startswith("example:plug="))
    asserts.false(env, "--no-validate" in argv)
    return analysistest.end(env)

compose_test = analysistest.make(_compose_test_impl)

def _precompile_test_impl(ctx):
    env = analysistest.begin(ctx)
    cwasm = _outputs(env)[0]
    argv = _action(env, "WasmPrecompile").argv
    asserts.equals(env, "compiled.cwasm", cwasm.basename)
    asserts.true(env, argv[1].endswith("none.component.wasm"))
    asserts.equals(env, ["-o", cwasm.path], argv[2:])
    return analysistest.end(env)

precompile_test = analysistest.make(_precompile_test_impl)

def _transpile_test_impl(ctx):
    env = analysistest.begin(ctx)
    folder = _outputs(env)[0]
    argv = _action(env, "JcoTranspile").argv
    asserts.equals(env, [folder], analysistest.target_under_test(env)[OutputGroupInfo].transpiled.to_list())
    asserts.equals(env, ["transpile.mjs", "jco.js"], [path.split("/")[-1] for path in argv[1:3]])
    asserts.equals(env, "transpile", argv[3])
    asserts.equals(env, "answer.component.wasm", argv[5].split("/")[-1])
    asserts.equals(env, ["--out-dir", folder.path, "--instantiation=async", "--name=module"], argv[6:])
    return analysistest.end(env)

transpile_test = analysistest.make(_transpile_test_impl)

def _contract_cases_test_impl(ctx):
    env = analysistest.begin(ctx)
    cases = _outputs(env)
    argv = _action(env, "ContractCases").argv
    asserts.equals(env, ["contract.cases.json"], [file.basename for file in cases])
    asserts.equals(env, ["contract_wit", "contract.json"], [path.split("/")[-1] for path in argv[1:3]])
    asserts.equals(env, ["--world", "ticking", "--output", cases[0].path], argv[3:])
    return analysistest.end(env)

contract_cases_test = analysistest.make(_contract_cases_test_impl)

def _image_test(arguments):
    def _impl(ctx):
        env = analysistest.begin(ctx)
        target = analysistest.target_under_test(env)
        layout = _outputs(env)[0]
        digest = target[OutputGroupInfo].digest.to_list()[0]
        argv = _action(env, "WasmOciImage").argv
        asserts.true(env, layout.is_directory)
        asserts.equals(env, target.label.name + ".json.sha256", digest.basename)
        asserts.equals(env, ["image", "--component", "none.component.wasm"], argv[1:3] + [argv[3].split("/")[-1]])
        asserts.equals(env, arguments + ["--output", layout.path, "--digest-file", digest.path], argv[4:])
        return analysistest.end(env)

    return analysistest.make(_impl)

image_test = _image_test([
    "--format",
    "filesystem",
    "--entrypoint=/app.wasm",
    "--entrypoint=--always",
    "--cmd=some times",
    "--env=NAME=a value",
    "--label=org.example.label=1",
    "--annotation=org.example.annotation=2",
    "--exposed-port=8080/tcp",
    "--architecture=wasm64",
    "--created=2026-01-31T12:00:00Z",
    "--os=linux",
    "--user=1000",
    "--variant=v1",
    "--workdir=/data",
])

image_defaults_test = _image_test(["--format", "layer", "--entrypoint=/none.component.wasm"])

# There is no container, so there is no path in it.
image_artifact_test = _image_test(["--format", "artifact"])

def _digest_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(env, ["image_defaults.json.sha256"], [file.basename for file in _outputs(env)])
    return analysistest.end(env)

digest_test = analysistest.make(_digest_test_impl)

def _shell_script_test_impl(ctx):
    return [DefaultInfo(executable = shell_script(
        ctx,
        name = ctx.label.name,
        body = ctx.attr.body,
        values = {
            "list": ctx.attr.list,
            "string": ctx.attr.string,
        },
    ))]

shell_script_test = rule(
    implementation = _shell_script_test_impl,
    attrs = {
        "body": attr.string(doc = "The script."),
        "list": attr.string_list(doc = "Its array `list`."),
        "string": attr.string(doc = "Its string `string`."),
    },
    doc = "A script that looks at its own values.",
    test = True,
)
