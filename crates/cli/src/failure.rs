//! How the program ends when it does not end well.

use std::process::ExitCode;

use fractionate_records::StoreError;
use fractionate_reporting::ReportError;

use crate::terminal::say;

/// What went wrong, and whose doing it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The user asked for something that cannot be: exit code 2.
    WrongUse(String),
    /// The work failed: exit code 1.
    Failed(String),
    /// The user stopped it: exit code 130, as shells do.
    #[cfg(feature = "training")]
    Interrupted(String),
}

impl Failure {
    /// Says it on standard error and gives the exit code.
    pub(crate) fn show(self) -> ExitCode {
        let (text, code) = match self {
            Self::WrongUse(text) => (text, 2),
            Self::Failed(text) => (text, 1),
            #[cfg(feature = "training")]
            Self::Interrupted(text) => (text, 130),
        };
        say(text.trim_end());
        ExitCode::from(code)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotAStore { .. } | StoreError::Foreign(_) | StoreError::Imported(_) => {
                Self::WrongUse(format!("error: {error}"))
            }
            _ => Self::Failed(format!("error: {error}")),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        Self::Failed(format!("error: {error}"))
    }
}

/// A panic is a defect of the program: it is said in one sentence, and finished runs are not touched by it.
pub(crate) fn say_panics_plainly() {
    std::panic::set_hook(Box::new(|panic| {
        // libtorch's errors arrive as panics of the workers; whoever catches them says what they are.
        if std::thread::current().name() == Some("main") {
            say(&format!("error: this is a defect of fractionate, please report it: {panic}"));
        }
    }));
}
