"""The list of guests: a new one is a folder and a line here."""

# The folder's name, and the key in lib/host/testing/cases.json of what the guest says.
GUESTS = {
    "hello_world_c": "greeting",
    "hello_world_imports_rust": "reversed",
    "hello_world_rust": "greeting",
    "wasi_cli_rust": "greeting",
    "wasi_dual_rust": "greeting",
    "wasi_http_rust": "greeting",
}
