//! What is wrong with a suite, all of it at once.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use super::document::Place;

/// Problems while they are being collected.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Found>);

#[derive(Debug, PartialEq)]
struct Found {
    place: Place,
    message: String,
    label: String,
    help: Option<String>,
}

impl Problems {
    /// Adds a problem: what is wrong, the words under the source line, what would be right.
    pub(super) fn add(
        &mut self,
        place: Place,
        message: impl Into<String>,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        let found = Found { place, message: message.into(), label: label.into(), help };
        // The points of a sweep share most of their keys, and their mistakes.
        if !self.0.contains(&found) {
            self.0.push(found);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All problems in the order of the file, then those of the whole and of the flags.
    pub(super) fn into_report(mut self, file: &str, text: &str) -> SuiteProblems {
        self.0.sort_by_key(|found| match &found.place {
            Place::File(span) => (0, span.start),
            Place::Whole => (1, 0),
            Place::Flag(_) => (2, 0),
        });
        let source = Arc::new(NamedSource::new(file, text.to_owned()));
        let problems = self.0.into_iter().map(|found| Problem::new(found, file, &source, text)).collect();
        SuiteProblems { file: file.to_owned(), problems }
    }
}

/// Everything that is wrong with a suite. Its diagnostic draws each problem under its source line.
#[derive(Debug, Clone)]
pub struct SuiteProblems {
    file: String,
    problems: Vec<Problem>,
}

impl SuiteProblems {
    pub(super) fn unreadable(file: &str, reason: &str) -> Self {
        let message = format!("{file}: {reason}");
        let problem = Problem { message, label: None, help: None, line: None, source: None };
        Self { file: file.to_owned(), problems: vec![problem] }
    }

    /// The problems, in the order of the file; those of flags last. Never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for SuiteProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "{}: {count} {noun}; nothing was run", self.file)
    }
}

impl std::error::Error for SuiteProblems {}

impl Diagnostic for SuiteProblems {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

/// One thing that is wrong with a suite. A problem of a flag begins with the flag, one of the whole file with its
/// name; any other is drawn at its line.
#[derive(Debug, Clone)]
pub struct Problem {
    message: String,
    label: Option<(Range<usize>, String)>,
    help: Option<String>,
    line: Option<usize>,
    source: Option<Arc<NamedSource<String>>>,
}

impl Problem {
    fn new(found: Found, file: &str, source: &Arc<NamedSource<String>>, text: &str) -> Self {
        let Found { place, message, label, help } = found;
        match place {
            Place::File(span) => {
                let line = text.as_bytes()[..span.start.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1;
                let source = Some(Arc::clone(source));
                Self { message, label: Some((span, label)), help, line: Some(line), source }
            }
            Place::Flag(flag) => {
                Self { message: format!("{flag}: {message}"), label: None, help, line: None, source: None }
            }
            Place::Whole => Self { message: format!("{file}: {message}"), label: None, help, line: None, source: None },
        }
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What would be right.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The line of the file, from 1; `None` for a flag or the file as a whole.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (span, label) = self.label.as_ref()?;
        let label = LabeledSpan::new(Some(label.clone()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_deref().map(|source| source as &dyn SourceCode)
    }
}
