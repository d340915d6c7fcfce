//! Teachers from a TorchScript module: the file, whose network a trainer runs.

use std::path::{Path, PathBuf};

use fractionate_records::ModuleInputs;

use super::OutputKind;
use super::file_error::{TeacherFileError, read};
use super::torch_file::{is_module, torch_file};

/// A module's file, read but not run: what may be run is an [`super::AllowedModule`].
#[derive(Debug, Clone, PartialEq)]
pub struct ModuleFile {
    path: PathBuf,
    hash: String,
    content: String,
    inputs: ModuleInputs,
    kind: OutputKind,
}

impl ModuleFile {
    /// Reads the file and looks whether it is an archive as modules are; nothing of it is run.
    ///
    /// # Errors
    /// If the file cannot be read, or is another one.
    pub fn read(path: &Path, inputs: ModuleInputs, kind: OutputKind) -> Result<Self, TeacherFileError> {
        let bytes = read(path)?;
        if let Some(what) = torch_file(&bytes) {
            return Err(TeacherFileError::new(path, format!("is no TorchScript module: {what}")));
        }
        if !is_module(&bytes) {
            let reason = "cannot be loaded as a TorchScript module: it is no archive that `torch.jit.save` writes";
            return Err(TeacherFileError::new(path, reason));
        }
        Ok(Self { path: path.to_owned(), hash: key_hash(&bytes, kind), content: content_hash(&bytes), inputs, kind })
    }

    /// The file's bytes, the same that were read first.
    ///
    /// # Errors
    /// If the file cannot be read any more, or was changed.
    pub fn bytes(&self) -> Result<Vec<u8>, TeacherFileError> {
        let bytes = read(&self.path)?;
        if content_hash(&bytes) == self.content {
            return Ok(bytes);
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

    /// A hash over the file, and what its outputs are where they are no logits, for the teacher's key: 16 hexadecimal
    /// digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// A hash over the file alone, too long for anybody to make another file with it: 64 hexadecimal digits.
    pub fn content_hash(&self) -> &str {
        &self.content
    }
}

fn key_hash(bytes: &[u8], kind: OutputKind) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("fractionate module file");
    hasher.update(bytes);
    if kind != OutputKind::LOGITS {
        hasher.update(format!("{kind:?}").as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

fn content_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
