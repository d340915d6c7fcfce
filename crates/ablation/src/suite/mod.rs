//! Suite files: what a researcher writes down before the runs.
//!
//! Text and command-line overrides become one `document` in which every value knows its place; `spec` reads it as
//! written, `check` makes a [`Suite`] that can be run. Every problem is collected, so that all are shown at once.

mod calibration;
mod check;
mod checked;
mod claims;
mod document;
mod files;
mod input_files;
mod overrides;
mod place;
mod problems;
mod program;
mod reader;
mod report;
mod slurm;
mod spec;
mod suggestion;
mod sweep;
mod table_spec;
mod teacher_seeds;
mod written;

pub use calibration::{check_calibration_text, load_calibration};
pub use checked::{
    Calibration, Configuration, DiagnosticsSettings, Grid, LoadedTeacher, SplitSizes, Suite, Sweep, TeacherSettings,
    Tune,
};
pub use overrides::{Overrides, split_arms};
pub use problems::{Problem, SuiteProblems};
pub use program::ProgramSettings;
pub use report::stored_report_style;
pub use slurm::{SlurmFlag, SlurmSettings};

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use files::Files;
pub use files::Readers;
use problems::Problems;
use reader::Read as _;

/// Reads and checks a suite file.
///
/// # Errors
/// With every problem of the file and the overrides: syntax, unknown or missing keys, wrong types, impossible values.
pub fn load(path: &Path, overrides: &Overrides, readers: Readers<'_>) -> Result<Sweep, SuiteProblems> {
    let (name, text) = read_text(path);
    match text {
        Ok(text) => check_sweep(&name, &text, overrides, readers),
        Err(reason) => Err(SuiteProblems::unreadable(&name, &reason)),
    }
}

/// A suite of a thousand arms has a hundredth of it.
const MOST_BYTES: u64 = 16 << 20;

/// What messages call the file, and its text or why there is none.
fn read_text(path: &Path) -> (String, Result<String, String>) {
    // A suite may come through a pipe, but not from a device without an end.
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    let text = match read() {
        Ok(bytes) if bytes.len() as u64 > MOST_BYTES => {
            Err(format!("has more than {MOST_BYTES} bytes: not a suite file"))
        }
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| "is not a text file (UTF-8)".to_owned()),
        Err(error) => Err(format!("cannot be read: {error}")),
    };
    (path.display().to_string(), text)
}

/// Checks a suite's text, every configuration of its sweep; `name` is what messages call the file, and its folder is
/// where the files that it names are.
///
/// # Errors
/// With every problem of the text and the overrides, each once, however many configurations share it.
pub fn check_sweep(
    name: &str,
    text: &str,
    overrides: &Overrides,
    readers: Readers<'_>,
) -> Result<Sweep, SuiteProblems> {
    let files = Files::next_to(name, readers);
    let mut problems = Problems::of_build(readers.networks);
    let sweep = document::parse(text, &mut problems).and_then(|mut document| {
        overrides.apply(&mut document, &mut problems);
        let arms_by_flag = claims::arms_are_by_flag(&document);
        let slurm = slurm::take(&mut document, &mut problems);
        let report = report::take(&mut document, &mut problems);
        let mut axes = sweep::take_axes(&mut document, &mut problems);
        let teachers = teacher_seeds::take(&mut document, &axes, &mut problems);
        let teacher_axis = teachers.as_ref().map(|axis| axis.key.value.clone());
        axes.extend(teachers);
        sweep::limit(&mut axes, &mut problems);
        let claims = claims::take(&mut document, &mut problems);
        let (mut configurations, mut left_out) = (Vec::new(), Vec::new());
        for sweep::Combination { values, document } in sweep::combinations(&document, &axes, &mut problems) {
            let spec = spec::SuiteSpec::read("", &document, &mut problems);
            let mut unfit = Problems::default();
            let suite = spec.and_then(|spec| check::check(&spec, &files, &mut unfit, &mut problems));
            match unfit.is_empty() {
                true => configurations.extend(suite.map(|suite| Configuration { values, suite })),
                false => left_out.push((values, unfit)),
            }
        }
        let axes: Vec<String> = axes.into_iter().map(|axis| axis.key.value).collect();
        for (values, unfit) in left_out {
            if configurations.is_empty() {
                problems.extend(unfit);
            } else if let Some(reason) = unfit.first() {
                let values: Vec<String> = axes.iter().zip(values).map(|(axis, v)| format!("{axis} = {v}")).collect();
                problems.warn(format!("The configuration {} is left out: {reason}.", values.join(", ")));
            }
        }
        let first = &configurations.first()?.suite;
        let (claims, skipped_claims) = claims::without_left_out(claims, first, arms_by_flag);
        // A claim speaks of all teachers.
        let swept = axes.strip_suffix(teacher_axis.as_slice()).unwrap_or(&axes);
        let claims = claims::check(&claims, first, swept, &configurations, &mut problems);
        let warnings = problems.warnings().to_vec();
        Some(Sweep { axes, teacher_axis, configurations, claims, skipped_claims, slurm, report, warnings })
    });
    match sweep {
        Some(sweep) if problems.is_empty() => Ok(sweep),
        _ => Err(problems.into_report(name, text)),
    }
}

/// Checks a suite's text and gives its first configuration: all of it where nothing is swept.
///
/// # Errors
/// With every problem of the text and the overrides.
///
/// ```
/// use fractionate_ablation::suite::{Overrides, check_text};
///
/// let problems = check_text("suite.toml", "name = 'two'\narms = ['hard', 'teachr']", &Overrides::default()).unwrap_err();
/// assert!(problems.draw(false).contains("did you mean `teacher`?"));
/// ```
pub fn check_text(name: &str, text: &str, overrides: &Overrides) -> Result<Suite, SuiteProblems> {
    let mut sweep = check_sweep(name, text, overrides, Readers::default())?;
    Ok(sweep.configurations.swap_remove(0).suite)
}
