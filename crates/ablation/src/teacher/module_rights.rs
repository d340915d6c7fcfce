//! Which modules may be run: a module is a program.

use std::collections::HashSet;
use std::time::Duration;

use super::{ModuleFile, TeacherFileError};

/// The modules that the user lets run, by their contents, and how long each may take.
#[derive(Debug, Clone)]
pub struct ModuleRights {
    allowed: HashSet<String>,
    limit: Duration,
}

/// A module that may be run. A trainer takes no other.
#[derive(Debug, Clone, Copy)]
pub struct AllowedModule<'a> {
    file: &'a ModuleFile,
    limit: Duration,
}

impl ModuleRights {
    /// No module may be run, whoever asks.
    pub fn none() -> Self {
        Self::with_limit(Duration::ZERO)
    }

    /// No module may be run yet; one that is allowed may take so long for each batch of examples.
    pub fn with_limit(limit: Duration) -> Self {
        Self { allowed: HashSet::new(), limit }
    }

    /// Lets a module run.
    pub fn allow(&mut self, module: &ModuleFile) {
        self.allowed.insert(module.content_hash().to_owned());
    }

    /// The module, to be run.
    ///
    /// # Errors
    /// If it was not allowed.
    pub fn check<'a>(&self, module: &'a ModuleFile) -> Result<AllowedModule<'a>, TeacherFileError> {
        if self.allowed.contains(module.content_hash()) {
            return Ok(AllowedModule { file: module, limit: self.limit });
        }
        Err(TeacherFileError::new(module.path(), "is a program, and nobody allowed it to be run"))
    }
}

impl<'a> AllowedModule<'a> {
    /// The file.
    pub fn file(self) -> &'a ModuleFile {
        self.file
    }

    /// How long it may take for a batch of examples.
    pub fn limit(self) -> Duration {
        self.limit
    }
}
