//! Cohorts beside each other, one thread each, as a run trains them: what `scripts/bench` puts beside plain PyTorch and
//! `scripts/growth` draws. Fashion-MNIST, batch 128, validation and test evaluated after every epoch.
//!
//! Warms up, prints `ready`, waits for a line, trains, and prints one JSON object.
//!
//! `cargo bench --bench suite -- [--members M] [--seeds S,S,...] [--shape H | C,C,D] [--epochs E] [--examples N]
//! [--targets FILE.npy] [--jobs J]`; `--rows` prints the rows of the split instead.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use fractionate_records::{
    EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, ModelConfig, Scaling, ScheduleConfig, Seed,
    Temperature, TrainingConfig,
};
use fractionate_training::{
    Cohort, CohortResult, DataSet, DeviceChoice, KnownSet, Member, MemberSettings, Numbers, Objective, Progress,
    SplitRows, SplitSizes, Splits, TargetTable, Training, read_npy, train, use_threads,
};

struct Options {
    members: usize,
    seeds: Vec<u64>,
    shape: Vec<usize>,
    epochs: usize,
    examples: usize,
    targets: Option<PathBuf>,
    jobs: usize,
    rows: bool,
}

fn main() {
    let options = options();
    let sizes = SplitSizes {
        student: options.examples,
        teacher: options.examples,
        validation: 5_000,
        test: 10_000,
        seed: Seed(0),
    };
    if options.rows {
        let rows = SplitRows::draw(&KnownSet::FashionMnist.into(), sizes);
        println!("{}", serde_json::json!({ "train": rows.train, "validation": rows.validation }));
        return;
    }
    use_threads(1);
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.data"));
    let data = DataSet::read(&KnownSet::FashionMnist.into(), &root).unwrap_or_else(|error| panic!("{error}"));
    let splits = Splits::draw(&data, sizes, DeviceChoice::CPU);
    let tables = match &options.targets {
        Some(path) => targets_in(path, &splits, options.members),
        None => (0..options.members).map(|arm| made_up_targets(&splits, arm)).collect(),
    };
    let warm_up: Vec<Cohort> = options.seeds.iter().take(options.jobs).map(|&seed| cohort(&options, seed, 1)).collect();
    let _ = train_all(warm_up, &splits, &tables, &options);
    let cohorts: Vec<Cohort> = options.seeds.iter().map(|&seed| cohort(&options, seed, options.epochs)).collect();
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).expect("a line is read");
    let began = Instant::now();
    let results = train_all(cohorts, &splits, &tables, &options);
    let seconds = began.elapsed().as_secs_f64();
    let students: Vec<(usize, u64)> =
        options.seeds.iter().flat_map(|&seed| (0..options.members).map(move |arm| (arm, seed))).collect();
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
    let curve = |member: &fractionate_training::MemberResult| {
        member.curve.iter().map(|row| row.test.map(|scores| scores.accuracy)).collect()
    };
    result.members.iter().map(curve).collect()
}

/// Trains cohorts, each job taking the next that is left; results in the cohorts' order.
fn train_all(cohorts: Vec<Cohort>, splits: &Splits, tables: &[TargetTable], options: &Options) -> Vec<CohortResult> {
    let count = cohorts.len();
    let left = Mutex::new(cohorts.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.min(count) {
            // Tensors may be sent to a thread and not be looked at by two: each has its own handles on the same memory.
            let splits = splits.shallow_clone();
            let targets: Vec<TargetTable> = tables.iter().map(TargetTable::shallow_clone).collect();
            let (left, done) = (&left, &done);
            scope.spawn(move || {
                use_threads(1);
                let training = Training {
                    splits: &splits,
                    examples: splits.student_examples,
                    targets: &targets,
                    weights: &[],
                    diagnostics: &[],
                    device: DeviceChoice::CPU,
                };
                loop {
                    let next = left.lock().expect("no job panics").next();
                    let Some((position, cohort)) = next else { return };
                    let result = train(&cohort, &training, &Progress::default()).expect("nobody asks it to stop");
                    done.lock().expect("no job panics").push((position, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no job panics");
    done.sort_by_key(|(position, _)| *position);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The first arm is on hard labels, the others on soft ones.
fn cohort(options: &Options, seed: u64, epochs: usize) -> Cohort {
    let loss = LossConfig {
        temperature: Temperature::try_from(2.0).expect("above 0"),
        lambda: Lambda::try_from(0.9).expect("in [0, 1]"),
        scaling: Scaling::Hinton,
    };
    let settings = MemberSettings { loss, learning_rate: 0.03, weight_decay: 5e-4 };
    let objective = |arm| if arm == 0 { Objective::Hard } else { Objective::Soft { targets: arm } };
    Cohort {
        student: match options.shape[..] {
            [hidden] => ModelConfig::Mlp { hidden: vec![hidden], dropout: 0.0 },
            [ref channels @ .., dense] => ModelConfig::Cnn { channels: channels.to_vec(), dense, dropout: 0.0 },
            [] => panic!("--shape needs a width, or channels and a width"),
        },
        training: TrainingConfig {
            learning_rate: 0.03,
            momentum: 0.9,
            nesterov: false,
            weight_decay: 5e-4,
            schedule: ScheduleConfig::Cosine,
            warmup_epochs: 0,
            batch_size: 128,
            epochs,
        },
        evaluation: EvaluationConfig { plan: EvaluationPlan::Curve { every: 1 }, epoch_rule: EpochRule::Last },
        seed: Seed(seed),
        members: (0..options.members).map(|arm| Member { settings, objective: objective(arm) }).collect(),
    }
}

/// Soft targets [arms, examples, classes] from a file.
fn targets_in(path: &PathBuf, splits: &Splits, members: usize) -> Vec<TargetTable> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let array = read_npy(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = splits.student_examples * splits.classes;
    let Numbers::Float32(numbers) = &array.numbers else { panic!("{}: no 32-bit numbers", path.display()) };
    assert!(numbers.len() >= members * rows, "{}: fewer than {members} arms' targets", path.display());
    let table = |rows: &[f32]| TargetTable::new(rows, splits.classes, 0.0, DeviceChoice::CPU);
    numbers.chunks_exact(rows).take(members).map(table).collect()
}

/// Smoothed labels, another strength for each arm: the time does not depend on the targets' values.
fn made_up_targets(splits: &Splits, arm: usize) -> TargetTable {
    let classes = splits.classes;
    let on_label = 0.9 - 0.005 * arm as f32;
    let mut rows = vec![(1.0 - on_label) / (classes - 1) as f32; splits.student_examples * classes];
    for (row, &label) in splits.student_labels().iter().enumerate() {
        rows[row * classes + usize::from(label)] = on_label;
    }
    TargetTable::new(&rows, classes, 0.0, DeviceChoice::CPU)
}

fn options() -> Options {
    let mut options = Options {
        members: 10,
        seeds: vec![0, 1],
        shape: vec![32],
        epochs: 20,
        examples: 10_000,
        targets: None,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        rows: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("a value follows the option");
        match argument.as_str() {
            "--members" => options.members = number(&value()),
            "--seeds" => options.seeds = value().split(',').map(number).collect(),
            "--shape" => options.shape = value().split(',').map(number).collect(),
            "--epochs" => options.epochs = number(&value()),
            "--examples" => options.examples = number(&value()),
            "--targets" => options.targets = Some(PathBuf::from(value())),
            "--jobs" => options.jobs = number(&value()),
            "--rows" => options.rows = true,
            // cargo adds it
            "--bench" => {}
            other => panic!(
                "'{other}' is no option: use --members, --seeds, --shape, --epochs, --examples, --targets, --jobs or --rows"
            ),
        }
    }
    options
}

fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("'{text}' is no number"))
}
