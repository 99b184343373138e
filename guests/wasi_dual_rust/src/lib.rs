//! One component with both worlds: the command of `wasi_cli_rust` and the HTTP
//! handler of `wasi_http_rust`, each with its exports.

#![cfg_attr(target_arch = "wasm32", no_std)]

use wasi_cli_rust as _;
use wasi_http_rust as _;
