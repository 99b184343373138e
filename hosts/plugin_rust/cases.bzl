"""cases_test: a component in Rust, held to the cases of its contract."""

load("@rules_anyhost//component:defs.bzl", "precompile")
load("@rules_rust//rust:defs.bzl", "rust_test")

def cases_test(*, name, component, cases, prebuilt = True, **kwargs):
    """Runs the cases of a contract that are for a component in the plugin host for Rust.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        prebuilt: whether it runs what the build compiles of the component, as `<name>_code`, and not the file itself.
        **kwargs: more attributes of the test, such as `tags`.
    """
    files = {
        "CASES": cases,
        "COMPONENT": component,
    }
    if prebuilt:
        files["CODE"] = name + "_code"
        precompile(
            name = files["CODE"],
            compiler = Label("//lib/host/engine:precompile"),
            component = component,
            tags = kwargs.get("tags", []),
        )
    rust_test(
        name = name,
        size = "small",
        srcs = [Label(":tests/guest.rs")],
        data = files.values(),
        env = {variable: "$(rootpath {})".format(file) for variable, file in files.items()},
        deps = [Label("//lib/host/plugin")],
        **kwargs
    )
