//! Holds the statistics against SciPy's, statsmodels' and rliable's, and tells by simulation how often intervals cover and
//! how often tests err:
//!
//! ```text
//! cargo build --release --workspace --examples && target/release/examples/statistics FOLDER
//! ```

mod golden;
mod planned_power;
mod simulation;
mod teachers;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("give the folder that the tables are to be written to");
        return ExitCode::from(2);
    };
    match write(&folder) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> std::io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let values = golden::compared();
    let rows = simulation::rows();
    let teachers = teachers::rows();
    let power = planned_power::rows();
    let text = format!(
        "# The statistics, held against other programs and against what they promise\n\nMade by `scripts/statistics`.\n\n\
         {}\n{}\n{}{}",
        golden::markdown(&values),
        simulation::markdown(&rows),
        teachers::markdown(&teachers),
        planned_power::markdown(&power)
    );
    std::fs::write(folder.join("README.md"), &text)?;
    std::fs::write(folder.join("golden.csv"), golden::csv(&values))?;
    std::fs::write(folder.join("simulation.csv"), simulation::csv(&rows))?;
    std::fs::write(folder.join("teachers.csv"), teachers::csv(&teachers))?;
    std::fs::write(folder.join("planned_power.csv"), planned_power::csv(&power))?;
    Ok(text)
}
