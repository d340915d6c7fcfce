//! Standard output while a module runs: what it prints is none of ours.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Descriptors of a process are one for all its threads.
static ASIDE: Mutex<()> = Mutex::new(());

/// While it lives, what anybody writes to standard output goes to standard error.
pub(super) struct StandardOutputAside {
    /// A copy of standard output; `None` where there is none.
    kept: Option<libc::c_int>,
    _alone: MutexGuard<'static, ()>,
}

impl StandardOutputAside {
    /// Waits until no other one lives.
    pub(super) fn begin() -> Self {
        let alone = ASIDE.lock().unwrap_or_else(PoisonError::into_inner);
        flush();
        // SAFETY: `dup` and `dup2` take numbers and change nothing but this process's table of descriptors; a number
        // that is none gives -1.
        #[allow(unsafe_code)]
        let kept = unsafe {
            let kept = libc::dup(libc::STDOUT_FILENO);
            libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO);
            kept
        };
        Self { kept: (kept >= 0).then_some(kept), _alone: alone }
    }
}

impl Drop for StandardOutputAside {
    fn drop(&mut self) {
        flush();
        let Some(kept) = self.kept else { return };
        // SAFETY: as above; `kept` is this value's own copy and closed once.
        #[allow(unsafe_code)]
        unsafe {
            libc::dup2(kept, libc::STDOUT_FILENO);
            libc::close(kept);
        }
    }
}

/// Writes out what the C library still holds back: a module prints through it.
fn flush() {
    // SAFETY: a null pointer stands for all streams that are written to.
    #[allow(unsafe_code)]
    unsafe {
        libc::fflush(std::ptr::null_mut());
    }
}
