"""Analysis tests: the actions and providers of each public rule."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//providers:providers.bzl", "OciImageInfo")

def _action(env, mnemonic):
    for action in analysistest.target_actions(env):
        if action.mnemonic == mnemonic:
            return action
    fail("no action " + mnemonic)

def _assert_image(env, argv):
    target = analysistest.target_under_test(env)
    info = target[OciImageInfo]
    asserts.true(env, info.layout.is_directory)
    asserts.equals(env, [info.layout], target[DefaultInfo].files.to_list())
    asserts.equals(env, [info.digest], target[OutputGroupInfo].digest.to_list())
    asserts.equals(env, ["--output", info.layout.path, "--digest-file", info.digest.path], argv[-4:])

def _oci_image_test_impl(ctx):
    env = analysistest.begin(ctx)
    argv = _action(env, "OciImage").argv
    _assert_image(env, argv)
    asserts.equals(env, "image", argv[1])
    asserts.equals(env, ["--component", "component.wasm", "--format", "filesystem"], [argv[2], argv[3].split("/")[-1]] + argv[4:6])
    asserts.equals(env, [
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
    ], argv[6:-4])
    return analysistest.end(env)

oci_image_test = analysistest.make(_oci_image_test_impl)

def _oci_image_defaults_test_impl(ctx):
    env = analysistest.begin(ctx)
    argv = _action(env, "OciImage").argv
    _assert_image(env, argv)
    asserts.equals(env, ["--format", "layer", "--entrypoint=/component.wasm"], argv[4:-4])
    return analysistest.end(env)

oci_image_defaults_test = analysistest.make(_oci_image_defaults_test_impl)

def _oci_artifact_test_impl(ctx):
    env = analysistest.begin(ctx)
    argv = _action(env, "OciImage").argv
    _assert_image(env, argv)

    # There is no container, so there is no path in it.
    asserts.equals(env, ["--format", "artifact"], argv[4:-4])
    return analysistest.end(env)

oci_artifact_test = analysistest.make(_oci_artifact_test_impl)

def _digest_test_impl(ctx):
    env = analysistest.begin(ctx)
    files = analysistest.target_under_test(env)[DefaultInfo].files.to_list()
    asserts.equals(env, ["defaults.sha256"], [file.basename for file in files])
    return analysistest.end(env)

digest_test = analysistest.make(_digest_test_impl)

def _oci_image_index_test_impl(ctx):
    env = analysistest.begin(ctx)
    argv = _action(env, "OciImageIndex").argv
    _assert_image(env, argv)
    asserts.equals(env, ["index", "defaults", "artifact", "--annotation=org.example.annotation=3"], [
        word.split("/")[-1]
        for word in argv[1:-4]
    ])
    return analysistest.end(env)

oci_image_index_test = analysistest.make(_oci_image_index_test_impl)

def _oci_load_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    tar = target[OutputGroupInfo].tarball.to_list()[0]
    argv = _action(env, "OciArchive").argv
    asserts.equals(env, "load.tar", tar.basename)
    asserts.equals(env, [tar], target[DefaultInfo].files.to_list())
    asserts.equals(env, "archive", argv[1])
    asserts.equals(env, ["--tag=example/a:1", "--tag=example/b", "--output", tar.path], argv[4:])
    asserts.true(env, "load --input '{}'".format(tar.short_path) in _action(env, "FileWrite").content)
    asserts.true(env, tar in target[DefaultInfo].default_runfiles.files.to_list())
    return analysistest.end(env)

oci_load_test = analysistest.make(_oci_load_test_impl)

def _oci_push_test_impl(ctx):
    env = analysistest.begin(ctx)
    script = _action(env, "FileWrite").content
    asserts.true(env, " 'push' '--skopeo=" in script)

    # What the user gives comes last, and wins.
    asserts.true(env, script.endswith(" '--repository=registry.example/it'\\''s' '--tag=v1' '--tag=v2' \"$@\"\n"), script)
    return analysistest.end(env)

oci_push_test = analysistest.make(_oci_push_test_impl)
