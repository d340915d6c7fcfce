//! Cohorts side by side, one thread each, as a run trains them: what `scripts/bench` compares with plain PyTorch.
//! Fashion-MNIST, batch 128, validation and test evaluated after every epoch.
//!
//! Warms up, prints `ready`, waits for a line, trains, and prints one JSON object.
//!
//! `cargo bench --bench suite -- [--arms A,A,...] [--seeds S,S,...] [--shape H | C,C,D] [--epochs E] [--examples N]
//! [--targets FILE.npy] [--jobs J]`; `--rows` prints the rows of the split instead.

mod fashion;

use std::path::{Path, PathBuf};
use std::time::Instant;

use fractionate_ablation::{Cohort, CohortResult};
use fractionate_data::{KnownSet, Numbers, SplitRows, read_npy};
use fractionate_records::{EvaluationConfig, EvaluationPlan};
use fractionate_training::{DeviceChoice, Splits, TargetTable, use_threads};

use fashion::{Students, cores, fail, made_up_targets, number, train_all, wrong};

struct Options {
    arms: Vec<usize>,
    seeds: Vec<u64>,
    shape: Vec<usize>,
    epochs: usize,
    examples: usize,
    targets: Option<PathBuf>,
    jobs: usize,
    rows: bool,
}

/// Examples of the warm-up: enough to touch pages and to start threads.
const WARM_UP: usize = 512;

fn main() {
    let options = options();
    if options.rows {
        let rows = SplitRows::draw(&KnownSet::FASHION_MNIST.into(), fashion::sizes(options.examples));
        println!("{}", serde_json::json!({ "train": rows.train, "validation": rows.validation }));
        return;
    }
    use_threads(1);
    let splits = fashion::splits(options.examples);
    let count = options.arms.iter().max().map_or(0, |last| last + 1);
    let tables = match &options.targets {
        Some(path) => targets_in(path, &splits, count),
        None => made_up_targets(&splits, count),
    };
    let cohort = |seed: u64, epochs: usize| {
        Students { shape: options.shape.clone(), arms: options.arms.clone(), settings: 1, seed, epochs }.cohort()
    };
    let briefly = |&seed: &u64| {
        let cohort = cohort(seed, 1);
        let evaluation = EvaluationConfig { plan: EvaluationPlan::ValidationAtEnd, ..cohort.evaluation };
        Cohort { evaluation, ..cohort }
    };
    let warm_up = options.seeds.iter().take(options.jobs).map(briefly).collect();
    let _ = train_all(warm_up, &splits, &tables, WARM_UP.min(options.examples), options.jobs);
    let cohorts = options.seeds.iter().map(|&seed| cohort(seed, options.epochs)).collect();
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).expect("a line is read");
    let began = Instant::now();
    let results = train_all(cohorts, &splits, &tables, options.examples, options.jobs);
    let seconds = began.elapsed().as_secs_f64();
    let of_seed = |&seed: &u64| options.arms.iter().map(move |&arm| (arm, seed));
    let students: Vec<(usize, u64)> = options.seeds.iter().flat_map(of_seed).collect();
    let row = serde_json::json!({
        "began": 0.0,
        "ended": seconds,
        "seconds_per_student": seconds / students.len() as f64,
        "students": students,
        "accuracies": results.iter().flat_map(accuracies).collect::<Vec<_>>(),
        "strategy": results[0].strategy,
    });
    println!("{row}");
}

/// Test accuracies by member and epoch.
fn accuracies(result: &CohortResult) -> Vec<Vec<Option<f64>>> {
    let curve = |member: &fractionate_ablation::MemberResult| {
        member.curve.iter().map(|row| row.test.map(|scores| scores.accuracy)).collect()
    };
    result.members.iter().map(curve).collect()
}

/// Soft targets [arms, examples, classes] from a file.
fn targets_in(path: &Path, splits: &Splits, arms: usize) -> Vec<TargetTable> {
    let bad = |reason: &str| -> ! { fail(&format!("{}: {reason}", path.display())) };
    let bytes = std::fs::read(path).unwrap_or_else(|error| bad(&error.to_string()));
    let array = read_npy(&bytes).unwrap_or_else(|error| bad(&error.to_string()));
    let rows = splits.student_examples * splits.classes;
    let Numbers::Float32(numbers) = &array.numbers else { bad("no 32-bit numbers") };
    if numbers.len() < arms * rows {
        bad(&format!("fewer than {arms} arms' targets"));
    }
    let table = |rows: &[f32]| TargetTable::new(rows, splits.classes, 0.0, DeviceChoice::CPU);
    numbers.chunks_exact(rows).take(arms).map(table).collect()
}

fn options() -> Options {
    let mut options = Options {
        arms: (0..10).collect(),
        seeds: vec![0, 1],
        shape: vec![32],
        epochs: 20,
        examples: 10_000,
        targets: None,
        jobs: cores(),
        rows: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| wrong(&format!("no value follows {argument}")));
        match argument.as_str() {
            "--arms" => options.arms = value().split(',').map(position).collect(),
            "--seeds" => options.seeds = value().split(',').map(|seed| position(seed) as u64).collect(),
            "--shape" => options.shape = value().split(',').map(number).collect(),
            "--epochs" => options.epochs = number(&value()),
            "--examples" => options.examples = number(&value()),
            "--targets" => options.targets = Some(PathBuf::from(value())),
            "--jobs" => options.jobs = number(&value()),
            "--rows" => options.rows = true,
            // cargo adds it
            "--bench" => {}
            other => wrong(&format!(
                "'{other}' is no option: use --arms, --seeds, --shape, --epochs, --examples, --targets, --jobs or --rows"
            )),
        }
    }
    options
}

/// A whole number, 0 included.
fn position(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| wrong(&format!("'{text}' is not a whole number")))
}
