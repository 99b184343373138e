//! `anyhost_native`: the crate `anyhost_plugin` for Python.
//!
//! This is the native engine of the Python library `anyhost`, which is all that uses it:
//! names, records, errors and what a host gives are made there, and the classes that
//! values are converted to come from there.
//!
//! # The global lock
//! It is held while values are converted, and let go while a component is compiled or
//! runs. No lock of Rust's is held while Python runs.

#![allow(missing_docs, reason = "PyO3 makes public items without")]

mod component;
mod describe;
mod function;
mod host;
mod instance;
mod library;
mod sink;
mod source;

use pyo3::prelude::*;

#[pymodule]
mod anyhost_native {
    #[pymodule_export]
    use crate::component::{Component, compile};
    #[pymodule_export]
    use crate::function::{Function, Handle};
    #[pymodule_export]
    use crate::instance::Instance;
}
