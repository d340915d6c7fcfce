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
    ArrayPaths { examples: path("x.npy"), labels: path("y.npy"), test: None, channels: None }
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
    assert_eq!(*train, *(0..24).collect::<Vec<u8>>());
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
    assert_one(&other, ArraysKey::Examples, &["x.csv is neither a .npy, .npz nor .safetensors file"]);
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
    let square = Array { shape: vec![6, 2], numbers: Numbers::Bytes(vec![0; 12]) };
    assert_one(&wrong(&square), Labels, &["y.npy has the shape [6, 2]", "argmax"]);
    assert_one(&wrong(&labels(&[0, 1, 0, -1, 1, 0])), Labels, &["the label -1 at example 3"]);
    assert_one(&wrong(&labels(&[0, 1, 0, 70_000, 1, 0])), Labels, &["the label 70000 at example 3"]);
    assert_one(&wrong(&labels(&[0, 1, 0, 1, 1])), Labels, &["y.npy has 5 labels", "6 examples", "x.npy"]);
    assert_one(&wrong(&labels(&[0; 6])), Labels, &["one class alone"]);
}

#[test]
fn a_class_without_training_examples_or_without_a_name_is_refused() {
    use ArraysKey::{Labels, TestCount};
    let x = six().0;
    let wrong = |y: &[i64], classes, last| problems_of(&x, &labels(y), classes, Some(last));
    assert_one(
        &wrong(&[1, 2, 1, 2, 1, 2], None, 2),
        Labels,
        &["no training example of class 0", "labels count from 0", "class_names"],
    );
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

/// What is said of arrays that are taken.
fn warnings_of(x: &Array, y: &[i64], classes: Option<&[&str]>) -> Vec<String> {
    let folder = folder(&[("x.npy", x), ("y.npy", &labels(y))]);
    let classes = classes.map(|classes| classes.iter().map(|&class| class.to_owned()).collect());
    ArraysSource::look_at(paths(&folder), classes, Some(2)).unwrap().warnings().to_vec()
}

#[test]
fn a_class_that_a_part_lacks_is_said_and_not_refused() {
    let x = six().0;
    assert_eq!(warnings_of(&x, &[0, 1, 0, 1, 1, 0], None), Vec::<String>::new());
    let test = warnings_of(&x, &[0, 1, 0, 1, 1, 1], None);
    assert!(test[0].contains("no test example of class 0") && test[0].contains("sorted by class?"), "{test:?}");
    let training = warnings_of(&x, &[0, 0, 0, 1, 1, 0], Some(&["a", "b", "c"]));
    assert!(training[0].contains("no training example of class 2"), "{training:?}");
    assert!(training[1].contains("no test example of class 2"), "{training:?}");
}

#[test]
fn differences_that_their_numbers_cannot_hold_are_said() {
    let seconds = |n: u32| 1_700_000_000.0 + 20.0 * f64::from(n % 2);
    let column = |numbers| Array { shape: vec![6, 1], numbers };
    let y = [0, 1, 0, 1, 1, 0];
    let wide = column(Numbers::Float64((0..6).map(seconds).collect()));
    assert_eq!(warnings_of(&wide, &y, None), Vec::<String>::new());
    let narrow = column(Numbers::Float32((0..6).map(|n| (1.7e9 + 200.0 * f64::from(n)) as f32).collect()));
    assert!(warnings_of(&narrow, &y, None)[0].contains("Subtract its mean"));
    // Beside another feature no common mean and deviation leaves the seconds anything.
    let both = (0..6).flat_map(|n| [seconds(n), f64::from(n) / 3.0]).collect();
    let both = Array { shape: vec![6, 2], numbers: Numbers::Float64(both) };
    assert!(warnings_of(&both, &y, None)[0].contains("Standardise each feature"));
    let constant = column(Numbers::Bytes(vec![7, 7, 7, 7, 0, 255]));
    assert!(warnings_of(&constant, &y, None)[0].contains("nothing to learn from"));
}

#[test]
fn float64_examples_keep_what_32_bits_cannot_hold_and_are_the_same_set_where_they_can() {
    let y = labels(&[0, 1, 0, 1, 1, 0]);
    let source = |numbers| {
        let folder = folder(&[("x.npy", &Array { shape: vec![6, 1], numbers }), ("y.npy", &y)]);
        let source = ArraysSource::look_at(paths(&folder), None, Some(2)).unwrap();
        (source.hash().to_owned(), source.read().unwrap())
    };
    let (wide, _) = source(Numbers::Float64((0..6).map(f64::from).collect()));
    let (narrow, _) = source(Numbers::Float32((0..6u8).map(f32::from).collect()));
    assert_eq!(wide, narrow);
    let seconds: Vec<f64> = (0..6).map(|n| 1_700_000_001.0 + f64::from(n)).collect();
    let (_, data) = source(Numbers::Float64(seconds.clone()));
    let (Rows::Doubles(train), Rows::Doubles(test)) = (data.train.rows, data.test.rows) else { panic!("doubles") };
    assert_eq!([train, test].concat(), seconds);
}

#[test]
fn pictures_with_channels_before_or_after_height_and_width_are_the_same_pictures() {
    let y = labels(&[0, 1, 0, 1, 1, 0]);
    // Pixel (i, j) of channel c of example n is 100 n + 20 c + 5 i + j, of 5 x 5 pixels.
    let value = |n: usize, c: usize, at: usize| (100 * n + 20 * c + at) as f32;
    let first = (0..6).flat_map(|n| (0..3).flat_map(move |c| (0..25).map(move |at| value(n, c, at)))).collect();
    let last = (0..6).flat_map(|n| (0..25).flat_map(move |at| (0..3).map(move |c| value(n, c, at)))).collect();
    let look = |shape: &[usize], values: Vec<f32>, channels| {
        let folder = folder(&[("x.npy", &floats(shape, values)), ("y.npy", &y)]);
        ArraysSource::look_at(ArrayPaths { channels, ..paths(&folder) }, None, Some(2))
    };
    let first = look(&[6, 3, 5, 5], first, None).unwrap();
    let last: Vec<f32> = last;
    assert_eq!(look(&[6, 5, 5, 3], last.clone(), None).unwrap().hash(), first.hash());
    assert_eq!(first.shape(), ExampleShape { features: 75, picture: Some((5, 5)), classes: 2 });
    // One channel is none.
    let grey = (0..150u8).map(f32::from).collect::<Vec<_>>();
    let plain = look(&[6, 5, 5], grey.clone(), None).unwrap();
    assert_eq!(look(&[6, 1, 5, 5], grey.clone(), None).unwrap().hash(), plain.hash());
    assert_eq!(look(&[6, 5, 5, 1], grey, None).unwrap().hash(), plain.hash());
    // Neither axis is short: the suite says which.
    let many = (0..6 * 125).map(|n| n as f32).collect::<Vec<_>>();
    let problems = look(&[6, 5, 5, 5], many.clone(), None).unwrap_err();
    assert_one(&problems, ArraysKey::Examples, &["channels = \"first\""]);
    assert_eq!(look(&[6, 5, 5, 5], many, Some(Channels::Last)).unwrap().shape().picture, Some((5, 5)));
}

#[test]
fn labels_may_be_a_column_of_truth_values_or_whole_numbers() {
    let x = six().0;
    for numbers in [Numbers::Bytes(vec![0, 1, 0, 1, 1, 0]), Numbers::Integers(vec![0, 1, 0, 1, 1, 0])] {
        let column = Array { shape: vec![6, 1], numbers };
        let folder = folder(&[("x.npy", &x), ("y.npy", &column)]);
        let source = ArraysSource::look_at(paths(&folder), None, Some(2)).unwrap();
        assert_eq!(source.read().unwrap().train.labels, [0, 1, 0, 1]);
    }
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
            ArraysSource::look_at(ArrayPaths { examples: one.clone(), labels: one, ..paths(&folder) }, None, Some(2));
        let safetensors = safetensors.unwrap();
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
