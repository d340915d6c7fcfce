//! `fractionate targets`: an arm's soft targets in files that other programs train on.

use std::fs;
use std::path::Path;
use std::process::Command;

use fractionate_data::{Array, Numbers, Tensors, read_npy, read_safetensors};
use serde_json::Value;

use crate::foreign_teachers::{rows, suite_with, third_party_file, train_labels};
use crate::small_suite::{
    all_files, copy_of_undisturbed, data_folder, fractionate, said, suite_file, teacher_folder, undisturbed,
};

fn targets(suite: &Path, arm: &str, out: &Path, results: &Path) -> Command {
    let mut command = fractionate();
    command.arg("targets").arg(suite).args(["--arm", arm, "--out"]).arg(out).arg("--results").arg(results);
    command.arg("--data").arg(data_folder());
    command
}

fn floats(array: &Array) -> Vec<f32> {
    match &array.numbers {
        Numbers::Float32(values) => values.clone(),
        other => panic!("{}", other.kind()),
    }
}

fn read(path: &Path) -> Tensors {
    read_safetensors(&fs::read(path).unwrap()).unwrap()
}

fn tensor<'a>(tensors: &'a Tensors, name: &str) -> &'a Array {
    tensors.arrays[name].as_ref().unwrap()
}

#[test]
fn the_teachers_targets_are_its_softened_probabilities_of_the_students_examples_with_labels_and_rows() {
    let (folder, store) = copy_of_undisturbed();
    let out = folder.path().join("teacher.safetensors");
    let run = said(&mut targets(&suite_file(), "teacher", &out, &store)).with_code(0);
    assert!(run.out.contains("300 x 10 soft targets of `teacher`\nin "), "{}", run.out);
    assert!(run.out.contains("both at T = 2, s = T² = 4.\n\nimport torch.nn.functional as F\n"), "{}", run.out);
    let file = read(&out);
    let drawn = &rows().train[..300];
    // In the data set's order, whatever the split drew first.
    let mut order: Vec<usize> = (0..300).collect();
    order.sort_by_key(|&example| drawn[example]);
    let index: Vec<i64> = order.iter().map(|&example| drawn[example] as i64).collect();
    let labels = train_labels();
    let expected: Vec<i64> = index.iter().map(|&row| i64::from(labels[row as usize])).collect();
    assert_eq!(tensor(&file, "index").numbers, Numbers::Integers(index));
    assert_eq!(tensor(&file, "labels").numbers, Numbers::Integers(expected));
    let kept = read(&teacher_folder(&store).join("logits.safetensors"));
    let targets = tensor(&file, "targets");
    assert_eq!(targets.shape, [300, 10]);
    let logits = floats(tensor(&kept, "train"));
    let logits = order.iter().map(|&example| &logits[10 * example..10 * example + 10]);
    for (target, logits) in floats(targets).chunks_exact(10).zip(logits) {
        // The small suite's temperature is 2.
        let powers: Vec<f64> = logits.iter().map(|&v| (f64::from(v) / 2.0).exp()).collect();
        let sum: f64 = powers.iter().sum();
        assert!(target.iter().zip(powers).all(|(&rho, power)| (f64::from(rho) - power / sum).abs() < 1e-6));
    }
    assert_eq!(
        (&*file.metadata["arm"], &*file.metadata["temperature"], &*file.metadata["seed"]),
        ("teacher", "2", "0")
    );
    let classes: Vec<String> = serde_json::from_str(&file.metadata["classes"]).unwrap();
    assert_eq!((classes.len(), &*classes[9]), (10, "ankle boot"));
}

#[test]
fn npy_files_hold_the_same_numbers_and_json_names_them() {
    let (folder, store) = copy_of_undisturbed();
    let (npy, tensors) = (folder.path().join("a.npy"), folder.path().join("a.safetensors"));
    let run = said(targets(&suite_file(), "class-mean", &npy, &store).arg("--json")).with_code(0);
    said(&mut targets(&suite_file(), "class-mean", &tensors, &store)).with_code(0);
    let json: Value = serde_json::from_str(&run.out).unwrap();
    assert!(json["arms"][0]["pytorch"].as_str().unwrap().contains("def loss(logits, labels, targets, lam="));
    assert_eq!((json["arm"].as_str(), json["examples"].as_u64()), (Some("class-mean"), Some(300)));
    let file = read(&tensors);
    assert_eq!(json["data_hash"], file.metadata["data_hash"].as_str());
    for (name, role) in [("a.npy", "targets"), ("a.labels.npy", "labels"), ("a.index.npy", "index")] {
        let path = folder.path().join(name);
        assert_eq!(read_npy(&fs::read(&path).unwrap()).unwrap(), *tensor(&file, role), "{name}");
        assert!(json["files"].as_array().unwrap().contains(&path.to_str().unwrap().into()), "{json}");
    }
    assert_eq!(json["files"].as_array().unwrap().len(), 3);
}

#[test]
fn weighting_arms_give_weights_and_shuffling_ones_depend_on_the_seed() {
    let (folder, store) = copy_of_undisturbed();
    let out = folder.path().join("a.safetensors");
    let of = |arm: &str, seed: &str| {
        said(targets(&suite_file(), arm, &out, &store).args(["--seed", seed])).with_code(0);
        read(&out)
    };
    let weights = of("target-weighted", "0");
    let values = floats(tensor(&weights, "weights"));
    assert_eq!(tensor(&weights, "weights").shape, [300]);
    let mean = values.iter().map(|&w| f64::from(w)).sum::<f64>() / 300.0;
    assert!((mean - 1.0).abs() < 1e-6 && !weights.arrays.contains_key("targets"), "{mean}");
    assert_eq!(weights.metadata["normalisation"], "batch-size");
    let shuffled = of("shuffled", "0");
    assert_eq!(shuffled, of("shuffled", "0"));
    assert_ne!(shuffled, of("shuffled", "1"));
    assert_eq!(of("dkd", "0").metadata["beta"], "8");
}

#[test]
fn the_teachers_own_logits_from_a_file_give_the_same_targets() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("teacher.safetensors"), third_party_file()).unwrap();
    let suite = suite_with(folder.path(), "from = \"logits\"\nfile = \"teacher.safetensors\"");
    let (own, others) = (folder.path().join("own.safetensors"), folder.path().join("others.safetensors"));
    let (_copy, copy) = copy_of_undisturbed();
    for arm in ["teacher", "partial", "shuffled-within-class"] {
        said(&mut targets(&suite_file(), arm, &own, &copy)).with_code(0);
        said(&mut targets(&suite, arm, &others, &folder.path().join("store"))).with_code(0);
        assert!(fs::read(&own).unwrap() == fs::read(&others).unwrap(), "{arm}");
    }
    assert_ne!(teacher_folder(&folder.path().join("store")).file_name(), teacher_folder(&copy).file_name());
}

#[test]
fn what_has_no_targets_or_no_place_is_one_sentence_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let out = |name: &str| folder.path().join(name);
    let text = fs::read_to_string(suite_file()).unwrap();
    let swept = folder.path().join("swept.toml");
    fs::write(&swept, format!("{text}\n[sweep]\ndistillation.temperature = [1.0, 2.0]\n")).unwrap();
    let logits = {
        fs::write(folder.path().join("teacher.safetensors"), third_party_file()).unwrap();
        suite_with(folder.path(), "from = \"logits\"\nfile = \"teacher.safetensors\"")
    };
    let before = all_files(folder.path());
    let small = suite_file();
    for (suite, arm, file, words) in [
        (&small, "hard", "a.npy", "labels alone"),
        (&small, "techer", "a.npy", "`fractionate arms` lists them"),
        (&small, "top-k(11)", "a.npy", "10 classes"),
        (&small, "teacher", "a.csv", "must end in .npy or .safetensors"),
        (&small, "teacher", "nowhere/a.npy", "folder is not there"),
        (&swept, "teacher", "a.npy", "--set 'sweep.distillation.temperature=[1.0]'"),
        (&logits, "class-similarity", "a.npy", "linear last layer"),
    ] {
        said(&mut targets(suite, arm, &out(file), &store)).with_code(2).with_one_sentence(&[words]);
        assert!(all_files(folder.path()) == before, "{arm}");
    }
    let one = ["--set", "sweep.distillation.temperature=[1.0]", "--set", "teacher.epochs=1"];
    said(targets(&swept, "teacher", &out("a.safetensors"), &store).args(one)).with_code(0);
    assert_eq!(read(&out("a.safetensors")).metadata["temperature"], "1");
    assert!(undisturbed().store.is_dir());
}

#[test]
fn all_arms_are_written_at_once_without_a_student_or_a_training() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("teacher.safetensors"), third_party_file()).unwrap();
    let suite = suite_with(folder.path(), "from = \"logits\"\nfile = \"teacher.safetensors\"");
    let text = fs::read_to_string(&suite).unwrap();
    // Targets depend on neither [student] nor [training].
    let tables: Vec<&str> = text.split("\n[").collect();
    let dropped = |table: &&&str| !["student]", "training]"].iter().any(|name| table.starts_with(name));
    let short = folder.path().join("short.toml");
    fs::write(&short, tables.iter().filter(dropped).copied().collect::<Vec<_>>().join("\n[")).unwrap();
    let store = folder.path().join("store");
    let all = |out: &str| {
        let mut command = fractionate();
        command.arg("targets").arg(&short).args(["--arms", "all", "--out"]).arg(folder.path().join(out));
        command.arg("--results").arg(&store).arg("--data").arg(data_folder());
        said(&mut command).with_code(0)
    };
    let run = all("all.safetensors");
    let file = read(&folder.path().join("all.safetensors"));
    let arms = [
        "label-smoothing",
        "class-smoothing",
        "class-mean",
        "shuffled-within-class",
        "partial",
        "recombined",
        "teacher",
    ];
    for arm in arms {
        let own = folder.path().join("own.safetensors");
        said(&mut targets(&suite, arm, &own, &store)).with_code(0);
        assert_eq!(read(&own).arrays["targets"], file.arrays[&format!("targets.{arm}")], "{arm}");
    }
    // One loss for all of them, said once.
    assert_eq!(run.out.matches("def loss(").count(), 1, "{}", run.out);
    all("all.npy");
    for name in ["all.teacher.npy", "all.partial.npy", "all.labels.npy", "all.index.npy"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
    let of_arms: Value = serde_json::from_str(&file.metadata["arms"]).unwrap();
    assert_eq!(of_arms["teacher"]["scale"], "4");
}
