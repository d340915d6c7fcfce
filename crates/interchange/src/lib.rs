//! Runs in and out of a store: tables of runs made elsewhere, one tidy table of all runs, and several stores made one.
//!
//! An example program: `cargo run --release --example import_runs -- tests/golden/imported_runs.csv results/imported`.

#[cfg(test)]
#[allow(dead_code, reason = "the tests of reporting need more of it")]
#[path = "../../reporting/src/examples.rs"]
mod examples;
mod export;
mod import;
mod merge;
mod parquet_columns;
mod parquet_file;

pub use export::{EXPORT_COLUMNS, ExportRows, ExportedTable, export};
pub use import::{
    AccuracyUnit, ImportOptions, ImportProblems, ImportedTable, import_bytes, import_columns, import_table,
};
pub use merge::{MergeError, Merged, merge};
pub use parquet_columns::{ColumnNumbers, parquet_columns};
