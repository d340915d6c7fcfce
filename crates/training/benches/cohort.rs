//! What a student costs in a cohort: Fashion-MNIST, 10,000 examples, 784-H-10, batch 128, evaluation every epoch, one
//! core. Without options prints the cost per student at 1, 2, 5, 10 and 20 members for H = 32 and 128.
//!
//! `cargo bench --bench cohort -- [--members M] [--hidden H] [--epochs E] [--json]`

use std::path::PathBuf;
use std::time::Instant;

use fractionate_records::{
    EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, ModelConfig, Outcome, Scaling, ScheduleConfig,
    Seed, Temperature, TrainingConfig,
};
use fractionate_training::{
    Cohort, DataSet, DeviceChoice, KnownSet, Member, MemberSettings, Objective, Progress, SplitSizes, Splits,
    TargetTable, Training, train, use_threads,
};

struct Options {
    members: Option<usize>,
    hidden: Option<usize>,
    epochs: usize,
    json: bool,
}

fn main() {
    let options = options();
    use_threads(1);
    let splits = splits();
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
    let targets: Vec<TargetTable> = (0..members).map(|arm| made_up_targets(splits, arm)).collect();
    let cohort = cohort(members, hidden, epochs);
    let training = Training {
        splits,
        examples: splits.student_examples,
        targets: &targets,
        weights: &[],
        diagnostics: &[],
        device: DeviceChoice::CPU,
    };
    let started = Instant::now();
    let result = train(&cohort, &training, &Progress::default()).expect("nobody asks it to stop");
    let seconds = started.elapsed().as_secs_f64() / members as f64;
    let accuracy = |outcome: &Outcome| outcome.test().map_or(f64::NAN, |scores| scores.accuracy);
    (seconds, result.members.iter().map(|member| accuracy(&member.outcome)).collect())
}

fn cohort(members: usize, hidden: usize, epochs: usize) -> Cohort {
    let loss = LossConfig {
        temperature: Temperature::try_from(2.0).expect("above 0"),
        lambda: Lambda::try_from(0.9).expect("in [0, 1]"),
        scaling: Scaling::Hinton,
    };
    let settings = MemberSettings { loss, learning_rate: 0.03, weight_decay: 5e-4 };
    Cohort {
        student: ModelConfig::Mlp { hidden: vec![hidden], dropout: 0.0 },
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
        seed: Seed(0),
        members: (0..members).map(|arm| Member { settings, objective: Objective::Soft { targets: arm } }).collect(),
    }
}

/// Smoothed labels, another strength for each arm: the time does not depend on the targets' values.
fn made_up_targets(splits: &Splits, arm: usize) -> TargetTable {
    let classes = splits.classes;
    let on_label = 0.9 - 0.02 * arm as f32;
    let mut rows = vec![(1.0 - on_label) / (classes - 1) as f32; splits.student_examples * classes];
    for (row, &label) in splits.student_labels().iter().enumerate() {
        rows[row * classes + usize::from(label)] = on_label;
    }
    TargetTable::new(&rows, classes, 0.0, DeviceChoice::CPU)
}

fn splits() -> Splits {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.data"));
    let data = DataSet::read(&KnownSet::FashionMnist.into(), &root).unwrap_or_else(|error| panic!("{error}"));
    let sizes = SplitSizes { student: 10_000, teacher: 10_000, validation: 5_000, test: 10_000, seed: Seed(0) };
    Splits::draw(&data, sizes, DeviceChoice::CPU)
}

fn options() -> Options {
    let mut options = Options { members: None, hidden: None, epochs: 20, json: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse().ok()).expect("a number follows the option");
        match argument.as_str() {
            "--members" => options.members = Some(number()),
            "--hidden" => options.hidden = Some(number()),
            "--epochs" => options.epochs = number(),
            "--json" => options.json = true,
            // cargo adds it
            "--bench" => {}
            other => panic!("'{other}' is no option: use --members, --hidden, --epochs or --json"),
        }
    }
    options
}
