//! Which libtorch was really loaded: `LD_LIBRARY_PATH` may have put another one first.

use std::ffi::{CStr, c_void};
use std::fmt::{self, Display, Formatter};

use crate::libtorch_version;

/// A libtorch that this process has loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedLibtorch {
    /// Major, minor, patch; `None` of releases before 2.9, which cannot be asked.
    version: Option<[u8; 3]>,
    /// Its file, where the system tells.
    file: Option<String>,
}

/// A libtorch of another minor version than the one that this binary was compiled for: their tensors differ, and the
/// first one would end the process.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this fractionate is compiled for libtorch {compiled_for}, and the one loaded is {0}: LD_LIBRARY_PATH names its folder first, \
     as a conda environment may; start fractionate without it",
    compiled_for = libtorch_version()
)]
pub struct OtherLibtorch(pub LoadedLibtorch);

impl LoadedLibtorch {
    /// Asks the library; no tensor is made.
    pub fn ask() -> Self {
        // Part of libtorch's stable C interface: a function without arguments that gives the version as a number.
        const NAME: &CStr = c"aoti_torch_abi_version";
        // SAFETY: `dlsym` takes a name that ends in a zero, and looks through what is loaded.
        #[allow(unsafe_code)]
        let found: *mut c_void = unsafe { libc::dlsym(libc::RTLD_DEFAULT, NAME.as_ptr()) };
        if found.is_null() {
            return Self { version: None, file: None };
        }
        // SAFETY: the symbol is a function, and of this type in every release that has it.
        #[allow(unsafe_code)]
        let number = unsafe { std::mem::transmute::<*mut c_void, unsafe extern "C" fn() -> u64>(found)() };
        let [major, minor, patch, ..] = number.to_be_bytes();
        Self { version: Some([major, minor, patch]), file: file_of(found) }
    }

    /// Refuses another minor version than the one compiled for.
    ///
    /// # Errors
    /// If it is another one.
    pub fn check() -> Result<(), OtherLibtorch> {
        let loaded = Self::ask();
        if loaded.fits(libtorch_version()) { Ok(()) } else { Err(OtherLibtorch(loaded)) }
    }

    /// Whether a binary that was compiled for this version can use it; nobody knows of one that was compiled for an
    /// unknown one.
    fn fits(&self, compiled_for: &str) -> bool {
        let mut parts = compiled_for.split('.').map(|part| part.parse::<u8>().ok());
        match (parts.next().flatten(), parts.next().flatten()) {
            (Some(major), Some(minor)) => self.version.is_some_and(|version| version[..2] == [major, minor]),
            _ => true,
        }
    }
}

/// The file that holds an address.
fn file_of(address: *mut c_void) -> Option<String> {
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: `dladdr` writes only what it finds into `info`, whose fields may all be zero; a name that is there is the
    // loader's own, ends in a zero, and stays while the library is loaded.
    #[allow(unsafe_code)]
    unsafe {
        let found = libc::dladdr(address, info.as_mut_ptr()) != 0;
        let name = info.assume_init().dli_fname;
        (found && !name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned())
    }
}

impl Display for LoadedLibtorch {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.version {
            Some([major, minor, patch]) => write!(f, "{major}.{minor}.{patch}")?,
            None => f.write_str("older than 2.9")?,
        }
        self.file.as_ref().map_or(Ok(()), |file| write!(f, " ({file})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_of_this_process_is_the_one_it_was_compiled_for() {
        let loaded = LoadedLibtorch::ask();
        assert!(loaded.to_string().starts_with(libtorch_version()), "{loaded}");
        assert!(loaded.to_string().contains("libtorch_cpu"), "{loaded}");
        assert_eq!(LoadedLibtorch::check(), Ok(()));
    }

    #[test]
    fn another_patch_fits_and_another_minor_or_major_version_does_not() {
        let loaded = |version| LoadedLibtorch { version, file: None };
        for (version, fits) in [
            (Some([2, 13, 0]), true),
            (Some([2, 13, 4]), true),
            (Some([2, 11, 0]), false),
            (Some([2, 14, 0]), false),
            (Some([3, 13, 0]), false),
            (None, false),
        ] {
            assert_eq!(loaded(version).fits("2.13.0"), fits, "{version:?}");
            assert!(loaded(version).fits("unknown"));
        }
    }
}
