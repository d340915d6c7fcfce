//! Scripts into Slurm's queue.

use std::io;
use std::path::Path;
use std::process::Command;

use super::Job;
use crate::failure::Failure;

/// A job that Slurm has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queued {
    pub(crate) job: Job,
    /// Its number.
    pub(crate) id: String,
}

/// Submits scripts of this folder, each to wait for the one before. Where one is refused, those before are taken back.
pub(crate) fn submit(jobs: &[Job], folder: &Path) -> Result<Vec<Queued>, Failure> {
    let mut queued: Vec<Queued> = Vec::new();
    for &job in jobs {
        let after = queued.last().map_or_else(Vec::new, |earlier| job.after(&earlier.id));
        match sbatch(&folder.join(format!("{}.sbatch", job.name())), &after) {
            Ok(id) => queued.push(Queued { job, id }),
            Err(reason) => {
                let taken_back = take_back(&queued);
                return Err(Failure::Failed(format!("error: the job `{}`: {reason}{taken_back}", job.name())));
            }
        }
    }
    Ok(queued)
}

/// Hands a script to `sbatch` and gives the job's number.
fn sbatch(script: &Path, further: &[String]) -> Result<String, String> {
    let output = Command::new("sbatch").arg("--parsable").args(further).arg(script).output();
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no `sbatch` here: submit where Slurm's commands are, or see the scripts with --dry-run".to_owned()
        }
        _ => format!("`sbatch` cannot be run: {error}"),
    })?;
    let said = String::from_utf8_lossy(&output.stdout);
    // The number alone, or with `;` and the cluster's name.
    let id = said.trim().split(';').next().unwrap_or_default();
    if output.status.success() && !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(id.to_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = errors.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Err(format!("`sbatch` refused it: {}", if lines.is_empty() { said.trim().to_owned() } else { lines.join("; ") }))
}

fn take_back(queued: &[Queued]) -> String {
    if queued.is_empty() {
        return String::new();
    }
    let ids: Vec<&str> = queued.iter().map(|queued| queued.id.as_str()).collect();
    let cancelled = Command::new("scancel").args(&ids).output().is_ok_and(|output| output.status.success());
    if cancelled {
        "; nothing was submitted".to_owned()
    } else {
        format!("; take back with: scancel {}", ids.join(" "))
    }
}
