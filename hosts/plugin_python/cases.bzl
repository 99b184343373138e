"""cases_test: a component in Python, held to the cases of its contract."""

load("@rules_anyhost//component:defs.bzl", "precompile")
load("//tools/toolchains/python:defs.bzl", "pytest_test")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a contract that are for a component in the plugin host for Python.

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
        engine = "wasmtime",
        library = Label(":anyhost"),
        **kwargs
    )

def engine_cases_test(*, name, component, cases, compiler, engine, library, prebuilt = True, **kwargs):
    """As cases_test, with an engine of the library's.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        compiler: what compiles for that engine.
        engine: the engine's name.
        library: the library, with what the engine needs.
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
            compiler = compiler,
            component = component,
            tags = kwargs.get("tags", []),
        )
    pytest_test(
        name = name,
        size = "small",
        srcs = [Label(":tests/cases_test.py")],
        data = files.values(),
        env = {"ANYHOST_ENGINE": engine} | {
            variable: "$(rootpath {})".format(file)
            for variable, file in files.items()
        },
        deps = [library],
        **kwargs
    )
