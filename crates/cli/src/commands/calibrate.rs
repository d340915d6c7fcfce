//! `fractionate calibrate`: how well the method keeps its word, on a small world trained very many times.

use std::path::Path;

use fractionate_ablation::suite::{Overrides, load_calibration};
use fractionate_ablation::{PoolOptions, make_pool};
use fractionate_records::OwnFolder;
use fractionate_reporting::calibration_report;

use super::suite::drawn;
use super::watched::{failure, watched};
use crate::arguments::CalibrateArguments;
use crate::failure::Failure;
use crate::terminal::print;
use crate::trainer::{USUAL_STRATEGY, built_in_trainer, default_jobs};

pub(crate) fn calibrate(arguments: &CalibrateArguments) -> Result<u8, Failure> {
    let overrides = Overrides { set: arguments.set.clone(), ..Overrides::default() };
    let trainer = built_in_trainer("cpu", USUAL_STRATEGY)?;
    let calibration = load_calibration(&arguments.calibration, &overrides, trainer.networks())
        .map_err(|problems| Failure::Problems(drawn(&problems)))?;
    let options = PoolOptions {
        out: arguments.out.clone().unwrap_or_else(|| Path::new("results").join("calibration").join(&calibration.name)),
        jobs: arguments.jobs.map_or_else(|| default_jobs(&*trainer), usize::from),
    };
    let outcome = watched(arguments.quiet, |watch| make_pool(&calibration, &options, &*trainer, watch))?;
    let pool = outcome.map_err(failure)?;
    OwnFolder::at(&options.out).expect_folder_or_nothing("report")?;
    let report = calibration_report(&pool, &options.out.join("report"))?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| Failure::Failed(format!("error: the report cannot be written as JSON: {error}")))?;
        print(&format!("{text}\n"))?;
    } else {
        print(&format!("\n{}", report.terminal()))?;
    }
    Ok(0)
}
