//! What is wrong with a suite, all of it at once.

use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use fractionate_records::clean::one_line;

use super::place::Place;
use crate::networks::Networks;

/// Problems while they are being collected, and the networks that a suite may name.
#[derive(Debug, Default)]
pub(super) struct Problems {
    networks: Networks,
    found: Vec<Problem>,
    /// What is possible and yet hard to believe, in sentences.
    warnings: Vec<String>,
}

impl Problems {
    /// None yet, of a build with these networks.
    pub(super) fn of_build(networks: Networks) -> Self {
        Self { networks, ..Self::default() }
    }

    /// The networks that a suite may name.
    pub(super) fn networks(&self) -> Networks {
        self.networks
    }

    /// Adds a problem: what is wrong, the words under the source line, what would be right.
    pub(super) fn add(
        &mut self,
        place: &Place,
        message: impl Into<String>,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        let clean = |text: String| one_line(&text).into_owned();
        let (message, label) = (clean(message.into()), clean(label.into()));
        let found = Problem { place: place.clone(), message, label, help, line: None };
        // The configurations of a sweep share most of their keys, and their mistakes.
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    /// [`add`](Self::add) where nothing can be made of what was written.
    pub(super) fn refuse<T>(
        &mut self,
        place: &Place,
        message: impl Into<String>,
        label: impl Into<String>,
        help: Option<String>,
    ) -> Option<T> {
        self.add(place, message, label, help);
        None
    }

    /// Adds a warning, once.
    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Takes the problems of others, each once.
    pub(super) fn extend(&mut self, others: Self) {
        for problem in others.found {
            if !self.found.contains(&problem) {
                self.found.push(problem);
            }
        }
    }

    /// The first problem in one sentence.
    pub(super) fn first(&self) -> Option<&str> {
        Some(&self.found.first()?.message)
    }

    /// The warnings so far, in their order.
    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All problems in the order of the file, then those of the whole and of the flags.
    pub(super) fn into_report(mut self, file: &str, text: &str) -> SuiteProblems {
        let file = one_line(file);
        self.found.sort_by_key(|problem| match &problem.place {
            Place::File(span) => (0, span.start),
            Place::Whole => (1, 0),
            Place::Flag(_) => (2, 0),
        });
        for problem in &mut self.found {
            match &problem.place {
                Place::File(span) => {
                    let before = &text.as_bytes()[..span.start.min(text.len())];
                    problem.line = Some(before.iter().filter(|&&byte| byte == b'\n').count() + 1);
                }
                Place::Flag(flag) => problem.message = format!("{flag}: {}", problem.message),
                Place::Whole => problem.message = format!("{file}: {}", problem.message),
            }
        }
        SuiteProblems { file: file.into_owned(), text: text.to_owned(), problems: self.found }
    }
}

/// Everything that is wrong with a suite.
#[derive(Debug, Clone)]
pub struct SuiteProblems {
    file: String,
    text: String,
    problems: Vec<Problem>,
}

impl SuiteProblems {
    pub(super) fn unreadable(file: &str, reason: &str) -> Self {
        let mut problems = Problems::default();
        problems.add(&Place::Whole, reason, "", None);
        problems.into_report(file, "")
    }

    /// The problems, in the order of the file; those of flags last. Never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// All problems for a terminal, each under its source line.
    pub fn draw(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Unicode);
        let mut drawn = renderer.render(&[Group::with_title(Level::ERROR.primary_title(self.to_string()))]);
        for problem in &self.problems {
            drawn += "\n\n";
            drawn += &renderer.render(&[problem.group(&self.file, &self.text)]);
        }
        drawn + "\n"
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

/// One thing that is wrong with a suite. A problem of a flag begins with the flag, one of the whole file with its
/// name; any other is drawn at its line.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    place: Place,
    message: String,
    label: String,
    help: Option<String>,
    line: Option<usize>,
}

impl Problem {
    fn group<'a>(&'a self, file: &'a str, text: &'a str) -> Group<'a> {
        let mut group = Group::with_title(Level::ERROR.primary_title(&self.message));
        if let Place::File(span) = &self.place {
            let here = AnnotationKind::Primary.span(span.clone()).label(&self.label);
            let around = AnnotationKind::Visible.span(with_neighbours(text, span));
            group = group.element(Snippet::source(text).path(file).annotation(here).annotation(around));
        }
        group.elements(self.help.as_ref().map(|help| Level::HELP.message(help)))
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

/// The span and the lines before and after it.
fn with_neighbours(text: &str, span: &Range<usize>) -> Range<usize> {
    let before = text.get(..span.start).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| before[..end].rfind('\n').map_or(0, |end| end + 1));
    let after = text.get(span.end..).unwrap_or_default();
    let end = after.match_indices('\n').nth(1).map_or(text.len(), |(end, _)| span.end + end);
    start..end
}
