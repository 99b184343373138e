"""What workspaces that depend on anyhost load of its hosts."""

load("//hosts/browsers_jco:cases.bzl", browsers_jco = "cases_test")
load("//hosts/plugin_nodejs:cases.bzl", plugin_nodejs = "cases_test")
load("//hosts/plugin_python:cases.bzl", plugin_python = "cases_test")
load("//hosts/plugin_python_native:cases.bzl", plugin_python_native = "cases_test")
load("//hosts/plugin_ruby:cases.bzl", plugin_ruby = "cases_test")
load("//hosts/plugin_rust:cases.bzl", plugin_rust = "cases_test")

_TESTS = {
    "browsers_jco": browsers_jco,
    "plugin_nodejs": plugin_nodejs,
    "plugin_python": plugin_python,
    "plugin_python_native": plugin_python_native,
    "plugin_ruby": plugin_ruby,
    "plugin_rust": plugin_rust,
}

PLUGIN_HOSTS = _TESTS.keys()

def plugin_tests(*, name, component, cases, hosts = PLUGIN_HOSTS, **kwargs):
    """Runs a component in plugin hosts, held to the cases of its contract: a row of the matrix.

    Args:
        name: the suite of the tests, each of which is `<name>_<host>_test`.
        component: the component.
        cases: the `cases` of its `contract`.
        hosts: the hosts; by default all.
        **kwargs: more attributes of the tests, such as `tags`.
    """
    for host in hosts:
        _TESTS[host](
            name = "{}_{}_test".format(name, host),
            cases = cases,
            component = component,
            **kwargs
        )
    native.test_suite(
        name = name,
        tests = ["{}_{}_test".format(name, host) for host in hosts],
    )
