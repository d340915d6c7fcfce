//! Teachers from a TorchScript module: the file, whose network a trainer runs.

use std::path::{Path, PathBuf};

use fractionate_records::ModuleInputs;

use super::file_error::{TeacherFileError, read};

/// A module's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFile {
    path: PathBuf,
    hash: String,
    inputs: ModuleInputs,
}

impl ModuleFile {
    /// Reads the file; whether it is a module, a trainer knows ([`crate::Trainer::try_module`]).
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(path: &Path, inputs: ModuleInputs) -> Result<Self, TeacherFileError> {
        Ok(Self { path: path.to_owned(), hash: file_hash(path)?, inputs })
    }

    /// Looks whether the file is still the one that was read.
    ///
    /// # Errors
    /// If it is not.
    pub fn check_unchanged(&self) -> Result<(), TeacherFileError> {
        if file_hash(&self.path)? == self.hash {
            return Ok(());
        }
        Err(TeacherFileError::new(&self.path, "was changed while the suite was run"))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the module gets as inputs.
    pub fn inputs(&self) -> ModuleInputs {
        self.inputs
    }

    /// A hash over the file: 16 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

fn file_hash(path: &Path) -> Result<String, TeacherFileError> {
    let mut hasher = blake3::Hasher::new_derive_key("fractionate module file");
    hasher.update(&read(path)?);
    Ok(hasher.finalize().to_hex()[..16].to_owned())
}
