//! `fractionate calibrate`: how well the method keeps its word, on a small world trained very many times.

use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;

use fractionate_ablation::suite::{Overrides, load_calibration};
use fractionate_ablation::{PoolOptions, Watch, make_pool};
use fractionate_reporting::calibration_report;
use fractionate_training::DeviceChoice;

use super::run::failure;
use super::suite::{default_jobs, drawn};
use crate::arguments::CalibrateArguments;
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::progress_display::follow;
use crate::terminal::print;

pub(crate) fn calibrate(arguments: &CalibrateArguments) -> Result<ExitCode, Failure> {
    let overrides = Overrides { set: arguments.set.clone(), ..Overrides::default() };
    let calibration =
        load_calibration(&arguments.calibration, &overrides).map_err(|problems| Failure::WrongUse(drawn(&problems)))?;
    let options = PoolOptions {
        out: arguments.out.clone().unwrap_or_else(|| Path::new("results").join("calibration").join(&calibration.name)),
        jobs: arguments.jobs.map_or_else(|| default_jobs(DeviceChoice::CPU), usize::from),
    };
    let interruption =
        Interruption::listen().map_err(|error| Failure::Failed(format!("error: cannot listen for Ctrl-C: {error}")))?;
    let watch = Watch::default();
    let (done, wait) = mpsc::channel::<()>();
    let outcome = std::thread::scope(|scope| {
        let (watch, interruption) = (&watch, &interruption);
        let watcher = scope.spawn(move || follow(watch, interruption, arguments.quiet, &wait));
        let outcome = make_pool(&calibration, &options, watch);
        drop(done);
        // What the watcher shows is no reason to lose the outcome.
        let _ = watcher.join();
        outcome
    });
    let pool = outcome.map_err(failure)?;
    let report = calibration_report(&pool, &options.out.join("report"))?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| Failure::Failed(format!("error: the report cannot be written as JSON: {error}")))?;
        print(&format!("{text}\n"))?;
    } else {
        print(&format!("\n{}", report.terminal()))?;
    }
    Ok(ExitCode::SUCCESS)
}
