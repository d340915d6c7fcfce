//! Draws every kind of figure from made-up runs, to be looked at:
//!
//! ```text
//! cargo build --release --workspace --examples && target/release/examples/figures FOLDER
//! ```

#[allow(dead_code, reason = "tests need more of it")]
#[path = "../src/examples.rs"]
mod examples;

use std::path::PathBuf;
use std::process::ExitCode;

use examples::ExampleSuite;
use fractionate_records::{Comparison, Metric, Store};
use fractionate_reporting::report;

fn main() -> ExitCode {
    let Some(place) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("give the folder that the reports are to be written to");
        return ExitCode::from(2);
    };
    for (name, write) in SUITES {
        let store = write(&place.join(name));
        match report(&store) {
            Ok(report) => println!("{}", report.folder.display()),
            Err(error) => {
                eprintln!("error: {name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// Writes a suite's runs into a folder.
type Write = fn(&std::path::Path) -> Store;

const TUNED: [Comparison; 1] = [Comparison::Tuned];

const SUITES: [(&str, Write); 11] = [
    ("both", |to| ExampleSuite::new(10, &[Comparison::Tuned, Comparison::Fixed]).write(to)),
    ("nll", |to| {
        let mut suite = ExampleSuite::new(10, &TUNED);
        suite.manifest.metric = Metric::TestNll;
        suite.write(to)
    }),
    ("without-class-smoothing", |to| ExampleSuite::new(10, &TUNED).without_arm("class-smoothing").write(to)),
    ("one-seed", |to| ExampleSuite::new(1, &TUNED).write(to)),
    ("sweep", |to| ExampleSuite::sweep(8, "data.world.tau", &["0", "0.3", "0.6", "0.9"]).write(to)),
    ("logarithmic", |to| ExampleSuite::sweep(8, "temperature", &["1", "2", "4", "8", "16"]).write(to)),
    ("words", |to| ExampleSuite::sweep(8, "data.set", &["\"fashion-mnist\"", "\"world\""]).write(to)),
    ("two-axes", |to| ExampleSuite::sweep_of_two(5).write(to)),
    ("options", |to| ExampleSuite::options(8).write(to)),
    ("relations", |to| {
        let suite = ExampleSuite::new(3, &TUNED).with_super_classes();
        let store = suite.write(to);
        suite.write_weights(&store);
        suite.write_diagnostics(&store);
        store
    }),
    ("many-classes", |to| {
        let suite = ExampleSuite::new(3, &TUNED).with_classes(1_000);
        let store = suite.write(to);
        suite.write_weights(&store);
        store
    }),
];
