//! The end of the process, without libtorch's: it takes its tables of operators apart for a tenth of a second, when all
//! is written and said.
#![allow(unsafe_code, reason = "the C library's way to be called at the end")]

use std::ffi::{c_int, c_void};

unsafe extern "C" {
    // Of glibc alone: elsewhere a handler is not told the exit code.
    fn on_exit(handler: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
}

/// From now on the process ends as soon as Rust's own end is done. Handlers run last registered first, so this one comes
/// before those of libraries that were loaded with the program.
pub(crate) fn be_brief() {
    // SAFETY: the handler lives as long as the process and needs no argument.
    unsafe { on_exit(end, std::ptr::null_mut()) };
}

extern "C" fn end(code: c_int, _: *mut c_void) {
    // SAFETY: what C streams hold is written; nothing of the process is used after.
    unsafe {
        libc::fflush(std::ptr::null_mut());
        libc::_exit(code);
    }
}
