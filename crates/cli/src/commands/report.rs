//! `fractionate report`: tables and figures of a folder of results.

use std::path::Path;

use fractionate_records::{OwnFolder, Store};
use fractionate_reporting::{Report, report_in, report_to};

use super::style::style;
use crate::arguments::ReportArguments;
use crate::failure::Failure;
use crate::opening::open_page;
use crate::serving;
use crate::terminal::{colour_on_stdout, print};

pub(crate) fn report(arguments: &ReportArguments) -> Result<u8, Failure> {
    let store = Store::open(&arguments.folder)?;
    // Before the report is made: what changes meanwhile is then seen.
    let state = serving::state(store.root());
    let style = style(&store, &arguments.style)?;
    let report = match &arguments.out {
        Some(folder) => {
            check_report_folder(folder)?;
            report_to(&store, folder, &style)?
        }
        None => report_in(&store, &style)?,
    };
    show(&report, arguments.json)?;
    if let Some(port) = arguments.serve {
        return serving::serve(&store, &report.folder, &style, port, arguments.open, state);
    }
    if arguments.open {
        let page = report.folder.join("index.html");
        open_page(page.canonicalize().unwrap_or(page).as_os_str())?;
    }
    // As for `run`: a grid may hold settings that are too fast, and the tuning leaves them out.
    let diverged = report.diverged.iter().any(|run| run.is_compared());
    let failed = diverged || !report.unreadable.is_empty() || !report.damaged.is_empty();
    Ok(u8::from(failed))
}

/// A folder that is new, empty or holds an earlier report.
fn check_report_folder(folder: &Path) -> Result<(), Failure> {
    let entries = OwnFolder::at(folder).entries("")?;
    if entries.is_empty() || entries.iter().any(|entry| entry.name == "files.txt") {
        return Ok(());
    }
    let folder = folder.display();
    Err(Failure::WrongUse(format!(
        "error: --out {folder}: it holds other things than a report: give a new or an empty folder"
    )))
}

/// Prints a report as text, or as JSON where a script reads it.
pub(crate) fn show(report: &Report, json: bool) -> Result<(), Failure> {
    if json {
        let text = serde_json::to_string_pretty(report)
            .map_err(|error| Failure::Failed(format!("error: the report cannot be written as JSON: {error}")))?;
        print(&format!("{text}\n"))
    } else {
        print(&format!("\n{}", report.terminal(colour_on_stdout())))
    }
}
