"""What tests of rules are made with."""

_WASM_TOOLS = "//toolchains:wasm_tools_toolchain_type"

def _fixture_component_impl(ctx):
    component = ctx.actions.declare_file(ctx.label.name + ".component.wasm")
    ctx.actions.run(
        arguments = ["parse", ctx.file.src.path, "-o", component.path],
        executable = ctx.toolchains[_WASM_TOOLS].wasm_tools,
        inputs = [ctx.file.src],
        outputs = [component],
    )
    return [DefaultInfo(files = depset([component]))]

fixture_component = rule(
    implementation = _fixture_component_impl,
    attrs = {
        "src": attr.label(
            doc = "A component as text.",
            allow_single_file = [".wat"],
        ),
    },
    doc = "Takes what a file says for a component.",
    toolchains = [_WASM_TOOLS],
)

def toolchain_program(type):
    """Makes a rule for tests that run a program of a toolchain.

    Args:
        type: the toolchain's type.

    Returns:
        A rule whose attribute `program` names the program as the toolchain does.
    """

    def _impl(ctx):
        return [DefaultInfo(files = depset([getattr(ctx.toolchains[type], ctx.attr.program)]))]

    return rule(
        implementation = _impl,
        attrs = {"program": attr.string(doc = "The program's name.")},
        doc = "A program of a toolchain.",
        toolchains = [type],
    )

def action(env, actions, mnemonic):
    """The action of that mnemonic.

    Args:
        env: the test's environment.
        actions: the actions of the target under test.
        mnemonic: the mnemonic.

    Returns:
        The action.
    """
    for candidate in actions:
        if candidate.mnemonic == mnemonic:
            return candidate
    fail("{} has no action {}".format(env.ctx.label, mnemonic))
