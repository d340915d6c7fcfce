//! TorchScript modules as teachers: what they are fed with, and what is refused.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fractionate_ablation::suite::{Overrides, Readers, load};
use fractionate_ablation::{MadeTeacher, ModuleFile, ModuleRights, OutputForm, OutputKind, Trainer as _, load_teacher};
use fractionate_data::{DataSet, ExampleShape, Purpose, RandomStream, SplitRows, SplitSizes, Splits};
use fractionate_records::{ModuleInputs, Seed, Store, TeacherOrigin};
use fractionate_training::{DeviceChoice, LibtorchTrainer, Strategy};
use tch::{CModule, Kind, Tensor};

use crate::teachers::config;

const FLAT: ExampleShape = ExampleShape { features: 5, picture: None, classes: 3 };
const PICTURES: ExampleShape = ExampleShape { features: 12, picture: Some((2, 3)), classes: 3 };

/// Saves a module that computes `forward` on inputs of the traced shape and of others.
fn traced(folder: &Path, name: &str, shape: &[i64], forward: impl Fn(&Tensor) -> Tensor) -> PathBuf {
    let example = Tensor::ones(shape, (Kind::Float, tch::Device::Cpu));
    let mut closure = |inputs: &[Tensor]| vec![forward(&inputs[0])];
    let module = CModule::create_by_tracing("Teacher", "forward", &[example], &mut closure).unwrap();
    let path = folder.join(name);
    module.save(&path).unwrap();
    path
}

/// The sum of the features, less the class.
fn sums(x: &Tensor) -> Tensor {
    x.flatten(1, -1).sum_dim_intlist([1i64].as_slice(), true, Kind::Float)
        - Tensor::arange(3, (Kind::Float, tch::Device::Cpu))
}

/// Example n has the features n, n + 1, ... in both parts.
fn data(shape: ExampleShape) -> DataSet {
    let part = |n: usize| {
        let rows = (0..n).flat_map(|row| (0..shape.features).map(move |j| (row + j) as f32)).collect();
        (rows, (0..n).map(|row| (row % 3) as u16).collect())
    };
    DataSet::from_numbers([part(400), part(300)], shape, true)
}

const SIZES: SplitSizes = SplitSizes { student: 200, teacher: 300, validation: 50, test: 270, seed: Seed(3) };

/// The rows that the splits draw from the 400 training examples.
fn rows() -> SplitRows {
    let order = RandomStream::new(SIZES.seed, Purpose::Split, 0).permutation(400);
    SplitRows { train: order[..300].to_vec(), validation: order[350..].to_vec(), test: (0..270).collect() }
}

fn trainer() -> LibtorchTrainer {
    LibtorchTrainer::new(DeviceChoice::CPU, Strategy::Auto)
}

fn allowing(module: &ModuleFile) -> ModuleRights {
    let mut rights = ModuleRights::with_limit(Duration::from_secs(60));
    rights.allow(module);
    rights
}

fn taught(path: &Path, inputs: ModuleInputs, shape: ExampleShape) -> Result<(MadeTeacher, SplitRows), String> {
    let trainer = trainer();
    let module = ModuleFile::read(path, inputs, OutputKind::LOGITS).map_err(|error| error.to_string())?;
    let splits = Splits::draw(&Arc::new(data(shape)), SIZES);
    let config = config(TeacherOrigin::Module { hash: module.hash().to_owned(), inputs });
    let rights = allowing(&module);
    let allowed = rights.check(&module).unwrap();
    let logits = trainer.module_logits(allowed, &splits, None).map_err(|error| error.to_string())?;
    let made = MadeTeacher::new(&config, &logits, splits.all_labels(), splits.classes(), None, 0.0);
    Ok((made, rows()))
}

/// The logits as the store gives them back: of the training and the test examples.
fn kept(made: &MadeTeacher) -> (Vec<f32>, Vec<f32>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    store.write_teacher(&made.record, made.logits.clone(), made.weights.clone()).unwrap();
    assert!(!store.teacher_folder(&made.record.key).join("weights.safetensors").exists());
    let (record, logits) = load_teacher(&store, &made.record.key).unwrap().unwrap();
    assert_eq!(record, made.record);
    (logits.train(), logits.test().unwrap())
}

/// The sum of an example's raw features.
fn raw_sum(row: usize, features: usize) -> f64 {
    (0..features).map(|j| (row + j) as f64).sum()
}

#[test]
fn a_module_gives_the_logits_of_each_splits_examples_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    for (shape, traced_shape) in [(FLAT, vec![2, 5]), (PICTURES, vec![2, 2, 2, 3])] {
        let path = traced(folder.path(), "teacher.pt", &traced_shape, sums);
        let (made, rows) = taught(&path, ModuleInputs::Unit, shape).unwrap();
        let (train, test) = kept(&made);
        for (logits, rows) in [(train, &rows.train), (test, &rows.test)] {
            assert_eq!(logits.len(), 3 * rows.len());
            for (logits, &row) in logits.chunks_exact(3).zip(rows) {
                let sum = raw_sum(row, shape.features) as f32;
                assert_eq!(logits, [sum, sum - 1.0, sum - 2.0], "row {row}");
            }
        }
        assert!(made.record.validation.is_some() && made.record.test.is_some());
        // The first class always wins.
        let share = rows.test.iter().filter(|&&row| row % 3 == 0).count() as f64 / rows.test.len() as f64;
        assert_eq!(made.record.test.unwrap().accuracy, share);
    }
}

#[test]
fn standardised_inputs_are_those_that_students_see() {
    let folder = tempfile::tempdir().unwrap();
    let path = traced(folder.path(), "teacher.pt", &[2, 5], sums);
    let (made, rows) = taught(&path, ModuleInputs::Standardised, FLAT).unwrap();
    let (train, _) = kept(&made);
    let values: Vec<f64> = rows.train.iter().flat_map(|&row| (0..5).map(move |j| (row + j) as f64)).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
    for (logits, &row) in train.chunks_exact(3).zip(&rows.train) {
        let expected = (raw_sum(row, 5) - 5.0 * mean) / deviation;
        assert!((f64::from(logits[0]) - expected).abs() < 1e-4, "{row}: {logits:?} {expected}");
    }
    let (unit, _) = taught(&path, ModuleInputs::Unit, FLAT).unwrap();
    assert_ne!(unit.record.key, made.record.key, "what it is fed with is part of its key");
}

#[test]
fn another_files_hash_is_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let hash = |path: &Path| ModuleFile::read(path, ModuleInputs::Unit, OutputKind::LOGITS).unwrap().hash().to_owned();
    let path = traced(folder.path(), "a.pt", &[2, 5], sums);
    assert_eq!(hash(&path), hash(&path));
    assert_ne!(hash(&path), hash(&traced(folder.path(), "b.pt", &[2, 5], |x| sums(x) * 2.0)));
}

#[test]
fn a_module_that_gives_no_logits_for_these_examples_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let trace = |name: &str, shape: &[i64], forward: fn(&Tensor) -> Tensor| traced(folder.path(), name, shape, forward);
    let nine = trace("nine.pt", &[2, 5], |x| x.matmul(&Tensor::ones([5, 9], (Kind::Float, tch::Device::Cpu))));
    let other = trace("other.pt", &[2, 7], |x| x.matmul(&Tensor::ones([7, 3], (Kind::Float, tch::Device::Cpu))));
    let vector = trace("vector.pt", &[2, 5], |x| x.sum(Kind::Float));
    let nan = trace("nan.pt", &[2, 5], |x| sums(x) / 0.0);
    let nowhere = folder.path().join("nowhere.pt");
    let text = folder.path().join("text.pt");
    std::fs::write(&text, "no module").unwrap();
    for (path, words) in [
        (nine, "gives outputs of shape [64, 9] where logits of shape [64, 3] are wanted"),
        (other, "fails on inputs of shape [64, 5]: "),
        (vector, "outputs of shape []"),
        (nan, "not finite"),
        (nowhere, "is not there"),
        (text, "cannot be loaded as a TorchScript module: "),
    ] {
        let said = taught(&path, ModuleInputs::Unit, FLAT).unwrap_err();
        assert!(said.starts_with(path.to_str().unwrap()), "{said}");
        assert!(said.contains(words), "no `{words}` in: {said}");
        assert!(!said.contains('\n') && said.len() < 400, "{said}");
    }
}

#[test]
fn outputs_that_are_finite_for_zeros_alone_are_refused_when_the_examples_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    // Standardised features lie below -1, too.
    let path = traced(folder.path(), "teacher.pt", &[2, 5], |x| sums(&(x + 1.0).log()));
    let said = taught(&path, ModuleInputs::Standardised, FLAT).unwrap_err();
    assert!(said.contains("not finite"), "{said}");
}

#[test]
fn a_file_that_changed_since_it_was_checked_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = traced(folder.path(), "teacher.pt", &[2, 5], sums);
    let module = ModuleFile::read(&path, ModuleInputs::Unit, OutputKind::LOGITS).unwrap();
    module.bytes().unwrap();
    traced(folder.path(), "teacher.pt", &[2, 5], |x| sums(x) * 2.0);
    let error = module.bytes().unwrap_err();
    assert!(error.to_string().contains("was changed"), "{error}");
}

#[test]
fn the_check_of_a_suite_says_at_its_line_that_a_file_is_no_module() {
    let quickstart = include_str!("../../../../experiments/quickstart.toml");
    let (start, rest) = quickstart.split_once("[teacher]").unwrap();
    let end = rest.find("\n[").unwrap();
    let text = format!("{start}[teacher]\nfrom = \"module\"\nfile = \"text.pt\"\n{}", &rest[end..]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("text.pt"), "no module").unwrap();
    std::fs::write(folder.path().join("suite.toml"), text).unwrap();
    let problems = load(&folder.path().join("suite.toml"), &Overrides::default(), Readers::default()).unwrap_err();
    let messages: Vec<&str> = problems.problems().iter().map(|problem| problem.message()).collect();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].contains("cannot be loaded as a TorchScript module"), "{messages:?}");
}

#[test]
fn a_module_that_does_not_repeat_itself_is_refused_with_what_was_traced_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let dropout = traced(folder.path(), "dropout.pt", &[4, 5], |x| sums(&x.dropout(0.1, true)));
    let statistics = traced(folder.path(), "statistics.pt", &[4, 5], |x| {
        sums(&(x - x.mean_dim([0i64].as_slice(), true, Kind::Float)))
    });
    for (path, words) in [(dropout, "dropout is at work"), (statistics, "batch normalisation")] {
        let said = taught(&path, ModuleInputs::Unit, FLAT).unwrap_err();
        assert!(said.contains(words) && said.contains("`model.eval()` before `torch.jit.trace`"), "{said}");
    }
}

#[test]
fn outputs_of_a_softmax_are_refused_as_logits_and_become_them_where_they_are_declared() {
    let folder = tempfile::tempdir().unwrap();
    let logits = traced(folder.path(), "logits.pt", &[2, 5], |x| sums(&(x * 0.01)).sin() * 3.0);
    let softmax = traced(folder.path(), "softmax.pt", &[2, 5], |x| {
        ((sums(&(x * 0.01)).sin() * 3.0) / 2.0).softmax(1, Kind::Float)
    });
    let said = taught(&softmax, ModuleInputs::Unit, FLAT).unwrap_err();
    assert!(said.contains("look like probabilities in its outputs"), "{said}");

    let kind = OutputKind { form: OutputForm::Probabilities, temperature: 2.0, floor: None };
    let module = ModuleFile::read(&softmax, ModuleInputs::Unit, kind).unwrap();
    let splits = Splits::draw(&Arc::new(data(FLAT)), SIZES);
    let found = trainer().module_logits(allowing(&module).check(&module).unwrap(), &splits, None).unwrap().train;
    let (made, _) = taught(&logits, ModuleInputs::Unit, FLAT).unwrap();
    for (found, expected) in found.chunks_exact(3).zip(kept(&made).0.chunks_exact(3)) {
        for k in 1..3 {
            assert!(((found[k] - found[0]) - (expected[k] - expected[0])).abs() < 1e-3, "{found:?} {expected:?}");
        }
    }
    let plain = ModuleFile::read(&softmax, ModuleInputs::Unit, OutputKind::LOGITS).unwrap();
    assert_ne!(plain.hash(), module.hash(), "what its outputs are is part of the teacher's key");
}

#[test]
fn a_module_that_nobody_allowed_is_no_argument_of_a_trainer() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, factor: f64| {
        let path = traced(folder.path(), name, &[2, 5], |x| sums(x) * factor);
        ModuleFile::read(&path, ModuleInputs::Unit, OutputKind::LOGITS).unwrap()
    };
    let (module, other) = (read("a.pt", 1.0), read("b.pt", 2.0));
    for rights in [ModuleRights::none(), allowing(&other)] {
        let said = rights.check(&module).unwrap_err().to_string();
        assert!(said.contains("a.pt is a program, and nobody allowed it"), "{said}");
    }
    assert!(allowing(&module).check(&module).is_ok());
}
