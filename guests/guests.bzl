"""The list of guests: a new one is a folder and a line here."""

GUESTS = [
    "hello_world_c",
    "hello_world_cpp",
    "hello_world_go",
    "hello_world_imports_rust",
    "hello_world_js",
    "hello_world_python",
    "hello_world_rust",
    "hello_world_std_rust",
    "hello_world_ts",
    "pricing_c",
    "pricing_http_rust",
    "pricing_js",
    "pricing_python",
    "pricing_rust",
    "wasi_cli_p3_rust",
    "wasi_cli_rust",
    "wasi_dual_rust",
    "wasi_http_js",
    "wasi_http_p3_rust",
    "wasi_http_rust",
]
