//! What a student costs in a cohort: Fashion-MNIST, 10,000 examples, 784-H-10, batch 128, evaluation every epoch, one
//! core. Without options prints the cost per student at 1, 2, 5, 10 and 20 members for H = 32 and 128.
//!
//! `cargo bench --bench cohort -- [--members M] [--hidden H] [--epochs E] [--json]`

mod fashion;

use std::time::Instant;

use fractionate_ablation::Progress;
use fractionate_records::Outcome;
use fractionate_training::{Splits, train, use_threads};

use fashion::{Students, made_up_targets, number, training, wrong};

struct Options {
    members: Option<usize>,
    hidden: Option<usize>,
    epochs: usize,
    json: bool,
}

fn main() {
    let options = options();
    use_threads(1);
    let splits = fashion::splits(10_000);
    let members = options.members.map_or(vec![1, 2, 5, 10, 20], |m| vec![m]);
    let hidden = options.hidden.map_or(vec![32, 128], |h| vec![h]);
    if !options.json {
        println!("seconds per student, {} epochs of {} examples", options.epochs, splits.student_examples);
        println!("{:>6} {:>8} {:>10} {:>10}", "H", "members", "seconds", "accuracy");
    }
    for &h in &hidden {
        for &m in &members {
            // Pages touched and threads started, then the measured run.
            measure(&splits, m, h, 1);
            let (seconds, accuracies) = measure(&splits, m, h, options.epochs);
            let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
            if options.json {
                let row = serde_json::json!({
                    "members": m, "hidden": h, "epochs": options.epochs, "seconds_per_student": seconds,
                    "threads": 1, "accuracies": accuracies,
                });
                println!("{row}");
            } else {
                println!("{h:>6} {m:>8} {seconds:>10.4} {mean:>10.4}");
            }
        }
    }
}

/// Seconds per student, and the students' test accuracies.
fn measure(splits: &Splits, members: usize, hidden: usize, epochs: usize) -> (f64, Vec<f64>) {
    // The arm at 0 would be on hard labels.
    let arms = (1..=members).collect();
    let targets = made_up_targets(splits, members + 1);
    let cohort = Students { shape: vec![hidden], arms, settings: 1, seed: 0, epochs }.cohort();
    let started = Instant::now();
    let result = train(&cohort, &training(splits, &targets), &Progress::default()).expect("nobody asks it to stop");
    let seconds = started.elapsed().as_secs_f64() / members as f64;
    let accuracy = |outcome: &Outcome| outcome.test().map_or(f64::NAN, |scores| scores.accuracy);
    (seconds, result.members.iter().map(|member| accuracy(&member.outcome)).collect())
}

fn options() -> Options {
    let mut options = Options { members: None, hidden: None, epochs: 20, json: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || match arguments.next() {
            Some(text) => number(&text),
            None => wrong(&format!("a number follows {argument}")),
        };
        match argument.as_str() {
            "--members" => options.members = Some(number()),
            "--hidden" => options.hidden = Some(number()),
            "--epochs" => options.epochs = number(),
            "--json" => options.json = true,
            // cargo adds it
            "--bench" => {}
            other => wrong(&format!("'{other}' is no option: use --members, --hidden, --epochs or --json")),
        }
    }
    options
}
