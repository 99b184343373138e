"""cases_test: a component on a page, held to the cases of its contract."""

load("//lib/host/jco:defs.bzl", "plugin_transpile")
load("//tools/toolchains/node:defs.bzl", "node_test")

_CHROMIUM = Label("@build_root_browser//:bin/chromium")

_IMPORTS = Label(":tests/host.mjs")

_RUNNER = Label("//lib/host/jco:cases")

_SERVER = Label(":browsers_jco")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a contract that are for a component on a page in Chromium.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component; the page has it as `<name>_transpiled`.
        cases: the `cases` of its `contract`.
        **kwargs: more attributes of the test, but for `tags`.
    """
    transpiled = name + "_transpiled"
    plugin_transpile(
        name = transpiled,
        component = component,
    )
    node_test(
        name = name,
        size = "medium",
        data = [
            cases,
            component,
            transpiled,
            Label("//hosts/browsers_jco/chromium"),
            _CHROMIUM,
            _IMPORTS,
            _RUNNER,
            _SERVER,
        ],
        env = {
            "CASES": "$(rootpath {})".format(cases),
            "CHROMIUM": "$(rootpath {})".format(_CHROMIUM),
            "COMPONENT": "$(rootpath {})".format(component),
            "IMPORTS_MODULE": "$(rootpath {})".format(_IMPORTS),
            "RUNNER": "$(rootpath {})".format(_RUNNER),
            "SERVER": "$(rootpath {})".format(_SERVER),
            "TRANSPILED": "$(rootpath {})".format(transpiled),
        },
        main = Label(":tests/cases_test.mjs"),
        node_modules = Label("@npm_chromium//:node_modules"),
        tags = ["requires-network"],
        **kwargs
    )
