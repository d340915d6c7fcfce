//! Calibration files, and the pools that are trained from them.

use std::path::Path;

use fractionate_ablation::networks::Networks;
use fractionate_ablation::suite::{
    Calibration, Overrides, Problem, SuiteProblems, check_calibration_text, load_calibration,
};
use fractionate_ablation::{PoolOptions, RunError, Watch, make_pool};
use fractionate_records::{Pool, PoolFolder, PoolRows, StoreError};
use fractionate_training::{DeviceChoice, LibtorchTrainer, Strategy};

const SMALL_WORLD: &str = include_str!("../../../experiments/calibration/small-world.toml");

fn with(set: &[&str]) -> Result<Calibration, SuiteProblems> {
    let set = set.iter().map(|&assignment| assignment.to_owned()).collect();
    check_calibration_text(
        "small-world.toml",
        SMALL_WORLD,
        &Overrides { set, ..Overrides::default() },
        Networks::default(),
    )
}

/// Each problem as `line: message (advice)`.
fn listed(problems: &SuiteProblems) -> String {
    let line = |problem: &Problem| {
        let at = problem.line().map_or(String::new(), |line| format!("{line}: "));
        let advice = problem.advice().map_or(String::new(), |advice| format!(" ({advice})"));
        format!("{at}{}{advice}\n", problem.message())
    };
    problems.problems().iter().map(line).collect()
}

#[test]
fn every_calibration_in_experiments_can_be_run_and_has_the_repetitions_that_are_needed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/calibration");
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let calibration = load_calibration(&path, &Overrides::default(), Networks::default())
            .unwrap_or_else(|p| panic!("{}", listed(&p)));
        assert_eq!(path.file_stem().unwrap().to_str(), Some(calibration.name.as_str()), "the name is the file's");
        assert!(calibration.seeds / 20 >= 4_000 && calibration.grid_seeds / 20 >= 400);
        found += 1;
    }
    assert!(found > 0);
}

#[test]
fn every_mistake_is_said_at_once_and_where() {
    let text = SMALL_WORLD
        .replace("seeds = 80_000", "seeds = 10")
        .replace("batch_size", "batchsize")
        .replace("hidden = [16]", "hidden = \"wide\"")
        .replace("seeds = 20_000", "seeds = \"0..100\"")
        .replace("tau = 0.5", "tau = 2.0")
        .replace("lambda = 0.9", "lambda = 0.0");
    let problems =
        check_calibration_text("small-world.toml", &text, &Overrides::default(), Networks::default()).unwrap_err();
    insta::assert_snapshot!(listed(&problems));
}

#[test]
fn what_cannot_be_calibrated_is_refused_with_what_would_be_right() {
    let mut text = String::new();
    for set in [
        &["data.set=fashion-mnist"][..],
        &["data.world.planted=nothing-particular"],
        &["data.world.test_examples=70_000", "data.test_examples=70_000"],
        &["seeds=2_000_000"],
        &["seeds=500"],
        &["seeds=500", "tune.seeds=0"],
        &["tune.runner_ups=true"],
        &["arms=[\"hard\"]"],
    ] {
        text.push_str(&format!("{}\n{}\n", set.join(" "), listed(&with(set).unwrap_err())));
    }
    insta::assert_snapshot!(text);
}

/// Two parts, the second of 50 seeds, of students that learn next to nothing.
fn tiny() -> Calibration {
    with(&["seeds=300", "tune.seeds=270", "training.epochs=1", "tune.learning_rate=[0.5]"]).unwrap()
}

fn trainer() -> LibtorchTrainer {
    LibtorchTrainer::new(DeviceChoice::CPU, Strategy::Auto)
}

fn made(out: &Path, jobs: usize, watch: &Watch) -> Result<Pool, RunError> {
    make_pool(&tiny(), &PoolOptions { out: out.to_owned(), jobs }, &trainer(), watch)
}

fn bytes(out: &Path) -> Vec<u8> {
    std::fs::read(out.join("pool.safetensors")).unwrap()
}

#[test]
fn a_pool_is_the_same_bytes_on_any_jobs_and_after_any_interruption() {
    let folders = tempfile::tempdir().unwrap();
    let [one, two, stopped] = ["one", "two", "stopped"].map(|name| folders.path().join(name));
    let whole = made(&one, 1, &Watch::default()).unwrap();
    made(&two, 2, &Watch::default()).unwrap();
    assert!(bytes(&one) == bytes(&two));

    // As a process leaves it that was stopped after the second part.
    let (folder, lock) = PoolFolder::create(&stopped).unwrap();
    let (arms, members) = (whole.description.arms.len(), whole.description.grid.len());
    let part = PoolRows {
        right: whole.rows.right[250 * arms..].to_vec(),
        grid_right: whole.rows.grid_right[250 * members..].to_vec(),
        grid_bits: whole.rows.grid_bits[250 * members * whole.description.bit_bytes()..].to_vec(),
    };
    folder.write_part(&whole.description, &(250..300), &part).unwrap();
    drop(lock);
    let asked_to_stop = Watch::default();
    asked_to_stop.stop();
    assert!(matches!(made(&stopped, 1, &asked_to_stop), Err(RunError::Stopped)));
    let watch = Watch::default();
    made(&stopped, 1, &watch).unwrap();
    assert_eq!(watch.progress.member_epochs() as usize, 250 * (arms + members), "the part is not trained again");
    assert!(bytes(&one) == bytes(&stopped));

    let again = Watch::default();
    assert_eq!(made(&one, 1, &again).unwrap(), whole);
    assert_eq!(again.progress.member_epochs(), 0, "a whole pool is only read");
    let other = Calibration { seeds: 299, ..tiny() };
    let other = make_pool(&other, &PoolOptions { out: one.clone(), jobs: 1 }, &trainer(), &Watch::default());
    assert!(matches!(other, Err(RunError::Store(StoreError::OtherPool(_)))), "{other:?}");
}

#[test]
fn the_grids_student_at_the_fixed_setting_is_the_arms_own() {
    let out = tempfile::tempdir().unwrap();
    let Pool { description, rows } = made(out.path(), 2, &Watch::default()).unwrap();
    let fixed = |arm: &str| description.arms.iter().position(|name| name == arm).unwrap();
    for (arm, member) in [("hard", description.grid_of("hard")[0]), ("teacher", description.grid_of("teacher")[1])] {
        let grid = rows.grid_right.chunks_exact(description.grid.len()).map(|row| row[member]);
        let arms = rows.right.chunks_exact(7).map(|row| row[fixed(arm)]);
        assert!(grid.zip(arms).all(|(grid, arm)| grid == arm), "{arm}");
    }
    let distinct: std::collections::BTreeSet<&[u16]> = rows.right.chunks_exact(7).collect();
    assert!(distinct.len() > 200, "seeds differ");
}
