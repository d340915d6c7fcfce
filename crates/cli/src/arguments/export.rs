//! `fractionate export`.

use std::path::PathBuf;

use clap::Args;

/// The table's schema and examples.
pub(super) fn export_help() -> String {
    let columns = fractionate_interchange::EXPORT_COLUMNS;
    let rows: String = columns.iter().map(|(name, meaning)| format!("  {name}\n      {meaning}\n")).collect();
    format!(
        "Columns; after `reference` the keys that the suite sweeps, each as `axis.KEY`:\n{rows}
A run that serves both comparisons has its rows in each. What does not apply is empty. `fractionate import` reads such \
a table back.

Examples:
  fractionate export results/quickstart --out quickstart.parquet
  fractionate export results/quickstart --runs --out quickstart.csv"
    )
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// A folder that `fractionate run` or `import` made
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The file to write: its name ends in .parquet or .csv [default: export.parquet in the folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// One row per run in place of one per epoch
    #[arg(long)]
    pub(crate) runs: bool,
    /// The tuning's runs and its runner-up settings' too
    #[arg(long)]
    pub(crate) tuning: bool,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
