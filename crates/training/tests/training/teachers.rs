//! Teachers: trained twice the same, and damage to a kept one noticed.

use std::fs;

use fractionate_ablation::{MadeTeacher, Progress, Trainer as _, load_classifier, load_teacher};
use fractionate_records::{
    DeviceKind, ModelConfig, NumericsConfig, ScheduleConfig, Seed, Store, StoreError, TeacherConfig, TeacherDataConfig,
    TeacherOrigin, TrainedTeacherConfig, TrainingConfig,
};
use fractionate_training::{DeviceChoice, LibtorchTrainer, Strategy, train_teacher};

use crate::host_network::{Weights, argmax, log_softmax, logits, read_bytes};
use crate::made_up::{World, mlp, plain_sgd};

fn trained(model: ModelConfig, threads: usize) -> TrainedTeacherConfig {
    TrainedTeacherConfig {
        model,
        training: TrainingConfig {
            learning_rate: 0.05,
            weight_decay: 5e-4,
            schedule: ScheduleConfig::Cosine,
            ..plain_sgd(50)
        },
        threads,
        seed: Seed(1),
        label_smoothing: 0.0,
    }
}

pub(crate) fn config(origin: TeacherOrigin) -> TeacherConfig {
    TeacherConfig {
        numerics: NumericsConfig { code_format: 1, libtorch: "2.13.0".to_owned(), device: DeviceKind::Cpu },
        data: TeacherDataConfig {
            set: "made-up".to_owned(),
            hash: "0".to_owned(),
            examples: 150,
            validation_examples: 77,
            test_examples: 61,
            split_seed: Seed(0),
        },
        origin,
    }
}

fn teach(world: &World, trained: &TrainedTeacherConfig) -> MadeTeacher {
    let config = config(TeacherOrigin::Trained(trained.clone()));
    let made = train_teacher(trained, &world.splits, DeviceChoice::CPU, None, &Progress::default())
        .expect("nobody asks it to stop");
    let splits = &world.splits;
    let labels = [&splits.train, &splits.validation, &splits.test].map(|examples| &examples.labels[..]);
    MadeTeacher::new(&config, &made.logits, labels, splits.classes, Some(made.weights.to_safetensors()), made.seconds)
}

fn cnn() -> ModelConfig {
    ModelConfig::new("cnn").with("channels", vec![4, 6]).with("dense", 20).with("dropout", 0.5)
}

#[test]
fn a_teacher_trained_twice_gives_the_same_logits_and_weights() {
    let world = World::new(150, (8, 8), 7);
    for threads in [1, 2] {
        let config = trained(cnn(), threads);
        let (first, second) = (teach(&world, &config), teach(&world, &config));
        assert_eq!(first.logits, second.logits);
        assert_eq!(first.weights, second.weights);
        assert_eq!(first.record.logits_hash, second.record.logits_hash);
    }
    let other = TrainedTeacherConfig { seed: Seed(2), ..trained(cnn(), 1) };
    assert_ne!(teach(&world, &other).logits, teach(&world, &trained(cnn(), 1)).logits);
}

#[test]
fn a_kept_teacher_comes_back_with_the_logits_of_its_weights() {
    let world = World::new(150, (5, 9), 7);
    let teacher = teach(&world, &trained(mlp(&[33], 0.0), 1));
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    assert!(load_teacher(&store, &teacher.record.key).unwrap().is_none());
    store.write_teacher(&teacher.record, teacher.logits.clone(), teacher.weights.clone()).unwrap();
    let (record, kept) = load_teacher(&store, &teacher.record.key).unwrap().expect("it was written");
    assert_eq!(record, teacher.record);
    let weights = read_bytes(teacher.weights.as_ref().expect("it was trained"));
    let expected = logits(&weights, &world.rows[0], world.features);
    let kept = kept.train();
    assert_eq!(kept.len(), 150 * 7);
    for (row, expected) in kept.chunks_exact(7).zip(&expected) {
        assert!(row.iter().zip(expected).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-4), "{row:?} {expected:?}");
    }
    let labels = &world.splits.train.labels;
    let right = kept
        .chunks_exact(7)
        .zip(labels)
        .filter(|(row, label)| argmax(&row.iter().map(|&v| f64::from(v)).collect::<Vec<_>>()) == usize::from(**label));
    assert_eq!(record.train.accuracy, right.count() as f64 / 150.0);
    let nll = expected.iter().zip(labels).map(|(z, &t)| -log_softmax(z, 1.0)[usize::from(t)]).sum::<f64>() / 150.0;
    assert!((record.train.nll - nll).abs() < 1e-5, "{} {nll}", record.train.nll);
}

#[test]
fn one_flipped_bit_in_a_kept_teachers_logits_is_noticed_with_the_files_name() {
    let world = World::new(150, (5, 9), 7);
    let teacher = teach(&world, &trained(mlp(&[12], 0.0), 1));
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    store.write_teacher(&teacher.record, teacher.logits.clone(), teacher.weights).unwrap();
    let path = store.teacher_folder(&teacher.record.key).join("logits.safetensors");
    for position in [0, teacher.logits.len() / 2, teacher.logits.len() - 1] {
        let mut damaged = teacher.logits.clone();
        damaged[position] ^= 1;
        fs::remove_file(&path).unwrap();
        fs::write(&path, damaged).unwrap();
        let error = load_teacher(&store, &teacher.record.key).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("logits.safetensors"), "{error}");
    }
    fs::remove_file(&path).unwrap();
    fs::write(&path, &teacher.logits[..teacher.logits.len() - 1]).unwrap();
    assert!(load_teacher(&store, &teacher.record.key).is_err());
}

#[test]
fn one_flipped_bit_in_a_kept_teachers_weights_is_noticed_with_the_files_name() {
    let world = World::new(150, (5, 9), 7);
    let teacher = teach(&world, &trained(mlp(&[12], 0.0), 1));
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let mut weights = teacher.weights.expect("it was trained");
    *weights.last_mut().unwrap() ^= 1;
    store.write_teacher(&teacher.record, teacher.logits, Some(weights)).unwrap();
    let error = load_teacher(&store, &teacher.record.key).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("weights.safetensors"), "{error}");
}

#[test]
fn the_rows_of_the_last_layer_make_a_linear_teachers_logits_and_every_architecture_has_them() {
    let world = World::new(150, (8, 8), 7);
    for (model, inputs) in [(mlp(&[], 0.0), 64), (mlp(&[12, 9], 0.0), 9), (cnn(), 20)] {
        let teacher = teach(&world, &trained(model.clone(), 1));
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let trainer = LibtorchTrainer::new(DeviceChoice::CPU, Strategy::Auto);
        store.write_teacher(&teacher.record, teacher.logits.clone(), teacher.weights.clone()).unwrap();
        let rows = load_classifier(&store, &teacher.record.key, &trainer.last_layer(&model)).unwrap();
        assert_eq!((rows.len(), rows[0].len()), (7, inputs), "{model:?}");
        if inputs == 64 {
            let weights = teacher.weights.as_ref().expect("it was trained");
            let bias = &read_bytes(weights)["layers.0.bias"].1;
            let (_, kept) = load_teacher(&store, &teacher.record.key).unwrap().expect("it was written");
            for (k, row) in rows.iter().enumerate() {
                let dot = row.iter().zip(&world.rows[0]).map(|(w, x)| w * f64::from(*x)).sum::<f64>();
                assert!((dot + bias[k] - f64::from(kept.train()[k])).abs() < 1e-4, "class {k}");
            }
        }
        let path = store.teacher_folder(&teacher.record.key).join("weights.safetensors");
        fs::remove_file(&path).unwrap();
        fs::write(&path, &teacher.weights.expect("it was trained")[..40]).unwrap();
        let error = load_classifier(&store, &teacher.record.key, &trainer.last_layer(&model)).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }
}

#[test]
fn a_teacher_with_label_smoothing_follows_the_gradient_of_the_smoothed_labels() {
    let world = World::new(150, (5, 9), 7);
    let (rate, mass) = (0.05, 0.3);
    // One full batch and one step from the same weights: the step is the gradient.
    let one_step = |label_smoothing, learning_rate| {
        let mut config = trained(mlp(&[], 0.0), 1);
        config.training =
            TrainingConfig { learning_rate, weight_decay: 0.0, batch_size: 150, epochs: 1, ..config.training };
        read_bytes(&teach(&world, &TrainedTeacherConfig { label_smoothing, ..config }).weights.expect("it was trained"))
    };
    let (start, smooth) = (one_step(0.0, 1e-30), one_step(mass, rate));
    let bias = |weights: &Weights| weights["layers.0.bias"].1.clone();
    let mut gradient = [0.0; 7];
    for (z, &label) in logits(&start, &world.rows[0], world.features).iter().zip(&world.splits.train.labels) {
        for (k, log_q) in log_softmax(z, 1.0).into_iter().enumerate() {
            let target = if k == usize::from(label) { 1.0 - mass } else { 0.0 } + mass / 7.0;
            gradient[k] += (log_q.exp() - target) / 150.0;
        }
    }
    for (k, (after, before)) in bias(&smooth).iter().zip(bias(&start)).enumerate() {
        let step = before - after;
        assert!((step - rate * gradient[k]).abs() < 1e-6, "class {k}: {step} {}", rate * gradient[k]);
    }
}
