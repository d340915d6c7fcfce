//! A step of a cohort: a batch of 128 of Fashion-MNIST, all members' loss, backward pass and optimiser. One core.
//!
//! `cargo bench --workspace --bench step [-- NAME] [--quick]`

mod fashion;

use criterion::{BenchmarkId, Criterion, Throughput};
use fractionate_training::{ByParts, use_threads};

use fashion::{Students, made_up_targets, training};

/// Shapes and how many members.
const COHORTS: [(&[usize], usize); 6] =
    [(&[32], 1), (&[32], 10), (&[32], 32), (&[128], 1), (&[128], 10), (&[8, 16, 32], 2)];

fn main() {
    use_threads(1);
    let mut criterion = Criterion::default().configure_from_args();
    let splits = fashion::splits(2_000);
    let mut group = criterion.benchmark_group("step");
    for (shape, members) in COHORTS {
        let targets = made_up_targets(&splits, members);
        let training = training(&splits, &targets);
        let arms = (0..members).collect();
        let cohort = Students { shape: shape.to_vec(), arms, settings: 1, seed: 0, epochs: 1 }.cohort();
        let mut students = ByParts::new(&cohort, &training);
        group.throughput(Throughput::Elements(members as u64));
        let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
        let kind = if shape.len() == 1 { "MLP" } else { "CNN" };
        let name = format!("{kind} {}", shape.join("-"));
        let mut step = 0;
        group.bench_function(BenchmarkId::new(name, members), |bencher| {
            bencher.iter(|| {
                students.step(step);
                step += 1;
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
