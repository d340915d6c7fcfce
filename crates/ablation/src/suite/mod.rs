//! Suite files: what a researcher writes down before the runs.
//!
//! Text and command-line overrides become one `document` in which every value knows its place; `spec` reads it as
//! written, `check` makes a [`Suite`] that can be run. Every problem on the way is kept, so that all are shown at
//! once.

mod check;
mod checked;
mod document;
mod overrides;
mod problems;
mod reader;
mod spec;
mod suggestion;
mod world_spec;
mod written;

pub use checked::{SplitSizes, Suite, TeacherSettings, Tune};
pub use overrides::Overrides;
pub use problems::{Problem, SuiteProblems};

use std::path::Path;

use problems::Problems;

/// Reads and checks a suite file.
///
/// # Errors
/// With every problem of the file and the overrides: syntax, unknown or missing keys, wrong types, impossible values.
pub fn load(path: &Path, overrides: &Overrides) -> Result<Suite, SuiteProblems> {
    let name = path.display().to_string();
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| "is not a text file (UTF-8)".to_owned()),
        Err(error) => Err(format!("cannot be read: {error}")),
    };
    match text {
        Ok(text) => check_text(&name, &text, overrides),
        Err(reason) => Err(SuiteProblems::unreadable(&name, &reason)),
    }
}

/// Checks a suite's text; `name` is what messages call the file.
///
/// # Errors
/// With every problem of the text and the overrides.
pub fn check_text(name: &str, text: &str, overrides: &Overrides) -> Result<Suite, SuiteProblems> {
    let mut problems = Problems::default();
    let suite = document::parse(text, &mut problems).and_then(|mut document| {
        overrides.apply(&mut document, &mut problems);
        let spec = spec::SuiteSpec::read(&document, &mut problems);
        check::check(&spec, &mut problems)
    });
    match suite {
        Some(suite) if problems.is_empty() => Ok(suite),
        _ => Err(problems.into_report(name, text)),
    }
}
