"""Analysis tests: the actions and outputs of each public rule."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

def _action(env, mnemonic):
    for action in analysistest.target_actions(env):
        if action.mnemonic == mnemonic:
            return action
    fail("no action " + mnemonic)

def _names(words):
    return [word.split("/")[-1] for word in words]

def _oci_image_index_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    layout = target[DefaultInfo].files.to_list()[0]
    digest = target[OutputGroupInfo].digest.to_list()[0]
    argv = _action(env, "OciImageIndex").argv
    asserts.true(env, layout.is_directory)
    asserts.equals(env, ["index", "wasm", "amd64", "index.annotations.txt"], _names(argv[1:5]))
    asserts.true(env, argv[4].startswith("--annotation=@"))
    asserts.equals(env, ["--output", layout.path, "--digest-file", digest.path], argv[5:])
    return analysistest.end(env)

oci_image_index_test = analysistest.make(_oci_image_index_test_impl)

def _annotations_file_test_impl(ctx):
    env = analysistest.begin(ctx)
    argv = _action(env, "OciImageIndex").argv
    asserts.equals(env, ["wasm", "lines.txt"], _names(argv[2:4]))
    return analysistest.end(env)

annotations_file_test = analysistest.make(_annotations_file_test_impl)

def _digest_test_impl(ctx):
    env = analysistest.begin(ctx)
    files = analysistest.target_under_test(env)[DefaultInfo].files.to_list()
    asserts.equals(env, ["index.json.sha256"], [file.basename for file in files])
    return analysistest.end(env)

digest_test = analysistest.make(_digest_test_impl)

def _oci_load_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    tar = target[OutputGroupInfo].tarball.to_list()[0]
    argv = _action(env, "OciArchive").argv
    asserts.true(env, tar.short_path.endswith("load/tarball.tar"))
    asserts.equals(env, ["load.sh"], [file.basename for file in target[DefaultInfo].files.to_list()])
    asserts.equals(env, ["archive", "--image", "index", "load.tags.txt", "--output", "tarball.tar"], _names(argv[1:]))
    asserts.true(env, argv[4].startswith("--tag=@"))
    asserts.true(env, "\ntar='{}'\n".format(tar.short_path) in _action(env, "FileWrite").content)
    asserts.true(env, tar in target[DefaultInfo].default_runfiles.files.to_list())
    return analysistest.end(env)

oci_load_test = analysistest.make(_oci_load_test_impl)

def _oci_push_test_impl(ctx):
    env = analysistest.begin(ctx)
    script = _action(env, "FileWrite").content
    asserts.true(env, "\nrepository='registry.example/it'\\''s'\n" in script, script)
    asserts.true(env, "/push.tags.txt'\n" in script, script)
    asserts.true(env, "\nrepository_file=''\n" in script, script)
    return analysistest.end(env)

oci_push_test = analysistest.make(_oci_push_test_impl)

def _oci_push_file_test_impl(ctx):
    env = analysistest.begin(ctx)
    script = _action(env, "FileWrite").content
    runfiles = analysistest.target_under_test(env)[DefaultInfo].default_runfiles.files.to_list()
    asserts.true(env, "\nrepository=''\n" in script, script)
    asserts.true(env, "lines.txt" in [file.basename for file in runfiles])
    return analysistest.end(env)

oci_push_file_test = analysistest.make(_oci_push_file_test_impl)

def _two_repositories_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, "needs either repository or repository_file")
    return analysistest.end(env)

two_repositories_test = analysistest.make(_two_repositories_test_impl, expect_failure = True)
