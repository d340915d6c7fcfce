//! How long the arms take to make their targets: 10,000 examples of ten classes.
//!
//! `cargo bench --workspace --bench arms [-- NAME] [--quick]`

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use fractionate_arms::{Arm, ArmInputs, TeacherProbabilities};
use fractionate_data::{Purpose, RandomStream};
use fractionate_records::{Seed, Temperature};

const EXAMPLES: usize = 10_000;
const CLASSES: usize = 10;
const FEATURES: usize = 128;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut stream = RandomStream::new(Seed(0), Purpose::ArmShuffle, 0);
    let mut number = || stream.uniform() as f32;
    let labels: Vec<u16> = (0..EXAMPLES).map(|example| (example * 7 % CLASSES) as u16).collect();
    let mut logits: Vec<f32> = (0..EXAMPLES * CLASSES).map(|_| 4.0 * number()).collect();
    // A teacher that is mostly right.
    for (row, &label) in logits.chunks_exact_mut(CLASSES).zip(&labels) {
        row[usize::from(label)] += 3.0;
    }
    let classifier: Vec<Vec<f64>> =
        (0..CLASSES).map(|_| (0..FEATURES).map(|_| f64::from(number()) - 0.5).collect()).collect();
    let softened = |temperature: f64| {
        let temperature = Temperature::try_from(temperature).expect("above 0");
        TeacherProbabilities::from_logits(&logits, CLASSES, temperature).expect("finite logits")
    };
    let (teacher, at_one) = (softened(2.0), softened(1.0));
    let inputs = ArmInputs {
        teacher: Some(&teacher),
        teacher_at_one: Some(&at_one),
        teacher_classifier: Some(&classifier),
        labels: &labels,
        classes: CLASSES,
        statistics: None,
        seed: Seed(0),
    };

    let mut group = criterion.benchmark_group("arms");
    group.throughput(Throughput::Elements(EXAMPLES as u64));
    group.bench_function("(softening the teacher's logits)", |bencher| bencher.iter(|| softened(black_box(2.0))));
    for arm in Arm::all() {
        group.bench_function(BenchmarkId::from_parameter(arm.name()), |bencher| {
            bencher.iter(|| arm.targets(black_box(&inputs)).expect("every arm can be made from this teacher"));
        });
    }
    group.finish();
    criterion.final_summary();
}
