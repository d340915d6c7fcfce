//! The module `fractionate._native`.

use std::ffi::CStr;
use std::ptr::{addr_of_mut, null_mut};

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use pyo3::{Bound, ffi};

use crate::errors::value_error;
use crate::functions::function;
use crate::{arms, results, statistics};

/// What Python knows of the module before it is filled.
#[allow(unsafe_code, reason = "Python owns it from the first import on, and is handed its address")]
static mut DEFINITION: ffi::PyModuleDef = ffi::PyModuleDef {
    m_base: ffi::PyModuleDef_HEAD_INIT,
    m_name: c"_native".as_ptr(),
    m_doc: c"The Rust half of fractionate: for the package's own files.".as_ptr(),
    m_size: -1,
    m_methods: null_mut(),
    m_slots: null_mut(),
    m_traverse: None,
    m_clear: None,
    m_free: None,
};

/// Makes the module. Python looks for this name and calls it with its interpreter attached.
#[allow(unsafe_code, reason = "the door through which Python loads a module: pyo3's macro would write the same")]
#[unsafe(no_mangle)]
extern "C" fn PyInit__native() -> *mut ffi::PyObject {
    Python::attach(|py| {
        // SAFETY: the interpreter is attached, and the definition lives as long as the process.
        let module = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyModule_Create(addr_of_mut!(DEFINITION))) };
        match module.and_then(|module| filled(&module).map(|()| module)) {
            Ok(module) => module.into_ptr(),
            Err(error) => {
                error.restore(py);
                null_mut()
            }
        }
    })
}

fn filled(module: &Bound<'_, PyAny>) -> PyResult<()> {
    add(module, c"arms", arms::arms)?;
    add(module, c"arm", arms::arm)?;
    add(module, c"targets", arms::targets)?;
    add(module, c"statistics", statistics::statistics)?;
    add(module, c"load", results::load)?;
    add(module, c"decompose", results::decompose)?;
    module.setattr("version", env!("CARGO_PKG_VERSION"))
}

fn add(
    module: &Bound<'_, PyAny>,
    name: &'static CStr,
    of: fn(&Bound<'_, PyTuple>) -> PyResult<Py<PyAny>>,
) -> PyResult<()> {
    module.setattr(name.to_str().map_err(value_error)?, function(module.py(), name, of)?)
}
