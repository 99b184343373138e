"""cases_test: a component in Python on the native engine, held to the cases of its contract."""

load("//hosts/plugin_python:cases.bzl", "engine_cases_test")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a contract that are for a component in Python, on the native engine.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        **kwargs: as for `engine_cases_test`, such as `tags`.
    """
    engine_cases_test(
        name = name,
        cases = cases,
        compiler = Label(":aot"),
        component = component,
        engine = "native",
        library = Label(":anyhost"),
        **kwargs
    )
