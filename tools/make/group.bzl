"""group: a target for all guests or hosts that does what it does for one."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("@rules_shell//shell:sh_test.bzl", "sh_test")
load(":command.bzl", "command")

_PUBLIC = ["//visibility:public"]

def group(*, targets):
    """Declares, for the folders in this one, each target that all of them have, and a test that all have them.

    Hosts are not run all at once: `:run` says how to run one, and `:<host>` does.

    Args:
        targets: the targets' names.
    """
    package = "//" + native.package_name()
    folders = [package + "/" + folder for folder in native.subpackages(include = ["*"])]
    for target in targets:
        all = ["{}:{}".format(folder, target) for folder in folders]
        if target in ["lint", "test"]:
            native.test_suite(
                name = target,
                tests = all,
                visibility = _PUBLIC,
            )
        elif target == "build":
            native.filegroup(
                name = target,
                srcs = all,
                visibility = _PUBLIC,
            )
        elif target == "run":
            command(
                name = target,
                script = "//tools/make:which.sh",
                arguments = [folder.split("/")[-1] for folder in folders],
                visibility = _PUBLIC,
            )
            for folder in folders:
                native.alias(
                    name = folder.split("/")[-1],
                    actual = folder + ":run",
                    visibility = _PUBLIC,
                )
        else:
            command(
                name = target,
                testonly = True,
                script = "//tools/make:each.sh",
                arguments = ["$(rootpath {})".format(label) for label in all],
                data = all,
                visibility = _PUBLIC,
            )
    write_file(
        name = "folders",
        out = "folders.txt",
        content = [folder.split("/")[-1] for folder in folders] + [""],
        visibility = ["//hosts:__pkg__"],
    )
    for folder in folders:
        native.genquery(
            name = folder.split("/")[-1] + "_targets",
            expression = "siblings({}:folder)".format(folder),
            scope = [folder + ":folder"],
        )
    queries = [folder.split("/")[-1] + "_targets" for folder in folders]
    sh_test(
        name = "targets_test",
        size = "small",
        srcs = ["//tools/make:targets_test.sh"],
        args = [",".join(targets)] + ["$(rootpath {})".format(query) for query in queries],
        data = queries,
    )
