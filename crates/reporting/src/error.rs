//! What keeps a report from being made.

use fractionate_records::{FileError, StoreError};

/// Why there is no report. Damaged, missing and diverged runs are no error: the report lists them and goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The store has no readable manifest.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the report could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A table could not be formed.
    #[error("cannot form the table {table}: {source}")]
    Table {
        /// The table's name.
        table: &'static str,
        /// What polars said.
        source: polars::error::PolarsError,
    },
    /// A figure could not be drawn.
    #[error("cannot draw the figure {figure}: {reason}")]
    Figure {
        /// The figure's name.
        figure: String,
        /// What the drawing library said.
        reason: String,
    },
    /// The page could not be put together.
    #[error("cannot make the report's page: {reason}")]
    Page {
        /// What the template engine said.
        reason: String,
    },
    /// A calibration's pool in which students diverged.
    #[error(
        "{students} of the pool's students diverged, the first at seed {first_seed}: give the calibration smaller learning rates, and another folder with --out"
    )]
    Diverged {
        /// How many.
        students: usize,
        /// The first seed with one.
        first_seed: usize,
    },
}
