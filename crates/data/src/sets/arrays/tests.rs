use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::array_file::{Array, Numbers, npy_file, safetensors_file};
use crate::sets::{DataSource, Rows};

/// A folder with the arrays of `(name, array)` as `.npy` files.
fn folder(arrays: &[(&str, &Array)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, array) in arrays {
        fs::write(folder.path().join(name), npy_file(array)).unwrap();
    }
    folder
}

fn floats(shape: &[usize], values: Vec<f32>) -> Array {
    Array { shape: shape.to_vec(), numbers: Numbers::Float32(values) }
}

fn labels(values: &[i64]) -> Array {
    Array { shape: vec![values.len()], numbers: Numbers::Integers(values.to_vec()) }
}

fn paths(folder: &TempDir) -> ArrayPaths {
    let path = |name| folder.path().join(name);
    ArrayPaths { examples: path("x.npy"), labels: path("y.npy"), test: None }
}

/// Six examples of two features in two classes, the last two to test on.
fn six() -> (Array, Array) {
    (floats(&[6, 2], (0..12u8).map(f32::from).collect()), labels(&[0, 1, 0, 1, 1, 0]))
}

fn problems_of(x: &Array, y: &Array, classes: Option<&[&str]>, last: Option<usize>) -> Vec<ArraysProblem> {
    let folder = folder(&[("x.npy", x), ("y.npy", y)]);
    let classes = classes.map(|classes| classes.iter().map(|&class| class.to_owned()).collect());
    ArraysSource::look_at(paths(&folder), classes, last).unwrap_err()
}

#[track_caller]
fn assert_one(problems: &[ArraysProblem], key: ArraysKey, words: &[&str]) {
    let [problem] = problems else { panic!("{problems:?}") };
    assert_eq!(problem.key, key, "{problem}");
    for word in words {
        assert!(problem.message.contains(word), "no `{word}` in: {problem}");
    }
}

#[test]
fn the_last_examples_are_the_test_examples_where_no_files_hold_them() {
    let (x, y) = six();
    let folder = folder(&[("x.npy", &x), ("y.npy", &y)]);
    let source = ArraysSource::look_at(paths(&folder), None, Some(2)).unwrap();
    assert_eq!((source.train_examples(), source.test_examples()), (4, 2));
    assert_eq!((source.title(), source.classes()), ("x.npy", &["0".to_owned(), "1".to_owned()][..]));
    assert_eq!(source.shape(), ExampleShape { features: 2, picture: None, classes: 2 });
    let data = source.read().unwrap();
    assert_eq!((data.train.labels, data.test.labels), (vec![0, 1, 0, 1], vec![1, 0]));
    let Rows::Numbers(test) = data.test.rows else { panic!("numbers") };
    assert_eq!(test, [8.0, 9.0, 10.0, 11.0]);
}

#[test]
fn three_axes_of_bytes_are_pictures() {
    let x = Array { shape: vec![6, 2, 3], numbers: Numbers::Bytes((0..36).collect()) };
    let folder = folder(&[("x.npy", &x), ("y.npy", &six().1)]);
    let source = ArraysSource::look_at(paths(&folder), None, Some(2)).unwrap();
    assert_eq!(source.shape(), ExampleShape { features: 6, picture: Some((2, 3)), classes: 2 });
    let Rows::Bytes(train) = source.read().unwrap().train.rows else { panic!("bytes") };
    assert_eq!(train, (0..24).collect::<Vec<u8>>());
}

#[test]
fn test_files_may_hold_the_test_examples() {
    let (x, y) = six();
    let test = (floats(&[3, 2], vec![0.5; 6]), labels(&[1, 0, 1]));
    let folder = folder(&[("x.npy", &x), ("y.npy", &y), ("tx.npy", &test.0), ("ty.npy", &test.1)]);
    let both = (folder.path().join("tx.npy"), folder.path().join("ty.npy"));
    let source = ArraysSource::look_at(ArrayPaths { test: Some(both), ..paths(&folder) }, None, None).unwrap();
    assert_eq!((source.train_examples(), source.test_examples()), (6, 3));
    assert_eq!(source.read().unwrap().test.labels, [1, 0, 1]);
}

#[test]
fn a_file_that_is_missing_or_no_array_is_named_and_both_are_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let both = ArraysSource::look_at(paths(&folder), None, Some(2)).unwrap_err();
    assert_eq!(both.len(), 2);
    assert_one(&both[..1], ArraysKey::Examples, &["x.npy is not there"]);
    assert_one(&both[1..], ArraysKey::Labels, &["y.npy is not there"]);

    fs::write(folder.path().join("x.npy"), "words").unwrap();
    fs::write(folder.path().join("y.npy"), npy_file(&six().1)).unwrap();
    let broken = ArraysSource::look_at(paths(&folder), None, Some(2)).unwrap_err();
    assert_one(&broken, ArraysKey::Examples, &["x.npy is no .npy file"]);

    let other = ArrayPaths { examples: folder.path().join("x.csv"), ..paths(&folder) };
    fs::write(folder.path().join("x.csv"), "1,2").unwrap();
    let other = ArraysSource::look_at(other, None, Some(2)).unwrap_err();
    assert_one(&other, ArraysKey::Examples, &["x.csv is neither a .npy nor a .safetensors file"]);
}

#[test]
fn wrong_shapes_types_and_numbers_are_refused_with_their_file() {
    use ArraysKey::{Examples, Labels};
    let (x, y) = six();
    let wrong = |x: &Array| problems_of(x, &y, None, Some(2));
    assert_one(&wrong(&floats(&[12], vec![0.0; 12])), Examples, &["x.npy has the shape [12]"]);
    assert_one(&wrong(&floats(&[6, 0], vec![])), Examples, &["nothing in it"]);
    assert_one(&wrong(&labels(&[1, 2])), Examples, &["shape [2]"]);
    let whole = Array { shape: vec![6, 1], numbers: Numbers::Integers(vec![300; 6]) };
    assert_one(&wrong(&whole), Examples, &["whole numbers", "float32, float64 or uint8"]);
    let mut values = vec![0.0; 12];
    values[7] = f32::NAN;
    assert_one(&wrong(&floats(&[6, 2], values)), Examples, &["holds NaN in example 3", "finite"]);
    let large = Array { shape: vec![6, 1], numbers: Numbers::Float64([[0.0; 5].as_slice(), &[1e300]].concat()) };
    assert_one(&wrong(&large), Examples, &["inf in example 5"]);

    let wrong = |y: &Array| problems_of(&x, y, None, Some(2));
    assert_one(&wrong(&floats(&[6], vec![0.0; 6])), Labels, &["y.npy holds float32 where labels are whole numbers"]);
    let square = Array { shape: vec![6, 1], numbers: Numbers::Bytes(vec![0; 6]) };
    assert_one(&wrong(&square), Labels, &["y.npy has the shape [6, 1]"]);
    assert_one(&wrong(&labels(&[0, 1, 0, -1, 1, 0])), Labels, &["the label -1 at example 3"]);
    assert_one(&wrong(&labels(&[0, 1, 0, 70_000, 1, 0])), Labels, &["the label 70000 at example 3"]);
    assert_one(&wrong(&labels(&[0, 1, 0, 1, 1])), Labels, &["y.npy has 5 labels", "6 examples", "x.npy"]);
    assert_one(&wrong(&labels(&[0; 6])), Labels, &["one class alone"]);
}

#[test]
fn a_class_with_too_few_examples_or_no_name_is_refused() {
    use ArraysKey::{Labels, TestCount};
    let x = six().0;
    let wrong = |y: &[i64], classes, last| problems_of(&x, &labels(y), classes, Some(last));
    assert_one(
        &wrong(&[1, 2, 1, 2, 1, 2], None, 2),
        Labels,
        &["0 training examples of class 0", "labels count from 0"],
    );
    assert_one(&wrong(&[0, 0, 0, 1, 1, 0], None, 2), Labels, &["1 training examples of class 1"]);
    assert_one(&wrong(&[0, 1, 0, 1, 1, 1], None, 2), TestCount, &["no test example of class 0", "sorted by class"]);
    assert_one(
        &wrong(&[0, 1, 0, 1, 2, 0], Some(&["a", "b"]), 2),
        Labels,
        &["the label 2 at example 4", "2 class names"],
    );
    for last in [0, 6, 7] {
        let words = format!("6 examples, of which the last {last}");
        assert_one(&wrong(&[0, 1, 0, 1, 1, 0], None, last), TestCount, &[&words]);
    }
    assert_one(&problems_of(&x, &six().1, None, None), TestCount, &["nothing says which are test examples"]);
}

#[test]
fn test_files_must_match_the_training_examples() {
    let (x, y) = six();
    let cases = [
        (floats(&[3, 4], vec![0.0; 12]), "examples of shape [4], the training examples [2]"),
        (Array { shape: vec![3, 2], numbers: Numbers::Bytes(vec![0; 6]) }, "holds uint8 where"),
    ];
    for (test, words) in cases {
        let folder = folder(&[("x.npy", &x), ("y.npy", &y), ("tx.npy", &test), ("ty.npy", &labels(&[0, 1, 0]))]);
        let both = (folder.path().join("tx.npy"), folder.path().join("ty.npy"));
        let problems =
            ArraysSource::look_at(ArrayPaths { test: Some(both), ..paths(&folder) }, None, None).unwrap_err();
        assert_one(&problems, ArraysKey::TestExamples, &["tx.npy", words]);
    }
}

#[test]
fn files_that_change_between_plan_and_run_are_noticed() {
    let (x, y) = six();
    let folder = folder(&[("x.npy", &x), ("y.npy", &y)]);
    let source = ArraysSource::look_at(paths(&folder), None, Some(2)).unwrap();
    fs::write(folder.path().join("y.npy"), npy_file(&labels(&[1, 0, 1, 0, 0, 1]))).unwrap();
    let error = source.read().unwrap_err();
    assert!(matches!(error, DataError::Changed { .. }), "{error}");
    fs::remove_file(folder.path().join("y.npy")).unwrap();
    assert!(!source.is_present());
    assert!(source.read().unwrap_err().to_string().contains("y.npy is not there"));
}

proptest! {
    /// 2 classes x `per_class` examples, some to test on.
    #[test]
    fn arrays_come_back_as_written_whatever_the_format_and_every_number_counts_in_the_hash(
        (features, per_class, values) in (1usize..4, 4usize..6).prop_flat_map(|(features, per_class)| {
            let count = features * per_class * 2;
            (Just(features), Just(per_class), prop::collection::vec(-1e6f32..1e6, count))
        }),
        changed in any::<prop::sample::Index>(),
    ) {
        let n = 2 * per_class;
        let x = floats(&[n, features], values.clone());
        let y = labels(&(0..n as i64).map(|example| example % 2).collect::<Vec<_>>());
        let folder = folder(&[("x.npy", &x), ("y.npy", &y)]);
        let one = folder.path().join("both.safetensors");
        fs::write(&one, safetensors_file(&[("examples", &x), ("labels", &y)], &[])).unwrap();
        let npy = ArraysSource::look_at(paths(&folder), None, Some(2)).unwrap();
        let safetensors =
            ArraysSource::look_at(ArrayPaths { examples: one.clone(), labels: one, test: None }, None, Some(2)).unwrap();
        prop_assert_eq!(npy.hash(), safetensors.hash());
        for source in [npy.clone(), safetensors] {
            let data = DataSet::read(&DataSource::Arrays(source), Path::new("nowhere")).unwrap();
            let (Rows::Numbers(mut train), Rows::Numbers(test)) = (data.train.rows, data.test.rows) else {
                panic!("numbers")
            };
            train.extend(test);
            prop_assert_eq!(&train, &values);
        }
        let mut other = values;
        let at = changed.index(other.len());
        other[at] += 1e7;
        fs::write(folder.path().join("x.npy"), npy_file(&floats(&[n, features], other))).unwrap();
        for last in [2, 3] {
            let other = ArraysSource::look_at(paths(&folder), None, Some(last)).unwrap();
            prop_assert_ne!(other.hash(), npy.hash());
        }
    }
}
