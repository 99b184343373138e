"""npm packages as repositories: just what a package-lock.json pins, installed by npm itself."""

_BUILD = """
package(default_visibility = ["//visibility:public"])

# One folder, not its thousands of files: nothing in it ever changes.
exports_files(["node_modules"] + glob(
    ["node_modules/@bazel/*/*", "node_modules/@biomejs/*/*"],
    allow_empty = True,
))
"""

def _npm_repository_impl(repository_ctx):
    repository_ctx.path(Label("@build_root_nodejs//:BUILD.bazel"))  # brings npm
    for label in [repository_ctx.attr.package_json, repository_ctx.attr.package_lock]:
        path = repository_ctx.path(label)
        repository_ctx.file(path.basename, repository_ctx.read(path))
    repository_ctx.report_progress("npm ci, as {} says".format(repository_ctx.attr.package_lock))
    result = repository_ctx.execute(
        ["/usr/bin/npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--prefer-offline"],
        timeout = 900,
    )
    if result.return_code != 0:
        fail("npm ci for {} failed:\n{}".format(repository_ctx.attr.package_lock, result.stderr))
    repository_ctx.file("BUILD.bazel", _BUILD)

# ANYHOST_BUILD_ROOT names the content of the build root, and with it the version of npm.
_npm_repository = repository_rule(
    implementation = _npm_repository_impl,
    attrs = {
        "package_json": attr.label(mandatory = True),
        "package_lock": attr.label(mandatory = True),
    },
    environ = ["ANYHOST_BUILD_ROOT"],
)

_install = tag_class(
    attrs = {
        "name": attr.string(
            doc = "The repository's name; its packages are `@<name>//:node_modules`, a folder.",
            mandatory = True,
        ),
        "package_json": attr.label(
            doc = "The package.json that names the packages.",
            mandatory = True,
        ),
        "package_lock": attr.label(
            doc = "The package-lock.json that pins them, with hashes and without addresses.",
            mandatory = True,
        ),
    },
)

def _npm_impl(module_ctx):
    for module in module_ctx.modules:
        for install in module.tags.install:
            _npm_repository(
                name = install.name,
                package_json = install.package_json,
                package_lock = install.package_lock,
            )
    return module_ctx.extension_metadata(reproducible = True)

npm = module_extension(
    implementation = _npm_impl,
    doc = "Makes a repository for each `npm.install`, with the packages that its lock file pins.",
    tag_classes = {"install": _install},
)
