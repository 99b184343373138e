"""cases_test: a component in Node.js, held to the cases of its contract."""

load("//lib/host/jco:defs.bzl", "plugin_transpile")
load("//tools/toolchains/node:defs.bzl", "node_test")

def cases_test(*, name, component, cases, prebuilt = True, **kwargs):
    """Runs the cases of a contract that are for a component in the plugin host for Node.js.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        prebuilt: whether it runs what the build makes of the component, as `<name>_transpiled`, and not the file itself.
        **kwargs: more attributes of the test, such as `tags`.
    """
    opened = component
    if prebuilt:
        opened = name + "_transpiled"
        plugin_transpile(
            name = opened,
            component = component,
            tags = kwargs.get("tags", []),
        )
    node_test(
        name = name,
        size = "small",
        data = [
            cases,
            opened,
            Label("//lib/host/jco:cases"),
            Label("//lib/host/jco:node"),
        ],
        env = {
            "CASES": "$(rootpath {})".format(cases),
            "COMPONENT": "$(rootpath {})".format(opened),
        },
        main = Label(":tests/cases_test.mjs"),
        node_modules = Label("@npm_jco//:node_modules"),
        **kwargs
    )
