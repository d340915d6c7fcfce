//! Rust functions, and Rust values, as Python functions.

use std::ffi::CStr;

use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};

/// A Python function, of a Rust one or of a Rust value that it knows. It takes its arguments by place.
pub(crate) fn function<'py, F>(py: Python<'py>, name: &'static CStr, of: F) -> PyResult<Bound<'py, PyCFunction>>
where
    F: Fn(&Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> + Send + Sync + 'static,
{
    PyCFunction::new_closure(
        py,
        Some(name),
        None,
        move |arguments: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| of(arguments),
    )
}
