//! `fractionate export`: a store's runs as one tidy table.

use std::path::Path;

use fractionate_interchange::{ExportRows, export as table_of};
use fractionate_records::{Store, write_file};
use serde_json::json;

use crate::arguments::ExportArguments;
use crate::failure::Failure;
use crate::terminal::{print, say};

pub(crate) fn export(arguments: &ExportArguments) -> Result<u8, Failure> {
    let store = Store::open(&arguments.folder)?;
    let path = arguments.out.clone().unwrap_or_else(|| arguments.folder.join("export.parquet"));
    let as_csv = checked_out(&path)?;
    let mut table = table_of(&store, ExportRows { per_run: arguments.runs, tuning: arguments.tuning })?;
    if table.runs == 0 && table.left_out.is_empty() {
        let folder = arguments.folder.display();
        return Err(Failure::Failed(format!("error: {folder}: none of its runs is there: there is nothing to export")));
    }
    let bytes = if as_csv { table.csv() } else { table.parquet() }?;
    write_file(&path, &bytes)?;
    print(&if arguments.json {
        let text = json!({
            "file": path, "runs": table.runs, "rows": table.rows(), "columns": table.columns(), "left_out": table.left_out,
        });
        format!("{text:#}\n")
    } else {
        format!("{} runs in {} rows: {}\n", table.runs, table.rows(), path.display())
    })?;
    for sentence in &table.left_out {
        say(&format!("error: left out: {sentence}"));
    }
    Ok(u8::from(!table.left_out.is_empty()))
}

/// Whether the file is to be CSV.
fn checked_out(path: &Path) -> Result<bool, Failure> {
    let wrong = |reason: &str| Failure::WrongUse(format!("error: --out {}: {reason}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(wrong("its folder is not there"));
    }
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(true),
        Some("parquet") => Ok(false),
        _ => Err(wrong("the name must end in .parquet or .csv")),
    }
}
