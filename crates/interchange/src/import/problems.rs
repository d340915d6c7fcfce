//! What is wrong with a table, all of it at once.

use std::fmt;

use fractionate_records::clean::one_line;
use fractionate_reporting::numbers::count;

/// How many sentences of one kind are given in full.
const SHOWN: usize = 8;

/// Why a table was not imported: every problem in one sentence. Rows of text are named by their lines, those of
/// Parquet are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProblems {
    /// The table's file as it was given.
    pub file: String,
    /// Never empty.
    pub problems: Vec<String>,
}

impl fmt::Display for ImportProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [one] = &self.problems[..] {
            return write!(f, "{}: {one}", one_line(&self.file));
        }
        write!(f, "{}: {}; nothing was written", one_line(&self.file), count(self.problems.len(), "problem"))?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ImportProblems {}

/// Problems of several kinds while they are being collected.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<(&'static str, Vec<String>, usize)>);

impl Problems {
    /// Adds a problem; many of one kind are cut short.
    pub(super) fn add(&mut self, kind: &'static str, sentence: impl Into<String>) {
        let place = self.0.iter().position(|(known, ..)| *known == kind).unwrap_or_else(|| {
            self.0.push((kind, Vec::new(), 0));
            self.0.len() - 1
        });
        let (_, sentences, further) = &mut self.0[place];
        if sentences.len() < SHOWN {
            sentences.push(sentence.into());
        } else {
            *further += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All sentences, kind by kind.
    pub(super) fn sentences(self) -> Vec<String> {
        let mut all = Vec::new();
        for (kind, sentences, further) in self.0 {
            all.extend(sentences);
            if further > 0 {
                all.push(format!("… and {further} more like these ({kind})."));
            }
        }
        all
    }
}
