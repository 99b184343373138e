"""engine_tests: the tests of the library that are the same for each of its engines."""

load("//tools/toolchains/python:defs.bzl", "pytest_test")

_COMPONENTS = {
    "COMPONENT": "//guests/hello_world_rust",
    "FAULTY_COMPONENT": "//lib/host/testing/guests/faulty_greeter",
    "IMPORTS_COMPONENT": "//guests/hello_world_imports_rust",
    "VALUES_COMPONENT": "//lib/host/testing/guests/values",
}

_RESOURCES = "//hosts/plugin_python:tests/resources.wat"

_TESTS = {
    "aot_test": {},
    "command_test": {"EMPTY_COMPONENT": "//lib/host/testing:no_greeter"},
    "conversion_test": {},
    "faults_test": {
        "CASES": "//lib/host/testing:cases.json",
        "COMPONENTS": "//lib/host/testing:components",
    },
    "imports_test": {},
    "options_test": {},
    "process_test": {},
    "resources_test": {"RESOURCES": _RESOURCES},
    "testing_test": {
        "CASES": "//wit/hello:cases",
        "RESOURCES": _RESOURCES,
    },
    "typed_test": {"COMPONENT": "//guests/pricing_rust"},
    "wasi_grants_test": {
        "GRANTED": "//lib/host/testing/wasi:granted.json",
        "PROBE": "//lib/host/testing/guests/wasi_probe",
    },
    "wave_test": {"CASES": "//lib/host/testing/values:cases"},
}

def engine_tests(*, engine, library, program):
    """Declares the tests of the library `anyhost` with an engine.

    Args:
        engine: the engine's name.
        library: the library, with what the engine needs.
        program: the command, of which `:run` is the target that starts it, and `:hello_world_rust` its machine code.
    """
    own = {
        "CODE": ":hello_world_rust",
        "PROGRAM": program,
        "RUN": ":run",
    }
    for name, files in _TESTS.items():
        env = _COMPONENTS | files | (own if name in ["aot_test", "command_test"] else {})
        pytest_test(
            name = name,
            # Programs that wait for their time limits, and a large component that is compiled again and again.
            size = "medium" if name in ["command_test", "process_test", "wasi_grants_test"] else "small",
            srcs = ["//hosts/plugin_python:tests/{}.py".format(name)],
            data = env.values(),
            env = {
                "ANYHOST_ENGINE": engine,
                "VERSION": native.module_version(),
            } | {
                key: "$(rootpath{} {})".format("s" if key == "COMPONENTS" else "", label)
                for key, label in env.items()
            },
            deps = [
                library,
                "//hosts/plugin_python:pricing_types",
                "@pip_plugin_python_testing//:packages",
            ],
        )
