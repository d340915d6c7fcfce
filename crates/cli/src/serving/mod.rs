//! `fractionate report --serve`: the report, shown to browsers of this machine and kept fresh while the suite runs.

mod answer;
mod freshness;
mod live;
mod server;

use std::ffi::OsStr;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fractionate_records::{ReportStyle, Store, host_name};

use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::opening::open_page;
use crate::terminal::{say, say_failure};

/// How often the store is looked at.
const INTERVAL: Duration = Duration::from_secs(2);
/// The share of the time that new reports may take: the suite's own runs need the cores.
const REST: u32 = 5;

/// Serves the report of a store, which lies in a folder, until it is asked to end. `reported` is the state of which there is a report already.
pub(crate) fn serve(
    store: &Store,
    folder: &Path,
    style: &ReportStyle,
    port: u16,
    open: bool,
    reported: u64,
) -> Result<u8, Failure> {
    let interruption =
        Interruption::listen().map_err(|error| Failure::Failed(format!("error: cannot listen for Ctrl-C: {error}")))?;
    let (address, port) = server::start(folder, port)?;
    say(&format!("The page is at {address} and is made again when the results change; Ctrl-C ends this."));
    say(&format!("From another machine: {}, then {address} there.", tunnel(port)));
    if open && let Err(failure) = open_page(OsStr::new(&address)) {
        // The page is served all the same.
        say_failure(failure);
    }
    keep_fresh(store, folder, style, reported, &interruption);
    say("The page is no longer served.");
    Ok(0)
}

/// The state of a store, to be compared with a later one.
pub(crate) fn state(root: &Path) -> u64 {
    freshness::state(root)
}

/// The command that brings the port to another machine.
fn tunnel(port: u16) -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let at = user.ok().filter(|user| !user.is_empty()).map_or(String::new(), |user| format!("{user}@"));
    format!("ssh -L {port}:127.0.0.1:{port} {at}{}", host_name())
}

fn keep_fresh(store: &Store, folder: &Path, style: &ReportStyle, mut reported: u64, interruption: &Interruption) {
    let mut rest = INTERVAL;
    loop {
        let start = Instant::now();
        while start.elapsed() < rest {
            if interruption.is_asked() {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        // Before the report is made: what changes meanwhile is then seen next time.
        let now = state(store.root());
        if now == reported {
            rest = INTERVAL;
            continue;
        }
        reported = now;
        let start = Instant::now();
        match fractionate_reporting::report_to(store, folder, style) {
            Ok(report) => say(&format!("Made again: {} of {} planned runs.", report.read_runs, report.planned_runs)),
            // A manifest may be gone or half copied for a moment.
            Err(error) => say(&format!("The page stays as it was: {error}.")),
        }
        rest = INTERVAL.max(start.elapsed() * REST);
    }
}
