"""cases_test: a component in Node.js, held to the cases of its contract."""

load("//lib/host/jco:defs.bzl", "plugin_transpile")
load("//tools/toolchains/node:defs.bzl", "node_test")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a contract that are for a component in the plugin host for Node.js.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component; it is run as the file that it is, and as `<name>_transpiled`.
        cases: the `cases` of its `contract`.
        **kwargs: more attributes of the test, such as `tags`.
    """
    transpiled = name + "_transpiled"
    plugin_transpile(
        name = transpiled,
        component = component,
    )
    node_test(
        name = name,
        size = "small",
        data = [
            cases,
            component,
            transpiled,
            Label("//lib/host/jco:cases"),
            Label("//lib/host/jco:node"),
        ],
        env = {
            "CASES": "$(rootpath {})".format(cases),
            "COMPONENT": "$(rootpath {})".format(component),
            "TRANSPILED": "$(rootpath {})".format(transpiled),
        },
        main = Label(":tests/cases_test.mjs"),
        node_modules = Label("@npm_jco//:node_modules"),
        **kwargs
    )
