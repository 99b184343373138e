"""contract_cases: the cases of a contract, checked against its WIT."""

load("@rules_wasm_component//providers:providers.bzl", "WitInfo")
load("//toolchains:defs.bzl", "COMPONENT_TOOLCHAIN_TYPE")

def _contract_cases_impl(ctx):
    # The source may be a cases.json in the same folder.
    name = ctx.attr.wit.label.name if ctx.label.name == "cases" else ctx.label.name
    plain = ctx.actions.declare_file(name + ".cases.json")
    folder = [file for file in ctx.files.wit if file.is_directory][0]
    args = ctx.actions.args()
    args.add_all([folder], expand_directories = False)
    args.add(ctx.file.src)
    args.add_all(ctx.attr.worlds, before_each = "--world")
    args.add("--output", plain)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[COMPONENT_TOOLCHAIN_TYPE].check_cases,
        inputs = [folder, ctx.file.src],
        mnemonic = "ContractCases",
        outputs = [plain],
        progress_message = "Checking the cases of %{label}",
    )
    return [DefaultInfo(files = depset([plain]))]

contract_cases = rule(
    implementation = _contract_cases_impl,
    attrs = {
        "src": attr.label(
            doc = "The cases, as their author wrote them.",
            allow_single_file = [".json"],
            mandatory = True,
        ),
        "wit": attr.label(
            doc = "The `wit_library` of the contract.",
            mandatory = True,
            providers = [WitInfo],
        ),
        "worlds": attr.string_list(
            doc = "Worlds that the contract has to have.",
        ),
    },
    doc = "Checks the cases of a contract against its WIT, and writes them plainly to `<name>.cases.json`, or to `<contract>.cases.json` where the name is `cases`: full names, values in one form, steps in each case. A case that does not fit fails the build with its name and the place of the value.",
    toolchains = [COMPONENT_TOOLCHAIN_TYPE],
)
