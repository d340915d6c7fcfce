//! A program of the user's that trains students.

use std::path::PathBuf;
use std::time::Duration;

use fractionate_records::ModelConfig;
use serde_json::{Map, Value};

/// A program that trains students, one process a run.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramSettings {
    /// The command and its arguments as the suite has them; empty where somebody else trains, cell by cell.
    pub command: Vec<String>,
    /// Where relative names start: the suite file's folder, or the one that the suite names. Absolute.
    pub folder: PathBuf,
    /// The files and folders whose content is part of the runs' identity, as the suite names them. Files that the command
    /// names are part of it, too.
    pub files: Vec<String>,
    /// A hash of the content of all those.
    pub files_hash: String,
    /// What the program is given, as it is.
    pub options: Map<String, Value>,
    /// How long a run may take, if that is limited.
    pub timeout: Option<Duration>,
    /// GPUs of one run, each visible to it alone.
    pub gpus_per_run: usize,
    /// Whether the suite names a learning rate.
    pub has_learning_rate: bool,
    /// Whether the suite names a batch size.
    pub has_batch_size: bool,
}

impl ProgramSettings {
    /// The student as runs name it.
    pub fn model(&self) -> ModelConfig {
        ModelConfig::of_program(&self.command, &self.files_hash, &self.options)
    }

    /// The command with the names of files next to the suite made absolute: a run's folder is its working directory.
    pub fn absolute_command(&self) -> Vec<String> {
        self.command.iter().map(|word| own_file(&self.folder, word).unwrap_or_else(|| word.clone())).collect()
    }
}

/// The absolute path of a word that names a file in the folder.
pub(super) fn own_file(folder: &std::path::Path, word: &str) -> Option<String> {
    let path = folder.join(word);
    path.is_file().then(|| path.display().to_string())
}
