//! Calibrations of pools whose truth is known.

use std::path::{Path, PathBuf};

use fractionate_records::{
    DECOMPOSITION_ARMS, DataConfig, DecayedParameters, DeviceKind, FORMAT_VERSION, GridMember, GridPoint, Lambda,
    LossConfig, ModelConfig, NumericsConfig, OptimiserConfig, Pool, PoolDescription, PoolRows, Scaling, ScheduleConfig,
    Seed, Temperature, Term, TrainingConfig,
};
use fractionate_statistics::Resampling;

use crate::analysis::calibration::compute;
use crate::model::calibration::{CalibrationReport, CoverageRow, Test};
use crate::{ReportError, calibration_report};

/// So many that counts are as good as numbers.
const TEST: usize = 60_000;
const VALIDATION: usize = 512;

/// One setting of `hard` and three of `teacher`.
fn description(seeds: usize, grid_seeds: usize) -> PoolDescription {
    let setting = |learning_rate| GridPoint { learning_rate, lambda: 0.9, weight_decay: 0.0 };
    let grid = [("hard", 0.1), ("teacher", 0.1), ("teacher", 0.3), ("teacher", 1.0)];
    PoolDescription {
        format: FORMAT_VERSION,
        name: "known".into(),
        numerics: NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu },
        world: serde_json::Value::Null,
        data: DataConfig {
            set: "world".into(),
            hash: "0".repeat(16),
            student_examples: 96,
            teacher_examples: 96,
            validation_examples: VALIDATION,
            test_examples: TEST,
            split_seed: Seed(0),
        },
        student: ModelConfig::new("mlp").with("hidden", vec![4]).with("dropout", 0.0),
        loss: LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::Hinton },
        training: TrainingConfig {
            learning_rate: 0.1,
            momentum: 0.9,
            nesterov: false,
            weight_decay: 0.0,
            schedule: ScheduleConfig::Cosine,
            warmup_epochs: 0,
            batch_size: 32,
            epochs: 10,
            views: None,
            optimiser: OptimiserConfig::Sgd,
            weight_decay_on: DecayedParameters::All,
            gradient_clipping: None,
            ema: None,
        },
        seeds,
        arms: DECOMPOSITION_ARMS.map(str::to_owned).to_vec(),
        grid_seeds,
        grid: grid.map(|(arm, rate)| GridMember { arm: arm.into(), setting: setting(rate) }).to_vec(),
    }
}

fn uniform(random: &mut Resampling) -> f64 {
    (random.below(1 << 53) as f64 + 0.5) / (1u64 << 53) as f64
}

fn normal(random: &mut Resampling) -> f64 {
    (-2.0 * uniform(random).ln()).sqrt() * (std::f64::consts::TAU * uniform(random)).cos()
}

/// Mean 0, variance 1, skewness 2.
fn exponential(random: &mut Resampling) -> f64 {
    -uniform(random).ln() - 1.0
}

/// Arms that share a draw of their seed and have one of their own from `noise`.
///
/// The validation examples of the grid are right with probability one half whatever the setting, so that the choice is
/// blind; the settings of `teacher` are 0, 1 and 2 points better than `hard`.
fn pool(seeds: usize, grid_seeds: usize, noise: fn(&mut Resampling) -> f64) -> Pool {
    let description = description(seeds, grid_seeds);
    let mut random = Resampling::new(7, 0);
    let mut rows = PoolRows::default();
    let count = |percent: f64| (percent / 100.0 * TEST as f64).round() as u16;
    for seed in 0..seeds {
        let shared = normal(&mut random);
        for arm in 0..DECOMPOSITION_ARMS.len() {
            rows.right.push(count(50.0 + 0.3 * arm as f64 + shared + noise(&mut random)));
        }
        for gain in [0.0, 0.0, 1.0, 2.0].into_iter().filter(|_| seed < grid_seeds) {
            rows.grid_right.push(count(50.0 + gain + shared + 0.3 * normal(&mut random)));
            rows.push_bits((0..VALIDATION).map(|_| random.below(2) == 1));
        }
    }
    Pool { description, rows }
}

fn computed(pool: &Pool) -> CalibrationReport {
    compute(pool, PathBuf::new()).unwrap()
}

/// Within four standard errors of what it should be.
#[track_caller]
fn assert_near(share: fractionate_statistics::Share, expected: f64) {
    let error = (expected * (1.0 - expected) / share.of as f64).sqrt();
    assert!((share.share - expected).abs() < 4.0 * error, "{share:?}, expected {expected}");
}

#[test]
fn of_normal_seeds_every_interval_covers_in_95_percent_and_every_test_errs_as_it_should() {
    let report = computed(&pool(20_000, 40, normal));
    assert_eq!(report.coverage.len(), 7 * 3);
    for row in &report.coverage {
        assert_eq!(row.covered.of, 20_000 / row.seeds);
        assert_near(row.covered, 0.95);
    }
    let total = report.coverage.iter().find(|row| row.term == Term::Total).unwrap();
    assert!((total.truth - 1.8).abs() < 0.05 && (total.sd - 2f64.sqrt()).abs() < 0.05, "{total:?}");
    for row in &report.false_positives {
        match (row.test, row.pairs) {
            (Test::SignFlip, 5) => assert_eq!(row.rejected.count, 0.0, "five pairs cannot"),
            // 50 of 1,024 sums: the largest even number of them below 0.05.
            (Test::SignFlip, 10) => assert_near(row.rejected, 50.0 / 1_024.0),
            _ => assert_near(row.rejected, 0.05),
        }
    }
    let of = |test| report.false_positives.iter().filter(move |row| row.test == test).map(|row| row.rejected);
    assert!(of(Test::PairedT).eq(of(Test::Interval)), "they are the same event");
}

#[test]
fn of_skewed_seeds_few_cover_less_than_they_aim_at() {
    // A difference of two exponentials is symmetric: the arms after the first few have noise of another size.
    let mut skewed = pool(20_000, 40, normal);
    let mut random = Resampling::new(8, 0);
    for row in skewed.rows.right.chunks_exact_mut(7) {
        row[6] = row[5] + (20.0 + 300.0 * (exponential(&mut random) + 1.0)).round() as u16;
    }
    let report = computed(&skewed);
    let of = |seeds| {
        let row = |row: &&CoverageRow| row.term == Term::ExampleSpecific && row.seeds == seeds;
        report.coverage.iter().find(row).unwrap().covered.share
    };
    // 88%, 90% and 92% for an exponential distribution.
    assert!(of(5) < 0.90 && of(5) < of(10) && of(10) < of(20) && of(20) < 0.94, "{} {} {}", of(5), of(10), of(20));
}

#[test]
fn a_blind_selection_is_not_covered_conditional_on_it_and_is_including_it() {
    let report = computed(&pool(2_600, 2_600, normal));
    for row in &report.tuning {
        assert_eq!(row.conditional.of, 2_600 / (row.tuning_seeds + row.comparison_seeds));
        assert!((row.truth - 1.0).abs() < 0.2 && (row.selection_sd - 0.8).abs() < 0.1, "{row:?}");
        // Only the middle one of the three settings lies near the truth.
        assert!(row.conditional.share < 0.5, "{row:?}");
        assert_near(row.conditional_on_own_mean, 0.95);
        assert!(row.including_selection.share > 0.9, "{row:?}");
    }
    for (setting, gain) in report.settings.iter().zip([0.0, 0.0, 1.0, 2.0]) {
        assert!((setting.test - 50.0 - gain).abs() < 0.2 && (setting.validation - 50.0).abs() < 0.5, "{setting:?}");
    }
    let chosen: f64 = report.settings[1..].iter().map(|setting| setting.chosen[0]).sum();
    assert!((chosen - 1.0).abs() < 1e-12 && report.settings[0].chosen[0] == 1.0);
}

#[test]
fn intervals_over_seeds_and_examples_cover_resampled_test_sets_where_those_over_seeds_do_not() {
    let mut pool = pool(4_000, 4_000, normal);
    let (bytes, members) = (pool.description.bit_bytes(), pool.description.grid.len());
    // The last setting of `teacher` has the first half of the examples right, whatever the seed.
    for answers in pool.rows.grid_bits.chunks_exact_mut(bytes).skip(members - 1).step_by(members) {
        answers[..bytes / 2].fill(u8::MAX);
    }
    let report = computed(&pool);
    assert_eq!(report.test_sets.iter().map(|row| row.seeds).collect::<Vec<_>>(), [3, 5, 10, 20]);
    for row in &report.test_sets {
        // Few repetitions of three seeds have means that do not vary.
        assert!(row.over_seeds.of + 10 >= 4_000 / row.seeds, "{row:?}");
        assert!((row.truth - 25.0).abs() < 1.0, "{row:?}");
        assert!(row.half_width_over_examples > row.half_width_over_seeds, "{row:?}");
        assert!((0.93..0.99).contains(&row.over_examples.share), "{row:?}");
    }
    assert!(report.test_sets[3].over_seeds.share < 0.8, "{:?}", report.test_sets[3]);
}

#[test]
fn a_pool_with_a_diverged_student_is_refused() {
    let mut bad = pool(40, 40, normal);
    bad.rows.grid_right[4 * 7 + 1] = PoolRows::DIVERGED;
    let error = compute(&bad, PathBuf::new()).unwrap_err();
    assert!(matches!(error, ReportError::Diverged { students: 1, first_seed: 7 }), "{error}");
}

#[test]
fn the_report_is_written_and_the_same_every_time() {
    let pool = pool(400, 130, normal);
    let read = |folder: &Path| {
        let report = calibration_report(&pool, folder).unwrap();
        let files: Vec<Vec<u8>> = report.files.iter().map(|file| std::fs::read(folder.join(file)).unwrap()).collect();
        (report.files.clone(), files)
    };
    let [one, two] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (names, files) = read(one.path());
    assert!(names.contains(&PathBuf::from("calibration.md")) && names.contains(&PathBuf::from("tables/tuning.csv")));
    assert!((names, files) == read(two.path()));
}

#[test]
fn the_text_reads_as_this() {
    insta::assert_snapshot!(computed(&pool(400, 130, normal)).markdown());
}
