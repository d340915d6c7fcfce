//! Every run of a store: its arm, seed, role and test accuracy.
//!
//! ```text
//! cargo run --release --example list_runs -- results/quickstart
//! ```

use std::error::Error;
use std::path::PathBuf;

use fractionate_records::{Outcome, Store};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("give the folder of a suite's results")?;
    let store = Store::open(&folder)?;
    let manifest = store.manifest()?;
    let scan = store.scan(&manifest);
    for record in &scan.records {
        let outcome = match &record.outcome {
            Outcome::Finished { test: Some(test), .. } => format!("{:.2}% test accuracy", 100.0 * test.accuracy),
            Outcome::Finished { validation, .. } => format!("{:.2}% validation accuracy", 100.0 * validation.accuracy),
            Outcome::Diverged { epoch, .. } => format!("diverged in epoch {epoch}"),
        };
        println!("{}  {:<24} seed {:<5} {outcome}", record.id, record.config.arm, record.config.seed);
    }
    let (read, missing, problems) = (scan.records.len(), scan.missing.len(), scan.problems.len());
    println!("{}: {read} runs read, {missing} missing, {problems} unreadable", manifest.suite);
    Ok(())
}
