//! Teachers from a TorchScript module: the file, whose network a trainer runs.

use std::path::{Path, PathBuf};

use fractionate_records::ModuleInputs;

use super::OutputKind;
use super::file_error::{TeacherFileError, read};
use super::torch_file::torch_file;

/// A module's file.
#[derive(Debug, Clone, PartialEq)]
pub struct ModuleFile {
    path: PathBuf,
    hash: String,
    inputs: ModuleInputs,
    kind: OutputKind,
}

impl ModuleFile {
    /// Reads the file; whether it is a module, a trainer knows ([`crate::Trainer::try_module`]).
    ///
    /// # Errors
    /// If the file cannot be read, or is another one of PyTorch's.
    pub fn read(path: &Path, inputs: ModuleInputs, kind: OutputKind) -> Result<Self, TeacherFileError> {
        Ok(Self { path: path.to_owned(), hash: file_hash(path, kind)?, inputs, kind })
    }

    /// Looks whether the file is still the one that was read.
    ///
    /// # Errors
    /// If it is not.
    pub fn check_unchanged(&self) -> Result<(), TeacherFileError> {
        if file_hash(&self.path, self.kind)? == self.hash {
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

    /// What its outputs are.
    pub fn kind(&self) -> OutputKind {
        self.kind
    }

    /// A hash over the file, and what its outputs are where they are no logits: 16 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

fn file_hash(path: &Path, kind: OutputKind) -> Result<String, TeacherFileError> {
    let mut hasher = blake3::Hasher::new_derive_key("fractionate module file");
    let bytes = read(path)?;
    if let Some(what) = torch_file(&bytes) {
        return Err(TeacherFileError::new(path, format!("is no TorchScript module: {what}")));
    }
    hasher.update(&bytes);
    if kind != OutputKind::LOGITS {
        hasher.update(format!("{kind:?}").as_bytes());
    }
    Ok(hasher.finalize().to_hex()[..16].to_owned())
}
