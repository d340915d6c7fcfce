use std::fs;

use fractionate_data::{Array, ExampleShape, KnownSet, SplitSizes, npy_file, safetensors_file};
use fractionate_records::Seed;

use super::*;

const SOURCE: DataSource = DataSource::Known(KnownSet::FASHION_MNIST);
const CLASSES: usize = 10;

/// A small split of a large data set.
fn rows() -> SplitRows {
    SplitRows::draw(&SOURCE, SplitSizes { student: 5, teacher: 8, validation: 3, test: 4, seed: Seed(0) })
}

/// The data set's labels: another one for each neighbour.
fn label(row: usize) -> i64 {
    ((row * 7 + row / 10) % CLASSES) as i64
}

fn data() -> DataSet {
    let part = |n: usize| (vec![0.0; n], (0..n).map(|row| label(row) as u16).collect());
    let shape = ExampleShape { features: 1, picture: None, classes: CLASSES };
    DataSet::from_numbers([part(60_000), part(10_000)], shape, false)
}

fn logit(row: usize, class: usize) -> f32 {
    (row % 1000) as f32 / 8.0 - class as f32
}

fn floats(rows: &[usize]) -> Array {
    let numbers = rows.iter().flat_map(|&row| (0..CLASSES).map(move |class| logit(row, class))).collect();
    Array { shape: vec![rows.len(), CLASSES], numbers: Numbers::Float32(numbers) }
}

fn whole(values: impl IntoIterator<Item = i64>) -> Array {
    let values: Vec<i64> = values.into_iter().collect();
    Array { shape: vec![values.len()], numbers: Numbers::Integers(values) }
}

/// The tensors of a good file: those rows that the split draws, in another order, and all test examples.
fn tensors() -> Vec<(&'static str, Array)> {
    let mut drawn = [rows().train, rows().validation].concat();
    drawn.reverse();
    let test: Vec<usize> = (0..10_000).collect();
    vec![
        ("logits", floats(&drawn)),
        ("index", whole(drawn.iter().map(|&row| row as i64))),
        ("labels", whole(drawn.iter().map(|&row| label(row)))),
        ("test", floats(&test)),
        ("test_labels", whole(test.iter().map(|&row| label(row)))),
    ]
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn safetensors(&self, name: &str, tensors: &[(&str, Array)], metadata: &[(&str, String)]) -> LogitsPaths {
        let named: Vec<(&str, &Array)> = tensors.iter().map(|(name, array)| (*name, array)).collect();
        LogitsPaths { file: self.write(name, &safetensors_file(&named, metadata)), ..LogitsPaths::default() }
    }
}

fn read(paths: &LogitsPaths) -> Result<LogitsFile, TeacherFileError> {
    LogitsFile::read(paths, LogitsWanted { source: &SOURCE, rows: &rows(), parquet: None, kind: OutputKind::LOGITS })
}

/// The reason for which a file of these tensors is refused.
fn refused(tensors: &[(&str, Array)], metadata: &[(&str, String)]) -> String {
    let folder = Folder::new();
    let paths = folder.safetensors("teacher.safetensors", tensors, metadata);
    let error = read(&paths).unwrap_err();
    assert_eq!(error.path, paths.file);
    error.to_string()
}

/// The good file with another tensor in one's place.
fn with(name: &'static str, array: Array) -> Vec<(&'static str, Array)> {
    let mut tensors = tensors();
    tensors.retain(|(other, _)| *other != name);
    tensors.push((name, array));
    tensors
}

fn without(name: &str) -> Vec<(&'static str, Array)> {
    let mut tensors = tensors();
    tensors.retain(|(other, _)| *other != name);
    tensors
}

fn expected(rows: &[usize]) -> Vec<f32> {
    rows.iter().flat_map(|&row| (0..CLASSES).map(move |class| logit(row, class))).collect()
}

#[test]
fn each_example_gets_its_own_logits_whatever_the_order_of_the_files_rows() {
    let folder = Folder::new();
    let file = read(&folder.safetensors("a.safetensors", &tensors(), &[])).unwrap();
    file.check_labels(&data()).unwrap();
    let rows = rows();
    assert_eq!(file.train.gather(&rows.train).unwrap(), expected(&rows.train));
    assert_eq!(file.train.gather(&rows.validation).unwrap(), expected(&rows.validation));
    assert_eq!(file.test.as_ref().unwrap().gather(&rows.test).unwrap(), expected(&rows.test));
}

#[test]
fn validation_and_test_logits_may_be_lacking_but_not_those_to_train_on() {
    let folder = Folder::new();
    let train = rows().train;
    let only = |rows: &[usize]| {
        vec![
            ("logits", floats(rows)),
            ("index", whole(rows.iter().map(|&row| row as i64))),
            ("labels", whole(rows.iter().map(|&row| label(row)))),
        ]
    };
    let file = read(&folder.safetensors("a.safetensors", &only(&train), &[])).unwrap();
    assert!(file.train.gather(&rows().validation).is_none() && file.test.is_none());
    let reason = refused(&only(&train[1..]), &[]);
    assert!(reason.contains("lacks the logits of 1 of the 8 training examples"), "{reason}");
    assert!(reason.contains(&format!("row {}", train[0])), "{reason}");
}

#[test]
fn npy_files_hold_what_they_are_named_as_and_give_the_same_hash_as_tensors() {
    let folder = Folder::new();
    let all: Vec<usize> = (0..60_000).collect();
    let labels = whole(all.iter().map(|&row| label(row)));
    let paths = LogitsPaths {
        file: folder.write("teacher.npy", &npy_file(&floats(&all))),
        labels: Some(folder.write("labels.npy", &npy_file(&labels))),
        ..LogitsPaths::default()
    };
    let npy = read(&paths).unwrap();
    npy.check_labels(&data()).unwrap();
    assert_eq!(npy.train.gather(&rows().train).unwrap(), expected(&rows().train));
    let tensors = [("logits", floats(&all)), ("labels", labels)];
    assert_eq!(read(&folder.safetensors("a.safetensors", &tensors, &[])).unwrap().hash(), npy.hash());

    let parts = tensors_of_index(&folder);
    let by_index = read(&parts).unwrap();
    by_index.check_labels(&data()).unwrap();
    assert_ne!(by_index.hash(), npy.hash());
    assert_eq!(by_index.train.gather(&rows().train).unwrap(), expected(&rows().train));
    assert_eq!(by_index.test.as_ref().unwrap().gather(&[3]).unwrap(), expected(&[3]));
}

/// The good file's tensors as a `.npy` file each.
fn tensors_of_index(folder: &Folder) -> LogitsPaths {
    let mut paths = tensors().into_iter().map(|(name, array)| folder.write(&format!("{name}.npy"), &npy_file(&array)));
    let mut next = || paths.next().unwrap();
    LogitsPaths {
        file: next(),
        index: Some(next()),
        labels: Some(next()),
        test_file: Some(next()),
        test_labels: Some(next()),
    }
}

#[test]
fn one_other_logit_or_row_is_another_hash() {
    let folder = Folder::new();
    let hash = |tensors: &[(&str, Array)]| read(&folder.safetensors("a.safetensors", tensors, &[])).unwrap().hash();
    let (mut other, mut other_test) = (floats(&[rows().train, rows().validation].concat()), tensors()[3].1.clone());
    let whole_hash = hash(&tensors());
    assert_ne!(hash(&with("logits", other.clone())), whole_hash, "logits of other rows");
    for (name, array) in [("logits", &mut other), ("test", &mut other_test)] {
        let before = hash(&with(name, array.clone()));
        if let Numbers::Float32(values) = &mut array.numbers {
            values[17] += 0.5;
        }
        assert_ne!(hash(&with(name, array.clone())), before, "{name}");
    }
    assert_ne!(hash(&without("test")), whole_hash);
}

#[test]
fn a_parquet_files_columns_are_the_classes_but_for_label_and_index() {
    fn columns(path: &Path) -> Result<Vec<(String, Numbers)>, String> {
        assert!(path.ends_with("teacher.parquet"));
        let drawn = [rows().train, rows().validation].concat();
        let class = |k: usize| drawn.iter().map(|&row| logit(row, k)).collect();
        let mut columns: Vec<(String, Numbers)> =
            (0..CLASSES).map(|k| (format!("class {k}"), Numbers::Float32(class(k)))).collect();
        columns.insert(3, ("index".into(), Numbers::Integers(drawn.iter().map(|&row| row as i64).collect())));
        columns.push(("label".into(), Numbers::Integers(drawn.iter().map(|&row| label(row)).collect())));
        Ok(columns)
    }
    let folder = Folder::new();
    let paths = LogitsPaths { file: folder.write("teacher.parquet", b""), ..LogitsPaths::default() };
    let with = |parquet| {
        LogitsFile::read(&paths, LogitsWanted { source: &SOURCE, rows: &rows(), parquet, kind: OutputKind::LOGITS })
    };
    let file = with(Some(columns)).unwrap();
    file.check_labels(&data()).unwrap();
    assert_eq!(file.train.gather(&rows().train).unwrap(), expected(&rows().train));
    assert!(with(None).unwrap_err().to_string().contains("Parquet"));
    let error = with(Some(|_| Err("is no Parquet file".into()))).unwrap_err().to_string();
    assert!(error.ends_with("teacher.parquet is no Parquet file"), "{error}");
    let error = with(Some(|_| Ok(vec![("name".into(), Numbers::Integers(vec![1]))]))).unwrap_err().to_string();
    assert!(error.contains("a column `name` of whole numbers"), "{error}");
}

#[test]
fn a_shifted_copy_is_refused_with_the_first_row_and_the_count_of_labels_that_differ() {
    let folder = Folder::new();
    for (name, part) in [("labels", "training"), ("test_labels", "test")] {
        let (_, good) = tensors().into_iter().find(|(other, _)| *other == name).unwrap();
        let Numbers::Integers(mut labels) = good.numbers else { unreachable!() };
        labels.rotate_right(1);
        let differing = labels.iter().zip(labels.iter().cycle().skip(1)).filter(|(a, b)| a != b).count();
        let file = read(&folder.safetensors("a.safetensors", &with(name, whole(labels.clone())), &[])).unwrap();
        let error = file.check_labels(&data()).unwrap_err().to_string();
        assert!(error.contains(&format!("not aligned with the data set's {part} examples")), "{error}");
        assert!(error.contains(&format!("{differing} of {} labels differ", labels.len())), "{error}");
    }
    let three = whole([3, label(1)]);
    let tensors = [("logits", floats(&[0, 1])), ("index", whole([0, 1])), ("labels", three)];
    let two = SplitRows { train: vec![1, 0], validation: vec![], test: vec![] };
    let paths = folder.safetensors("a.safetensors", &tensors, &[]);
    let file =
        LogitsFile::read(&paths, LogitsWanted { source: &SOURCE, rows: &two, parquet: None, kind: OutputKind::LOGITS })
            .unwrap();
    let error = file.check_labels(&data()).unwrap_err().to_string();
    assert!(
        error.contains("row 0 has label 3, the data set's has 0 (rows counted from 0); 1 of 2 labels differ"),
        "{error}"
    );
}

#[test]
fn the_data_sets_hash_stands_in_for_labels_and_another_hash_is_refused() {
    let folder = Folder::new();
    let mut unlabelled = without("labels");
    unlabelled.retain(|(name, _)| *name != "test_labels");
    let file = read(&folder.safetensors("a.safetensors", &unlabelled, &[("data_hash", SOURCE.hash())])).unwrap();
    file.check_labels(&data()).unwrap();
    assert!(refused(&unlabelled, &[]).contains("neither labels nor a `data_hash`"));
    assert!(refused(&without("test_labels"), &[]).contains("neither labels nor a `data_hash`"));
    let reason = refused(&tensors(), &[("data_hash", "0123".into())]);
    assert!(reason.contains("`data_hash` is 0123") && reason.contains(&SOURCE.hash()), "{reason}");
}

#[test]
fn a_file_of_the_wrong_shape_length_or_type_is_refused_with_what_is_wanted() {
    let n = 11;
    let shape = |shape: Vec<usize>| {
        let count = shape.iter().product();
        Array { shape, numbers: Numbers::Float32(vec![0.5; count]) }
    };
    let numbers = |numbers: Numbers| Array { shape: vec![n, CLASSES], numbers };
    for (tensors, words) in [
        (with("logits", shape(vec![n, 9])), "shape [11, 9] in `logits` where [examples, 10]"),
        (with("logits", shape(vec![n * CLASSES])), "shape [110] in `logits`"),
        (with("logits", shape(vec![n, CLASSES, 1])), "shape [11, 10, 1]"),
        (with("logits", shape(vec![0, CLASSES])), "no row"),
        (with("logits", numbers(Numbers::Bytes(vec![0; n * CLASSES]))), "uint8 in `logits`"),
        (with("logits", numbers(Numbers::Integers(vec![0; n * CLASSES]))), "whole numbers in `logits`"),
        (without("logits"), "no tensor `logits`: it holds `index`, `labels`, `test`, `test_labels`"),
        (without("index"), "11 rows in `logits` where Fashion-MNIST has 60000 examples"),
        (with("test", floats(&[0, 1, 2])), "3 rows in `test` where Fashion-MNIST has 10000 examples"),
        (with("labels", whole([0; 10])), "shape [10] in `labels` where [11]"),
        (with("labels", shape(vec![n])), "float32 in `labels`"),
        (with("index", whole([0; 11])), "names example 0 twice"),
        (with("index", whole(59_990..60_001)), "names example 60000 in row 10 of `index`, but there are 60000"),
        (with("index", whole(-1..10)), "names example -1 in row 0"),
        (with("logits", numbers(Numbers::Float32(vec![0.1; n * CLASSES]))), "probabilities"),
    ] {
        let reason = refused(&tensors, &[]);
        assert!(reason.contains(words), "no `{words}` in: {reason}");
    }
}

#[test]
fn a_logit_that_is_not_finite_is_named_with_its_row_and_class() {
    for value in [f64::NAN, f64::INFINITY, -f64::INFINITY, 1e300] {
        let mut values = vec![0.5; 11 * CLASSES];
        values[73] = value;
        let array = Array { shape: vec![11, CLASSES], numbers: Numbers::Float64(values) };
        let reason = refused(&with("logits", array), &[]);
        assert!(reason.contains("row 7 and class 3"), "{reason}");
    }
}

#[test]
fn a_file_that_is_missing_cut_off_or_of_another_kind_is_named() {
    let folder = Folder::new();
    let good = folder.safetensors("good.safetensors", &tensors(), &[]);
    let bytes = fs::read(&good.file).unwrap();
    for (path, words) in [
        (folder.0.path().join("nowhere.npy"), "is not there"),
        (folder.0.path().join("nowhere.parquet"), "is not there"),
        (folder.write("cut.safetensors", &bytes[..bytes.len() / 2]), "header"),
        (folder.write("cut.npy", &npy_file(&floats(&[1, 2]))[..200]), "cut off or damaged"),
        (folder.write("other.npy", &bytes), "is no .npy file"),
        (folder.write("teacher.pt", &bytes), "neither .npy, .npz, .safetensors nor .parquet"),
        (folder.write("teacher", &bytes), "neither .npy, .npz, .safetensors nor .parquet"),
    ] {
        let error = read(&LogitsPaths { file: path.clone(), ..LogitsPaths::default() }).unwrap_err();
        assert_eq!(error.path, path);
        assert!(error.to_string().contains(words), "no `{words}` in: {error}");
    }
    let missing = folder.0.path().join("labels.npy");
    let error = read(&LogitsPaths { labels: Some(missing.clone()), ..good }).unwrap_err();
    assert_eq!(error.path, missing, "the file that is at fault is named");
}

/// A reader of Parquet that gives these columns of logits, one row for each training example of [`rows`], and the index.
macro_rules! columns {
    ($names:expr) => {{
        fn columns(_: &Path) -> Result<Vec<(String, Numbers)>, String> {
            let drawn = [rows().train, rows().validation].concat();
            let names = $names;
            let mut columns: Vec<(String, Numbers)> = names
                .iter()
                .map(|(name, k): &(String, usize)| {
                    (name.clone(), Numbers::Float32(drawn.iter().map(|&row| logit(row, *k)).collect()))
                })
                .collect();
            columns.push(("index".into(), Numbers::Integers(drawn.iter().map(|&row| row as i64).collect())));
            columns.push(("label".into(), Numbers::Integers(drawn.iter().map(|&row| label(row)).collect())));
            Ok(columns)
        }
        columns as ParquetReader
    }};
}

fn of_columns(parquet: ParquetReader) -> Result<Vec<f32>, String> {
    let folder = Folder::new();
    let paths = LogitsPaths { file: folder.write("teacher.parquet", b""), ..LogitsPaths::default() };
    let wanted = LogitsWanted { source: &SOURCE, rows: &rows(), parquet: Some(parquet), kind: OutputKind::LOGITS };
    let file = LogitsFile::read(&paths, wanted).map_err(|error| error.to_string())?;
    Ok(file.train.gather(&rows().train).unwrap())
}

/// Names and the classes that they stand for, in the order in which words are sorted: 0, 1, 10 would come before 2.
fn backwards(name: fn(usize) -> String) -> Vec<(String, usize)> {
    (0..CLASSES).rev().map(|k| (name(k), k)).collect()
}

#[test]
fn columns_named_by_numbers_or_by_the_classes_are_put_into_the_classes_order() {
    let right = expected(&rows().train);
    assert_eq!(of_columns(columns!(backwards(|k| k.to_string()))).unwrap(), right);
    assert_eq!(of_columns(columns!(backwards(|k| format!("logit_{k}")))).unwrap(), right);
    assert_eq!(of_columns(columns!(backwards(|k| format!("logits[{k}]")))).unwrap(), right);
    assert_eq!(of_columns(columns!(backwards(|k| SOURCE.classes()[k].clone()))).unwrap(), right);
}

#[test]
fn a_gap_or_a_doubling_among_the_columns_numbers_is_refused() {
    let gap = of_columns(columns!(backwards(|k| (k + usize::from(k >= 4)).to_string()))).unwrap_err();
    assert!(gap.contains("has no column for class 4"), "{gap}");
    let from_1 = of_columns(columns!(backwards(|k| (k + 1).to_string()))).unwrap_err();
    assert!(from_1.contains("no column for class 0 (classes count from 0)"), "{from_1}");
    let twice = of_columns(columns!(backwards(|k| format!("c{}", k.min(8))))).unwrap_err();
    assert!(twice.contains("two columns for class 8"), "{twice}");
    fn name(k: usize) -> String {
        if k == 3 { "confidence".to_owned() } else { SOURCE.classes()[k].clone() }
    }
    let other = of_columns(columns!(backwards(name))).unwrap_err();
    assert!(other.contains("`confidence`, which is no class"), "{other}");
}

#[test]
fn an_index_of_pandas_is_left_out_where_it_counts_the_rows_and_asked_about_where_it_does_not() {
    fn with(values: fn(usize) -> usize) -> Vec<(String, Numbers)> {
        let n = rows().train.len() + rows().validation.len();
        vec![("__index_level_0__".into(), Numbers::Integers((0..n).map(|row| values(row) as i64).collect()))]
    }
    fn counting(path: &Path) -> Result<Vec<(String, Numbers)>, String> {
        Ok([columns!(backwards(|k| k.to_string()))(path)?, with(|row| row)].concat())
    }
    fn other(path: &Path) -> Result<Vec<(String, Numbers)>, String> {
        Ok([columns!(backwards(|k| k.to_string()))(path)?, with(|row| 2 * row)].concat())
    }
    assert_eq!(of_columns(counting).unwrap(), expected(&rows().train));
    let said = of_columns(other).unwrap_err();
    assert!(said.contains("name it `index`") && said.contains("index=False"), "{said}");
}

#[test]
fn float64_logits_far_from_0_keep_their_differences_and_float32_ones_that_lost_them_are_warned_about() {
    let folder = Folder::new();
    let drawn = [rows().train, rows().validation].concat();
    let far = |row: usize, k: usize| f64::from(logit(row, k)) + 1e8;
    let values: Vec<f64> = drawn.iter().flat_map(|&row| (0..CLASSES).map(move |k| far(row, k))).collect();
    let shape = vec![drawn.len(), CLASSES];
    let tensors = |numbers| {
        let index = whole(drawn.iter().map(|&row| row as i64));
        let labels = whole(drawn.iter().map(|&row| label(row)));
        [("logits", Array { shape: shape.clone(), numbers }), ("index", index), ("labels", labels)]
    };
    let file = read(&folder.safetensors("b.safetensors", &tensors(Numbers::Float64(values.clone())), &[])).unwrap();
    assert!(file.warnings().is_empty());
    // Each row's largest is that of class 0, and class k is k behind.
    assert!(
        file.train
            .gather(&rows().train)
            .unwrap()
            .chunks_exact(CLASSES)
            .all(|row| { row.iter().enumerate().all(|(k, &value)| value == -(k as f32)) })
    );
    let narrow = Numbers::Float32(values.iter().map(|&value| value as f32).collect());
    let warned = read(&folder.safetensors("c.safetensors", &tensors(narrow), &[])).unwrap().warnings();
    assert!(warned[0].contains("1e8") && warned[0].contains("steps of 8"), "{warned:?}");
}

#[test]
fn logits_that_say_nothing_or_leave_nothing_open_are_warned_about() {
    let folder = Folder::new();
    let warned = |factor: f32| {
        let mut tensors = tensors();
        let Numbers::Float32(values) = &mut tensors[0].1.numbers else { panic!("logits") };
        values.iter_mut().for_each(|value| *value *= factor);
        read(&folder.safetensors(&format!("{factor}.safetensors"), &tensors, &[])).unwrap().warnings()
    };
    // Class k is k behind the row's largest, the last of ten is 9 behind.
    assert_eq!(warned(1.0), [""; 0]);
    assert_eq!(warned(2e-3), [""; 0], "a lead of 0.002 alone is not flat: the last class is 0.018 behind");
    assert!(warned(1e-3)[0].contains("differ by at most 9.0e-3 ") && warned(1e-3)[0].contains("nearly uniform"));
    assert!(warned(200.0)[0].contains("differ by 200 ") && warned(200.0)[0].contains("soft labels are the hard ones"));
}

/// The good file with every logit of class 0 raised by this much, rows in another order.
fn raised(by: f32, reversed: bool) -> Vec<(&'static str, Array)> {
    let mut drawn = [rows().train, rows().validation].concat();
    if reversed {
        drawn.reverse();
    }
    let mut logits = floats(&drawn);
    let Numbers::Float32(values) = &mut logits.numbers else { unreachable!() };
    values.iter_mut().step_by(CLASSES).for_each(|value| *value += by);
    vec![
        ("logits", logits),
        ("index", whole(drawn.iter().map(|&row| row as i64))),
        ("labels", whole(drawn.iter().map(|&row| label(row)))),
    ]
}

fn member(paths: &LogitsPaths) -> LogitsFile {
    let wanted = LogitsWanted { source: &SOURCE, rows: &rows(), parquet: None, kind: OutputKind::LOGITS };
    LogitsFile::read_member(paths, wanted).unwrap()
}

#[test]
fn an_ensemble_averages_the_probabilities_of_each_example_whatever_the_order_of_rows_and_members() {
    let folder = Folder::new();
    let one = folder.safetensors("one.safetensors", &raised(0.0, false), &[]);
    let two = folder.safetensors("two.safetensors", &raised(3.0, true), &[]);
    let ensemble = LogitsFile::ensemble(vec![member(&one), member(&two)]).unwrap();
    ensemble.check_labels(&data()).unwrap();
    assert_eq!(ensemble.members(), Some(2));

    // Logits 0, -1, ..., -9 in both but for class 0, which is 0 and 3.
    let tail: f64 = (1..CLASSES).map(|class| (-(class as f64)).exp()).sum();
    let top = 3f64.exp();
    let wanted = |class: usize| match class {
        0 => (1.0 / (1.0 + tail) + top / (top + tail)) / 2.0,
        class => (-(class as f64)).exp() * (1.0 / (1.0 + tail) + 1.0 / (top + tail)) / 2.0,
    };
    let found = ensemble.train.gather(&rows().train).unwrap();
    for (at, &logit) in found.iter().enumerate() {
        let (found, wanted) = (f64::from(logit).exp(), wanted(at % CLASSES));
        assert!((found - wanted).abs() < 1e-5 * wanted, "{found} {wanted}");
    }

    let turned = LogitsFile::ensemble(vec![member(&two), member(&one)]).unwrap();
    assert_eq!(turned, ensemble);
    assert_eq!(turned.hash(), ensemble.hash());
    for alone in [&one, &two] {
        assert_ne!(member(alone).hash(), ensemble.hash());
    }
}

#[test]
fn members_that_do_not_fit_are_refused_with_both_names() {
    let folder = Folder::new();
    let one = folder.safetensors("one.safetensors", &raised(0.0, false), &[]);
    let copy = folder.safetensors("copy.safetensors", &raised(0.0, false), &[]);
    let tested = folder.safetensors("tested.safetensors", &tensors(), &[]);
    let all: Vec<usize> = (0..60_000).collect();
    let complete = [("logits", floats(&all)), ("labels", whole(all.iter().map(|&row| label(row))))];
    let complete = folder.safetensors("complete.safetensors", &complete, &[]);
    for (other, words) in [
        (&copy, vec!["copy.safetensors holds the same logits as ", "one.safetensors"]),
        (&tested, vec!["tested.safetensors has logits of them and ", "one.safetensors has none"]),
        (&complete, vec!["complete.safetensors holds the logits of other training examples", "(60000 and 11)"]),
    ] {
        let said = LogitsFile::ensemble(vec![member(&one), member(other)]).unwrap_err();
        assert_eq!(said.path, other.file);
        for words in words {
            assert!(said.to_string().contains(words), "no `{words}` in: {said}");
        }
    }
}

#[test]
fn labels_of_any_member_are_held_against_the_data() {
    let folder = Folder::new();
    let one = folder.safetensors("one.safetensors", &raised(0.0, false), &[]);
    let mut shifted = raised(3.0, false);
    let drawn = [rows().train, rows().validation].concat();
    shifted[2].1 = whole(drawn.iter().map(|&row| (label(row) + 1) % 10));
    let two = folder.safetensors("two.safetensors", &shifted, &[]);
    let ensemble = LogitsFile::ensemble(vec![member(&one), member(&two)]).unwrap();
    let said = ensemble.check_labels(&data()).unwrap_err();
    assert!(said.path == two.file && said.to_string().contains("11 of 11 labels differ"), "{said}");
}

#[test]
fn labels_beside_an_ensemble_are_for_members_without_their_own() {
    let folder = Folder::new();
    let drawn: Vec<usize> = [rows().train, rows().validation].concat();
    let beside = LogitsPaths {
        file: folder.write("bare.npy", &npy_file(&floats(&drawn))),
        labels: Some(folder.write("labels.npy", &npy_file(&whole(drawn.iter().map(|&row| label(row)))))),
        index: Some(folder.write("index.npy", &npy_file(&whole(drawn.iter().map(|&row| row as i64))))),
        ..LogitsPaths::default()
    };
    // In reverse, so that the labels beside are not those of its rows.
    let own = folder.safetensors("own.safetensors", &raised(3.0, true), &[]);
    let own = LogitsPaths { file: own.file, ..beside.clone() };
    LogitsFile::ensemble(vec![member(&beside), member(&own)]).unwrap().check_labels(&data()).unwrap();
}
