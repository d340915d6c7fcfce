//! The report as one self-contained page: everything that it shows lies in it, and it asks the network for nothing.

mod claims;
mod comparison;
mod comparison_words;
mod content;
mod dark;
mod diagnostics;
mod figure;
mod glossary;
mod pieces;
mod provenance;
mod render;
mod sweep;
mod table;
#[cfg(test)]
mod tests;
mod warnings;
mod words;

use fractionate_records::Store;

use crate::error::ReportError;
use crate::model::report::Report;
use crate::render::figures::figure::Figure;
use crate::source::suite_runs::SuiteRuns;

/// What a page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) store: &'a Store,
    /// The configurations of the report: all of a suite's, or one of a sweep's.
    pub(crate) configurations: &'a [SuiteRuns],
    pub(crate) report: &'a Report,
    pub(crate) figures: &'a [Figure],
    /// The configuration's name, on the page of one configuration of a sweep.
    pub(crate) configuration: Option<&'a str>,
}

/// The page. The same input gives the same bytes: nothing in it tells when it was made.
pub(crate) fn page(subject: Subject<'_>) -> Result<String, ReportError> {
    render::render(&content::content(subject)?)
}
