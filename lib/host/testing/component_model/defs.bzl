"""The official tests of the component model: what they are made into, and a test that runs them in a host."""

load("@bazel_skylib//rules:native_binary.bzl", "native_test")

_TOOL = Label("//lib/host/testing/component_model")

def _suite_impl(ctx):
    folder = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run(
        arguments = [ctx.actions.args().add("convert").add("--output", folder.path).add_all(ctx.files.srcs)],
        executable = ctx.executable._tool,
        inputs = ctx.files.srcs,
        mnemonic = "ComponentModelTests",
        outputs = [folder],
        progress_message = "Converting the component model's tests",
    )
    return [DefaultInfo(files = depset([folder]), runfiles = ctx.runfiles([folder]))]

suite = rule(
    implementation = _suite_impl,
    attrs = {
        "srcs": attr.label_list(
            doc = "Tests in the text format.",
            allow_files = [".wast"],
            mandatory = True,
        ),
        "_tool": attr.label(
            cfg = "exec",
            default = _TOOL,
            executable = True,
        ),
    },
    doc = "Makes a folder with components, and with what the tests say of them.",
)

def component_model_test(*, name, known, runner, size = "medium", **kwargs):
    """Runs the tests in a host, by the library that users of the host have.

    It fails if a directive that applies to the host fails and is not known to, if one passes that is known to fail,
    and if one is not run.

    Args:
        name: the test.
        known: what the host lacks, and what is known to fail.
        runner: a program that does what a plan says, which is its argument; docs/component-model.md tells how.
        size: as for every test.
        **kwargs: more attributes of the test, such as `tags`.
    """
    folder = Label(":suite")
    native_test(
        name = name,
        size = size,
        src = _TOOL,
        out = name + "_judge",
        args = [
            "judge",
            "$(rootpath {})".format(folder),
            "$(rootpath {})".format(known),
            "$(rootpath {})".format(runner),
        ],
        data = [
            folder,
            known,
            runner,
        ],
        **kwargs
    )

def _tables_impl(ctx):
    page = ctx.actions.declare_file(ctx.label.name + ".md")
    args = ctx.actions.args().add("table").add("--output", page).add(ctx.file._suite.path).add_all(ctx.files.hosts)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.executable._tool,
        inputs = ctx.files.hosts + [ctx.file._suite],
        mnemonic = "ComponentModelTables",
        outputs = [page],
    )
    return [DefaultInfo(files = depset([page]))]

tables = rule(
    implementation = _tables_impl,
    attrs = {
        "hosts": attr.label_list(
            doc = "What is known of the hosts, in the order of the columns.",
            allow_files = [".json"],
            mandatory = True,
        ),
        "_suite": attr.label(
            allow_single_file = True,
            default = Label(":suite"),
        ),
        "_tool": attr.label(
            cfg = "exec",
            default = _TOOL,
            executable = True,
        ),
    },
    doc = "Writes the results of hosts, as their tests have them, as tables in Markdown.",
)
