"""engine_tests: what is the same for each engine of the library: its tests, and code for them."""

load("@rules_anyhost//component:defs.bzl", "precompile")
load("@rules_python//python:defs.bzl", "py_binary")
load("//hosts:matrix.bzl", "guest_tests")
load("//lib/host/testing/component_model:defs.bzl", "component_model_test")
load("//tools/toolchains/python:defs.bzl", "pytest_test")

_COMPONENTS = {
    "COMPONENT": "//guests/hello_world_rust",
    "FAULTY_COMPONENT": "//lib/host/testing/guests/faulty_greeter",
    "IMPORTS_COMPONENT": "//guests/hello_world_imports_rust",
    "VALUES_COMPONENT": "//lib/host/testing/guests/values",
}

# What is compiled ahead of time, for tests and benches.
_CODE = {
    "hello_world_rust": "//guests/hello_world_rust",
    "large": "//lib/host/testing/guests/large",
    "values": "//lib/host/testing/guests/values",
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

def engine_tests(*, cases_test, engine, library, program):
    """Declares a host's tests of the library `anyhost` with an engine, and the machine code of what they open.

    Args:
        cases_test: the host's macro of that name.
        engine: the engine's name.
        library: the library, with what the engine needs.
        program: the command, of which `:run` is the target that starts it; `:aot` compiles ahead of time.
    """
    for name, component in _CODE.items():
        precompile(
            name = name,
            compiler = ":aot",
            component = component,
        )

    # Each guest's one component in this host, with the cases of its contract; and the one that has every type.
    guest_tests(
        host = native.package_name().rpartition("/")[2],
        test = cases_test,
    )
    cases_test(
        name = "values_test",
        cases = "//lib/host/testing/values:cases",
        component = "//lib/host/testing/guests/values",
    )

    # The same as the file that it is, of which nothing was made before.
    cases_test(
        name = "values_plain_test",
        cases = "//lib/host/testing/values:cases",
        component = "//lib/host/testing/guests/values",
        prebuilt = False,
    )

    # What a plugin reaches of the machine where nothing is granted.
    cases_test(
        name = "wasi_test",
        cases = "//lib/host/testing/wasi:cases",
        component = "//lib/host/testing/guests/wasi_probe",
    )

    # The official tests of the component model.
    py_binary(
        name = "component_model",
        testonly = True,
        srcs = ["//hosts/plugin_python:tests/component_model.py"],
        main = "//hosts/plugin_python:tests/component_model.py",
        deps = [library],
    )
    component_model_test(
        name = "component_model_test",
        env = {"ANYHOST_ENGINE": engine},
        known = "component_model.json",
        runner = ":component_model",
    )
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
