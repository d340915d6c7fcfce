//! How long the report of a store of 9,900 runs with their curves takes:
//!
//! ```text
//! cargo bench --workspace --bench large_report
//! ```

#[allow(dead_code, reason = "tests need more of it")]
#[path = "../src/examples.rs"]
mod examples;

use std::time::Instant;

use examples::ExampleSuite;
use fractionate_records::Comparison;
use fractionate_reporting::report;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder can be had");
    let store = ExampleSuite::new(900, &[Comparison::Tuned]).write(folder.path());
    for _ in 0..3 {
        let start = Instant::now();
        let found = report(&store).expect("the store is whole");
        println!("{} runs: {:.1} s", found.read_runs, start.elapsed().as_secs_f64());
    }
}
