//! How long the report of a large store takes, how much memory, and how large its page is: nearly 10,000 runs with their
//! curves and predictions, and few runs of many classes with diagnostics.
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
    let temperatures: Vec<String> = (1..=62).map(|t| t.to_string()).collect();
    let temperatures: Vec<&str> = temperatures.iter().map(String::as_str).collect();
    let many_classes = |classes| ExampleSuite::new(3, &[Comparison::Tuned]).with_classes(classes);
    let suites = [
        ("11 arms, 3 seeds, 10 classes", many_classes(10)),
        ("11 arms, 3 seeds, 100 classes", many_classes(100)),
        ("11 arms, 3 seeds, 1,000 classes", many_classes(1_000)),
        ("11 arms, 900 seeds", ExampleSuite::new(900, &[Comparison::Tuned])),
        ("11 arms, 20 seeds, 62 points of a sweep", ExampleSuite::sweep(20, "temperature", &temperatures)),
    ];
    for (name, suite) in suites {
        let folder = tempfile::tempdir().expect("a temporary folder can be had");
        let store = suite.write(folder.path());
        suite.write_predictions(&store);
        if suite.manifest.diagnostics.is_some() {
            suite.write_weights_and_logits(&store, 10_000);
            suite.write_diagnostics(&store);
        }
        drop(suite);
        let start = Instant::now();
        let found = report(&store).expect("the store is whole");
        let seconds = start.elapsed().as_secs_f64();
        let page = std::fs::metadata(found.folder.join("index.html")).map_or(0, |file| file.len());
        let (runs, memory) = (found.read_runs, peak_memory());
        println!("{name}: {runs} runs, {seconds:.1} s, {memory} at the most, a page of {page} bytes");
    }
}

/// The process's peak so far, which the making of the store counts in.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown".to_owned(), |line| line.trim().to_owned())
}
