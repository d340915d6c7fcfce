//! Arrays read from their files and checked against each other.

use std::path::Path;
use std::sync::Arc;

use super::{ArrayPaths, ArraysKey, ArraysProblem, Channels};
use crate::array_file::{Array, Numbers, read_arrays};
use crate::sets::{DataSet, ExampleShape, Part, PictureOrder, Rows};

/// Labels are kept as 16 bits.
const MOST_CLASSES: usize = 1 << 15;

/// Examples as they lie in a file.
struct Examples {
    rows: Rows,
    /// [examples, features], [examples, height, width] or [examples, channels, height, width].
    shape: Vec<usize>,
}

/// The data set, or everything that is wrong with it. `classes` is their number where the user names them, `last` the
/// number of test examples at the end where no files hold them.
pub(super) fn load(
    paths: &ArrayPaths,
    classes: Option<usize>,
    last: Option<usize>,
) -> Result<DataSet, Vec<ArraysProblem>> {
    let mut problems = Vec::new();
    let channels = paths.channels;
    let train =
        part([(&paths.examples, ArraysKey::Examples), (&paths.labels, ArraysKey::Labels)], channels, &mut problems);
    let test = paths.test.as_ref().map(|(examples, labels)| {
        part([(examples, ArraysKey::TestExamples), (labels, ArraysKey::TestLabels)], channels, &mut problems)
    });
    let (train, test) = match (train, test) {
        (Some(train), Some(Some(test))) => (train, test),
        (Some(train), None) => match split_off(paths, train, last) {
            Ok(parts) => parts,
            Err(problem) => return Err([problems, vec![problem]].concat()),
        },
        _ => return Err(problems),
    };
    let data = matching(paths, train, test, classes, &mut problems);
    let Some(mut data) = data.filter(|_| problems.is_empty()) else { return Err(problems) };
    let plane = data.shape.picture.map_or(data.shape.features, |(height, width)| height * width);
    if data.shape.features > plane {
        data.order = PictureOrder::of(data.shape, &data.train, &data.test).map(Arc::new);
    }
    match unnamed_and_absent(paths, &data).filter(|_| classes.is_none()) {
        None => Ok(data),
        Some(problem) => Err(vec![problem]),
    }
}

fn problem(key: ArraysKey, path: &Path, reason: &str) -> ArraysProblem {
    ArraysProblem { key, message: format!("{} {reason}", path.display()) }
}

/// Examples and labels of one pair of files, as many of one as of the other.
fn part(
    [examples, labels]: [(&Path, ArraysKey); 2],
    channels: Option<Channels>,
    problems: &mut Vec<ArraysProblem>,
) -> Option<(Examples, Vec<u16>)> {
    let read_examples = array(examples.0, "examples").and_then(|array| to_examples(array, channels));
    let read_labels = array(labels.0, "labels").and_then(|array| to_labels(&array));
    let mut sound = |reason: String, (path, key): (&Path, ArraysKey)| problems.push(problem(key, path, &reason));
    match (read_examples, read_labels) {
        (Ok(of), Ok(read)) if of.shape[0] == read.len() => return Some((of, read)),
        (Ok(of), Ok(read)) => {
            let reason = format!(
                "has {} labels, and there are {} examples in {}",
                read.len(),
                of.shape[0],
                examples.0.display()
            );
            sound(reason, labels);
        }
        (of, read) => {
            of.err().into_iter().for_each(|reason| sound(reason, examples));
            read.err().into_iter().for_each(|reason| sound(reason, labels));
        }
    }
    None
}

/// The array of a file; that of this name in a file of several. An error completes "FILE ...".
fn array(path: &Path, name: &str) -> Result<Array, String> {
    let bytes = fractionate_records::read_user_file(path)?;
    let read = read_arrays(path, &bytes, name).ok_or("is neither a .npy, .npz nor .safetensors file by its name")?;
    let mut arrays = read.map_err(|error| error.to_string())?.arrays;
    let names: Vec<String> = arrays.keys().map(|name| format!("`{name}`")).collect();
    let array = arrays.remove(name).ok_or_else(|| format!("has no tensor `{name}`, only {}", names.join(", ")))?;
    array.map_err(|error| match names.len() {
        1 => error.to_string(),
        _ => format!("has a tensor `{name}` that cannot be used: it {error}"),
    })
}

fn to_examples(Array { shape, numbers }: Array, channels: Option<Channels>) -> Result<Examples, String> {
    if !matches!(shape.len(), 2..=4) {
        return Err(format!(
            "has the shape {shape:?} where examples have [examples, features], [examples, height, width], or a \
             picture's channels before or after height and width"
        ));
    }
    if shape.contains(&0) {
        return Err(format!("has the shape {shape:?}: there is nothing in it"));
    }
    let rows = match numbers {
        Numbers::Bytes(bytes) => Rows::Bytes(bytes.into()),
        Numbers::Float32(values) => Rows::Numbers(values),
        // As the same numbers in 32 bits, where they are.
        Numbers::Float64(values) if values.iter().all(|&value| f64::from(value as f32) == value) => {
            Rows::Numbers(values.into_iter().map(|value| value as f32).collect())
        }
        Numbers::Float64(values) => Rows::Doubles(values),
        Numbers::Integers(_) => {
            return Err("holds whole numbers beyond bytes where examples are float32, float64 or uint8".to_owned());
        }
    };
    let not_finite = match &rows {
        Rows::Numbers(values) => values.iter().position(|value| !value.is_finite()).map(|at| (at, values[at])),
        Rows::Doubles(values) => {
            let found = values.iter().position(|&value| !(value as f32).is_finite());
            found.map(|at| (at, values[at] as f32))
        }
        _ => None,
    };
    if let Some((at, value)) = not_finite {
        let example = at / shape[1..].iter().product::<usize>();
        return Err(format!("holds {value} in example {example} (from 0), which is not a finite 32-bit number"));
    }
    channels_first(Examples { rows, shape }, channels)
}

/// Pictures whose channels come before height and width; of one channel without that axis.
fn channels_first(Examples { rows, shape }: Examples, channels: Option<Channels>) -> Result<Examples, String> {
    let [n, second, third, fourth] = shape[..] else { return Ok(Examples { rows, shape }) };
    let few = |length: usize| (1..=4).contains(&length);
    let channels = match (channels, few(second), few(fourth)) {
        (Some(channels), ..) => channels,
        (None, true, false) => Channels::First,
        (None, false, true) => Channels::Last,
        _ => {
            return Err(format!(
                "has the shape {shape:?}, which does not tell where the channels are: write `channels = \"first\"` or \
                 `channels = \"last\"`"
            ));
        }
    };
    let (rows, [channels, height, width]) = match channels {
        Channels::First => (rows, [second, third, fourth]),
        Channels::Last => (turned_rows(rows, second * third, fourth), [fourth, second, third]),
    };
    let shape = if channels == 1 { vec![n, height, width] } else { vec![n, channels, height, width] };
    Ok(Examples { rows, shape })
}

fn turned_rows(rows: Rows, pixels: usize, channels: usize) -> Rows {
    match rows {
        Rows::Bytes(values) => Rows::Bytes(turned(&values, pixels, channels).into()),
        Rows::Numbers(values) => Rows::Numbers(turned(&values, pixels, channels)),
        Rows::Doubles(values) => Rows::Doubles(turned(&values, pixels, channels)),
        rows => rows,
    }
}

/// From pixel by pixel to channel by channel, example by example.
fn turned<T: Copy>(values: &[T], pixels: usize, channels: usize) -> Vec<T> {
    let example = |example: &[T]| -> Vec<T> {
        (0..channels)
            .flat_map(|channel| (0..pixels).map(move |pixel| (pixel, channel)))
            .map(|(pixel, channel)| example[pixel * channels + channel])
            .collect()
    };
    values.chunks_exact(pixels * channels).flat_map(example).collect()
}

fn to_labels(Array { shape, numbers }: &Array) -> Result<Vec<u16>, String> {
    // Many write a column: [examples, 1].
    if shape.is_empty() || shape[1..].iter().any(|&length| length != 1) {
        let one_hot = if shape.len() == 2 { "; of one-hot rows save their argmax" } else { "" };
        return Err(format!("has the shape {shape:?} where labels have [examples]{one_hot}"));
    }
    let values: Vec<i64> = match numbers {
        Numbers::Bytes(bytes) => bytes.iter().map(|&byte| i64::from(byte)).collect(),
        Numbers::Integers(values) => values.clone(),
        Numbers::Float32(_) | Numbers::Float64(_) => {
            return Err(format!("holds {} where labels are whole numbers", numbers.kind()));
        }
    };
    let label = |(example, &value): (usize, &i64)| {
        let label = u16::try_from(value).ok().filter(|&label| usize::from(label) < MOST_CLASSES);
        label.ok_or_else(|| {
            format!("has the label {value} at example {example} (from 0): labels go from 0 to {}", MOST_CLASSES - 1)
        })
    };
    values.iter().enumerate().map(label).collect()
}

type LabelledExamples = (Examples, Vec<u16>);

/// The last examples become the test part.
fn split_off(
    paths: &ArrayPaths,
    (examples, mut labels): LabelledExamples,
    last: Option<usize>,
) -> Result<(LabelledExamples, LabelledExamples), ArraysProblem> {
    let all = labels.len();
    let Some(last) = last.filter(|last| (1..all).contains(last)) else {
        let reason = match last {
            None => "holds all examples, and nothing says which are test examples".to_owned(),
            Some(last) => format!("holds {all} examples, of which the last {last} cannot be test examples"),
        };
        return Err(problem(ArraysKey::TestCount, &paths.examples, &reason));
    };
    let Examples { rows, shape } = examples;
    let features: usize = shape[1..].iter().product();
    let at = (all - last) * features;
    let (rows, test_rows) = match rows {
        Rows::Bytes(bytes) => {
            let (train, test) = bytes.split_at(at);
            (Rows::Bytes(train), Rows::Bytes(test))
        }
        Rows::Numbers(mut values) => {
            let test = values.split_off(at);
            (Rows::Numbers(values), Rows::Numbers(test))
        }
        Rows::Doubles(mut values) => {
            let test = values.split_off(at);
            (Rows::Doubles(values), Rows::Doubles(test))
        }
        Rows::AsTheyAre(_) | Rows::Texts(_) => unreachable!("arrays are bytes or numbers"),
    };
    let test_labels = labels.split_off(all - last);
    let of = |count: usize| [&[count], &shape[1..]].concat();
    Ok((
        (Examples { rows, shape: of(all - last) }, labels),
        (Examples { rows: test_rows, shape: of(last) }, test_labels),
    ))
}

/// Both parts as one data set, if they fit together.
fn matching(
    paths: &ArrayPaths,
    (train, train_labels): LabelledExamples,
    (test, test_labels): LabelledExamples,
    classes: Option<usize>,
    problems: &mut Vec<ArraysProblem>,
) -> Option<DataSet> {
    let (test_examples, test_label_file) =
        paths.test.as_ref().map_or((&paths.examples, &paths.labels), |(e, l)| (e, l));
    if train.shape[1..] != test.shape[1..] {
        let reason =
            format!("has examples of shape {:?}, the training examples {:?}", &test.shape[1..], &train.shape[1..]);
        problems.push(problem(ArraysKey::TestExamples, test_examples, &reason));
    }
    let kind = |rows: &Rows| if matches!(rows, Rows::Bytes(_)) { "uint8" } else { "floating point" };
    if kind(&train.rows) != kind(&test.rows) {
        let reason = format!("holds {} where the training examples are {}", kind(&test.rows), kind(&train.rows));
        problems.push(problem(ArraysKey::TestExamples, test_examples, &reason));
    }
    let largest = train_labels.iter().chain(&test_labels).copied().max().map_or(0, usize::from);
    let known = classes.unwrap_or(largest + 1);
    let (test_key, first) = match paths.test {
        Some(_) => (ArraysKey::TestLabels, 0),
        None => (ArraysKey::Labels, train_labels.len()),
    };
    let both = [(&train_labels, &paths.labels, ArraysKey::Labels, 0), (&test_labels, test_label_file, test_key, first)];
    for (labels, path, key, first) in both {
        if let Some(at) = labels.iter().position(|&label| usize::from(label) >= known) {
            let reason = format!(
                "has the label {} at example {} (from 0), and there are {known} class names: labels count from 0",
                labels[at],
                first + at
            );
            problems.push(problem(key, path, &reason));
            // Once for each file.
            if paths.test.is_none() {
                break;
            }
        }
    }
    if known < 2 {
        problems.push(problem(ArraysKey::Labels, &paths.labels, "has one class alone: there is nothing to tell apart"));
    }
    let picture = match train.shape[..] {
        [_, height, width] | [_, _, height, width] => Some((height, width)),
        _ => None,
    };
    let shape = ExampleShape { features: train.shape[1..].iter().product(), picture, classes: known };
    let wide = [&train.rows, &test.rows].iter().any(|rows| matches!(rows, Rows::Doubles(_)));
    let part = |of: Examples, labels| Part { rows: if wide { widened(of.rows) } else { of.rows }, labels };
    Some(DataSet {
        shape,
        train: part(train, train_labels),
        test: part(test, test_labels),
        by_class: true,
        order: None,
        oracle: None,
    })
}

/// Both parts of a data set are of one kind.
fn widened(rows: Rows) -> Rows {
    match rows {
        Rows::Numbers(values) => Rows::Doubles(values.into_iter().map(f64::from).collect()),
        rows => rows,
    }
}

/// Labels that count from 1, or skip a class, are more often a mistake than a class that nobody saw.
fn unnamed_and_absent(paths: &ArrayPaths, data: &DataSet) -> Option<ArraysProblem> {
    let absent = (0..data.shape.classes).find(|&class| !data.train.labels.contains(&(class as u16)))?;
    let reason = format!(
        "has no training example of class {absent} (labels count from 0): if that is meant, name the classes with \
         `class_names`"
    );
    Some(problem(ArraysKey::Labels, &paths.labels, &reason))
}
