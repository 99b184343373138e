"""What each guest's component exports and imports. `./bazel run //docs:update` writes this file."""

COMPONENTS = {
    "hello_world_c": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = [],
    ),
    "hello_world_cpp": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = [],
    ),
    "hello_world_go": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = [],
    ),
    "hello_world_imports_rust": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = ["anyhost:hello/formatter@1.0.0"],
    ),
    "hello_world_js": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = [],
    ),
    "hello_world_python": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = [],
    ),
    "hello_world_rust": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = [],
    ),
    "hello_world_std_rust": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = [
            "wasi:cli/environment@0.2.12",
            "wasi:cli/exit@0.2.12",
            "wasi:cli/stderr@0.2.12",
            "wasi:cli/stdin@0.2.12",
            "wasi:cli/stdout@0.2.12",
            "wasi:clocks/monotonic-clock@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:io/poll@0.2.12",
            "wasi:io/streams@0.2.12",
        ],
    ),
    "hello_world_ts": struct(
        exports = ["anyhost:hello/greeter@1.0.0"],
        imports = [],
    ),
    "pricing_c": struct(
        exports = ["anyhost:pricing/pricing@1.0.0"],
        imports = [
            "anyhost:pricing/log@1.0.0",
            "anyhost:pricing/rates@1.0.0",
        ],
    ),
    "pricing_http_rust": struct(
        exports = ["wasi:http/incoming-handler@0.2.12"],
        imports = [
            "wasi:cli/stderr@0.2.12",
            "wasi:http/types@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:io/streams@0.2.12",
        ],
    ),
    "pricing_js": struct(
        exports = ["anyhost:pricing/pricing@1.0.0"],
        imports = [
            "anyhost:pricing/log@1.0.0",
            "anyhost:pricing/rates@1.0.0",
        ],
    ),
    "pricing_python": struct(
        exports = ["anyhost:pricing/pricing@1.0.0"],
        imports = [
            "anyhost:pricing/log@1.0.0",
            "anyhost:pricing/rates@1.0.0",
        ],
    ),
    "pricing_rust": struct(
        exports = ["anyhost:pricing/pricing@1.0.0"],
        imports = [
            "anyhost:pricing/log@1.0.0",
            "anyhost:pricing/rates@1.0.0",
        ],
    ),
    "wasi_cli_p3_rust": struct(
        exports = ["wasi:cli/run@0.3.0"],
        imports = [
            "wasi:cli/environment@0.3.0",
            "wasi:cli/exit@0.3.0",
            "wasi:cli/stderr@0.3.0",
            "wasi:cli/stdin@0.3.0",
            "wasi:cli/stdout@0.3.0",
            "wasi:cli/types@0.3.0",
        ],
    ),
    "wasi_cli_rust": struct(
        exports = ["wasi:cli/run@0.2.12"],
        imports = [
            "wasi:cli/environment@0.2.12",
            "wasi:cli/exit@0.2.12",
            "wasi:cli/stderr@0.2.12",
            "wasi:cli/stdout@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:io/streams@0.2.12",
        ],
    ),
    "wasi_dual_rust": struct(
        exports = [
            "anyhost:hello/greeter@1.0.0",
            "wasi:cli/run@0.2.12",
            "wasi:http/incoming-handler@0.2.12",
        ],
        imports = [
            "wasi:cli/environment@0.2.12",
            "wasi:cli/exit@0.2.12",
            "wasi:cli/stderr@0.2.12",
            "wasi:cli/stdout@0.2.12",
            "wasi:http/types@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:io/streams@0.2.12",
        ],
    ),
    "wasi_http_js": struct(
        exports = [
            "anyhost:hello/greeter@1.0.0",
            "wasi:http/incoming-handler@0.2.12",
        ],
        imports = [
            "wasi:clocks/monotonic-clock@0.2.12",
            "wasi:http/types@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:io/poll@0.2.12",
            "wasi:io/streams@0.2.12",
        ],
    ),
    "wasi_http_p3_rust": struct(
        exports = [
            "anyhost:hello/greeter@1.0.0",
            "wasi:http/handler@0.3.0",
        ],
        imports = ["wasi:http/types@0.3.0"],
    ),
    "wasi_http_rust": struct(
        exports = [
            "anyhost:hello/greeter@1.0.0",
            "wasi:http/incoming-handler@0.2.12",
        ],
        imports = [
            "wasi:http/types@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:io/streams@0.2.12",
        ],
    ),
}
