"""cases_test: a component in Python, held to the cases of its contract."""

load("//tools/toolchains/python:defs.bzl", "pytest_test")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a contract that are for a component in the plugin host for Python.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        **kwargs: more attributes of the test, such as `tags`.
    """
    engine_cases_test(
        name = name,
        cases = cases,
        component = component,
        engine = "wasmtime",
        library = Label(":anyhost"),
        **kwargs
    )

def engine_cases_test(*, name, component, cases, engine, library, **kwargs):
    """As cases_test, with an engine of the library's.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        engine: the engine's name.
        library: the library, with what the engine needs.
        **kwargs: more attributes of the test, such as `tags`.
    """
    pytest_test(
        name = name,
        size = "small",
        srcs = [Label(":tests/cases_test.py")],
        data = [
            cases,
            component,
        ],
        env = {
            "ANYHOST_ENGINE": engine,
            "CASES": "$(rootpath {})".format(cases),
            "COMPONENT": "$(rootpath {})".format(component),
        },
        deps = [library],
        **kwargs
    )
