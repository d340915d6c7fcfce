//! The store on a real file system.

use std::fs;

use fractionate_records::{
    AskedDiagnostics, DataConfig, DecayedParameters, DeviceKind, Diagnosed, DiagnosticsPlan, EpochRow, EpochRule,
    EvaluationConfig, EvaluationPlan, ExampleDiagnostics, FORMAT_VERSION, Fidelity, Lambda, LossConfig, LossParts,
    ModelConfig, NumericsConfig, OptimiserConfig, Outcome, Predictions, Provenance, Rescaling, RunConfig,
    RunDiagnostics, RunFiles, RunId, RunRecord, Scaling, ScheduleConfig, Scores, Seed, SplitLabels, Store, StoreError,
    Temperature, TrainingConfig,
};
use proptest::prelude::*;

fn config(seed: u64) -> RunConfig {
    RunConfig {
        numerics: NumericsConfig { code_format: 1, libtorch: "2.13.0".to_owned(), device: DeviceKind::Cpu },
        data: DataConfig {
            set: "fashion-mnist".to_owned(),
            hash: "0".repeat(16),
            student_examples: 10,
            teacher_examples: 20,
            validation_examples: 5,
            test_examples: 5,
            split_seed: Seed(0),
        },
        teacher: None,
        student: ModelConfig::new("mlp").with("hidden", vec![32]).with("dropout", 0.0),
        arm: "hard".to_owned(),
        loss: LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::Hinton },
        training: TrainingConfig {
            learning_rate: 0.03,
            momentum: 0.9,
            nesterov: false,
            weight_decay: 0.0005,
            schedule: ScheduleConfig::Cosine,
            warmup_epochs: 0,
            batch_size: 5,
            epochs: 2,
            views: None,
            optimiser: OptimiserConfig::Sgd,
            weight_decay_on: DecayedParameters::All,
            gradient_clipping: None,
            ema: None,
        },
        evaluation: EvaluationConfig { plan: EvaluationPlan::Curve { every: 1 }, epoch_rule: EpochRule::Last },
        seed: Seed(seed),
        teacher_views: None,
    }
}

fn files(seed: u64) -> RunFiles {
    let scores = Scores { accuracy: 0.4, nll: 1.25 };
    let config = config(seed);
    RunFiles {
        record: RunRecord {
            format: FORMAT_VERSION,
            id: RunId::of(&config),
            config,
            outcome: Outcome::Finished { epoch: 2, validation: scores, test: Some(scores) },
            curve: Vec::new(),
            teacher_logits: None,
            initial_weights: "0".repeat(16),
            batch_order: "0".repeat(16),
        },
        provenance: Provenance {
            format: FORMAT_VERSION,
            version: "0.1.0".to_owned(),
            finished_at: 0,
            seconds: 1.0,
            cohort_size: 1,
            strategy: "batched".to_owned(),
            device: "cpu".to_owned(),
            cpu_capability: "AVX2".to_owned(),
        },
        predictions: Some(Predictions { validation: vec![1, 2, 3, 4, 5], test: Some(vec![0; 5]) }),
        student: Some(vec![1, 2, 3]),
        program_student: None,
        diagnostics: None,
        classes: 10,
    }
}

#[test]
fn a_run_comes_back_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let written = files(0);
    store.write_run(&written).unwrap();
    assert!(store.has_run(&written.record.id));
    assert_eq!(store.record(&written.record.id).unwrap(), written.record);
    assert_eq!(store.provenance(&written.record.id).unwrap(), written.provenance);
    assert_eq!(Some(store.predictions(&written.record.id).unwrap()), written.predictions);
}

#[test]
fn files_of_a_newer_format_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let run = files(0);
    store.write_run(&run).unwrap();
    let path = store.run_folder(&run.record.id).join("record.json");
    let now = format!("\"format\": {FORMAT_VERSION}");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(&now), "{text}");
    // A later version may well have keys that this one does not know.
    let newer = text.replacen(&now, "\"format\": 99", 1).replacen('{', "{\"unheard_of\": true,", 1);
    let newer = newer.replacen("\"checksums\"", "\"checksums of another kind\"", 1);
    fs::write(&path, newer).unwrap();
    fs::write(folder.path().join("manifest.json"), r#"{ "format": 99, "name": "of another shape" }"#).unwrap();
    for error in [store.record(&run.record.id).unwrap_err(), store.manifest().unwrap_err()] {
        assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
        let sentence = format!("has format 99, but this version of fractionate reads formats up to {FORMAT_VERSION}");
        assert!(error.to_string().contains(&sentence), "{error}");
    }
}

#[test]
fn a_record_in_another_runs_folder_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let (one, other) = (files(0), files(1));
    store.write_run(&one).unwrap();
    fs::rename(store.run_folder(&one.record.id), store.run_folder(&other.record.id)).unwrap();
    assert!(matches!(store.record(&other.record.id), Err(StoreError::Damaged { .. })));
}

#[test]
fn what_a_killed_process_left_is_removed_and_named_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let run = files(0);
    store.write_run(&run).unwrap();
    let left = folder.path().join("runs/.tmp-0123456789abcdef");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("record.json"), "{").unwrap();
    assert_eq!(store.remove_unfinished().unwrap(), std::slice::from_ref(&left));
    assert!(!left.exists());
    assert!(store.record(&run.record.id).is_ok());
    assert!(store.remove_unfinished().unwrap().is_empty());
}

#[test]
fn a_second_writer_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let lock = store.lock().unwrap();
    assert!(matches!(store.lock(), Err(StoreError::Locked(_))));
    drop(lock);
    assert!(store.lock().is_ok());
}

#[test]
fn a_run_that_cannot_be_written_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let run = files(0);
    // A file where the run's folder should be.
    fs::write(store.run_folder(&run.record.id), "in the way").unwrap();
    assert!(matches!(store.write_run(&run), Err(StoreError::InTheWay(_))));
    assert_eq!(fs::read_dir(folder.path().join("runs")).unwrap().count(), 1);
}

fn diagnosed() -> Diagnosed {
    Diagnosed {
        summary: RunDiagnostics {
            format: FORMAT_VERSION,
            temperature: Temperature::ONE,
            teacher: None,
            examples: 2,
            rescaling: vec![Rescaling { epoch: 1, deciles: [0.25; 9], spearman: Some(0.5) }],
            fidelity: Fidelity { agreement: Some(0.8), kl: Some(0.1), nll: 0.5, brier: 0.2, ece: 0.1 },
            cka: None,
            train_by_difficulty: Some([Some(0.5); 10]),
            test_by_difficulty: Some([None; 10]),
        },
        examples: ExampleDiagnostics {
            examples: vec![1, 7],
            p_t: Some(vec![0.9, 0.4]),
            rho_t: vec![0.9, 0.4],
            q_t: vec![vec![0.1, 0.2]],
            omega: vec![vec![1.5, 0.5]],
        },
    }
}

#[test]
fn diagnostics_come_back_as_written_and_a_run_without_them_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let (with, without) = (RunFiles { diagnostics: Some(diagnosed()), ..files(0) }, files(1));
    let (id, bare) = (&with.record.id, &without.record.id);
    store.write_run(&with).unwrap();
    store.write_run(&without).unwrap();
    assert_eq!(store.diagnostics(id).unwrap(), Some(diagnosed().summary));
    assert_eq!(store.example_diagnostics(id).unwrap(), diagnosed().examples);
    assert_eq!(store.diagnostics(bare).unwrap(), None);
}

#[test]
fn a_run_is_whole_without_the_diagnostics_that_nobody_asks_and_not_without_those_asked() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let (with, without) = (RunFiles { diagnostics: Some(diagnosed()), ..files(0) }, files(1));
    let (id, bare) = (&with.record.id, &without.record.id);
    store.write_run(&with).unwrap();
    store.write_run(&without).unwrap();
    let plan = |epoch| {
        let plan = DiagnosticsPlan { epochs: vec![epoch], examples: 2, arms: None };
        AskedDiagnostics { plan, teacher: false }
    };
    assert!(store.whole_run(id, true, None).is_ok() && store.whole_run(bare, true, None).is_ok());
    assert!(store.whole_run(id, true, Some(&plan(1))).is_ok());
    for (id, plan) in [(id, plan(2)), (bare, plan(1))] {
        let error = store.whole_run(id, true, Some(&plan)).unwrap_err();
        assert!(matches!(error, StoreError::Undiagnosed(_)) && error.is_damage(), "{error}");
    }
    fs::remove_file(store.run_folder(id).join("diagnostics.safetensors")).unwrap();
    assert!(store.whole_run(id, true, Some(&plan(1))).unwrap_err().is_damage());
    let mut diverged = RunFiles { predictions: None, ..files(2) };
    diverged.record.outcome = Outcome::Diverged { epoch: 1, step: 1 };
    store.write_run(&diverged).unwrap();
    assert!(store.whole_run(&diverged.record.id, true, Some(&plan(1))).is_ok(), "a diverged run has none");
}

proptest! {
    #[test]
    fn the_run_id_changes_with_every_number_of_the_configuration(rate in 1e-6f64..1.0, decay in 0f64..0.1, seed in 1u64..) {
        let base = config(0);
        let mut others = vec![base.clone(); 6];
        others[0].training.learning_rate = rate;
        others[1].training.weight_decay = decay + 1e-3;
        others[2].seed = Seed(seed);
        others[3].numerics.libtorch = "2.14.0".to_owned();
        others[4].data.test_examples += 1;
        others[5].arm = "uniform".to_owned();
        for other in others {
            prop_assume!(other != base);
            prop_assert_ne!(RunId::of(&other), RunId::of(&base));
            // The id is that of the numbers as they come back from the file.
            let read: RunConfig = serde_json::from_str(&serde_json::to_string(&other).unwrap()).unwrap();
            prop_assert_eq!(RunId::of(&read), RunId::of(&other));
        }
    }
}

#[test]
fn loss_parts_without_the_parts_of_other_objectives_are_written_as_before_there_were_any() {
    let text = r#"{"total":1.5,"hard_ce":1.25,"soft_ce":2.5,"soft_kl":0.5}"#;
    let parts: LossParts = serde_json::from_str(text).unwrap();
    assert_eq!((parts.weighted_ce, parts.tckd, parts.nckd), (None, None, None));
    assert_eq!(serde_json::to_string(&parts).unwrap(), text);
    let decoupled = LossParts { tckd: Some(0.25), nckd: Some(0.75), ..parts };
    let text = serde_json::to_string(&decoupled).unwrap();
    assert_eq!(serde_json::from_str::<LossParts>(&text).unwrap(), decoupled);
}

#[test]
fn a_record_that_contradicts_itself_its_curve_or_its_predictions_is_damaged() {
    let scores = |accuracy, nll| Scores { accuracy, nll };
    let row = |epoch, test| EpochRow { epoch, train: None, validation: Some(scores(0.4, 1.25)), test: Some(test) };
    let finished = |epoch, test| Outcome::Finished { epoch, validation: scores(0.4, 1.25), test: Some(test) };
    let cases = [
        (finished(2, scores(1.7, 1.25)), vec![], Some("a test accuracy of 1.7, which is not a share")),
        (finished(2, scores(0.4, -1.0)), vec![], Some("a test NLL of -1, which is below 0")),
        (finished(3, scores(0.4, 1.25)), vec![], Some("scores of epoch 3, and was trained for 2")),
        (finished(2, scores(0.4, 1.25)), vec![row(1, scores(-0.1, 1.0))], Some("which is not a share, after epoch 1")),
        (
            finished(2, scores(0.94, 1.25)),
            vec![row(2, scores(0.4, 1.25))],
            Some("0.94 and an NLL of 1.25, where its own"),
        ),
        (finished(2, scores(0.4, 1.25)), vec![row(1, scores(0.2, 2.0)), row(2, scores(0.4, 1.25))], None),
        (finished(2, scores(0.4, 1.25)), vec![], None),
        (Outcome::Diverged { epoch: 1, step: 2 }, vec![], None),
    ];
    for (outcome, curve, expected) in cases {
        let record = RunRecord { outcome, curve, ..files(0).record };
        let found = record.contradiction();
        assert_eq!(found.is_some(), expected.is_some(), "{found:?}");
        assert!(expected.is_none_or(|words| found.as_ref().unwrap().contains(words)), "{found:?}");
    }
    let (record, predictions) = (files(0).record, files(0).predictions.unwrap());
    let labels = |right: usize| {
        let test = (0..5).map(|example| u16::from(example >= right)).collect();
        SplitLabels { validation: vec![1, 2, 0, 0, 0], test }
    };
    assert_eq!(record.contradiction_of_predictions(&predictions, &labels(2)), None);
    let found = record.contradiction_of_predictions(&predictions, &labels(3)).unwrap();
    assert!(found.contains("a test accuracy of 0.4, where 3 of 5 predictions are right"), "{found}");
}

#[test]
fn a_changed_byte_anywhere_in_a_run_is_noticed_where_every_byte_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let run = RunFiles { diagnostics: Some(diagnosed()), ..files(0) };
    let id = &run.record.id;
    store.write_run(&run).unwrap();
    let sound = || store.sound_run(id, true, None, None);
    assert_eq!(sound().unwrap(), run.record);
    for entry in fs::read_dir(store.run_folder(id)).unwrap() {
        let path = entry.unwrap().path();
        let whole = fs::read(&path).unwrap();
        for place in (0..whole.len()).step_by(11) {
            let mut changed = whole.clone();
            changed[place] ^= 1 << (place % 7);
            fs::write(&path, &changed).unwrap();
            let error = sound().unwrap_err();
            assert!(error.is_damage() && error.to_string().contains(path.to_str().unwrap()), "{place}: {error}");
        }
        fs::write(&path, b"").unwrap();
        assert!(store.record(id).unwrap_err().is_damage(), "sizes are looked at wherever a record is read");
        fs::write(&path, whole).unwrap();
    }
    assert!(sound().is_ok());
}
