//! A user's own arrays: whether they are a data set.

use std::path::{Path, PathBuf};

use fractionate_data::{ArrayPaths, ArraysKey, ArraysSource, Channels};

use super::super::files::Files;
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::{Field, Given, Keys as _};
use super::super::spec::{ArraysSpec, DataSpec};
use super::ranges::word;

const SPLIT: &str = "give `test_examples` a number, and the last examples are the test examples; or name their files \
                     with `test_examples_file` and `test_labels`";

/// The arrays, read and found to be a data set.
pub(super) fn check(data: &DataSpec, files: &Files<'_>, problems: &mut Problems) -> Option<ArraysSource> {
    let spec = data.arrays.as_ref()?;
    let names = spec.class_names.check(|names| class_names(&names.value, problems));
    let examples = spec.examples.given();
    let of_examples =
        |key: &Field<String>, name: &str, problems: &mut Problems| labels_file(examples?, key, name, files, problems);
    let labels = of_examples(&spec.labels, "labels", problems);
    let test = test_files(spec, files, problems);
    let last = data.common.test_examples.check(|last| Some(last.value))?;
    let words = [("first", Some(Channels::First)), ("last", Some(Channels::Last))];
    let channels = word(&spec.channels, None, &words, problems);
    let examples = files.resolve(&examples?.value);
    let paths = ArrayPaths { examples, labels: labels?, test: test?, channels: channels? };
    ArraysSource::look_at(paths, names?, last)
        .inspect(|source| source.warnings().iter().for_each(|warning| problems.warn(warning.clone())))
        .map_err(|found| {
            for problem in found {
                let (place, help) = blamed(problem.key, data, spec);
                problems.add(place, problem.message, "not usable", help.map(str::to_owned));
            }
        })
        .ok()
}

/// The labels' file: the examples' own where that holds several arrays.
fn labels_file(
    examples: &Given<String>,
    labels: &Field<String>,
    key: &str,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<PathBuf> {
    match labels {
        Field::Bad => None,
        Field::Given(labels) => Some(files.resolve(&labels.value)),
        Field::Absent if Path::new(&examples.value).extension().is_some_and(|e| e == "safetensors" || e == "npz") => {
            Some(files.resolve(&examples.value))
        }
        Field::Absent => {
            let message =
                format!("`{}` holds one array alone, and `data.{key}` does not name its labels", examples.value);
            let help = format!("for example `{key} = \"labels.npy\"`");
            problems.refuse(&examples.place, message, "without labels", Some(help))
        }
    }
}

/// The inner option is the suite's, the outer one says whether it is sound.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
fn test_files(spec: &ArraysSpec, files: &Files<'_>, problems: &mut Problems) -> Option<Option<(PathBuf, PathBuf)>> {
    match (&spec.test_examples_file, &spec.test_labels) {
        (Field::Bad, _) | (_, Field::Bad) => None,
        (Field::Absent, Field::Absent) => Some(None),
        (Field::Given(examples), labels) => {
            let labels = labels_file(examples, labels, "test_labels", files, problems)?;
            Some(Some((files.resolve(&examples.value), labels)))
        }
        (Field::Absent, Field::Given(labels)) => {
            let message = "there are test labels and no `data.test_examples_file`";
            problems.refuse(&labels.place, message, "labels of nothing", Some(SPLIT.to_owned()))
        }
    }
}

pub(super) fn class_names(names: &[Given<String>], problems: &mut Problems) -> Option<Vec<String>> {
    let mut sound = true;
    for (at, name) in names.iter().enumerate() {
        let message = if name.value.trim().is_empty() || name.value.contains(char::is_control) {
            format!("{:?} is not a name of a class", name.value)
        } else if names[..at].iter().any(|earlier| earlier.value == name.value) {
            format!("two classes are called `{}`", name.value)
        } else {
            continue;
        };
        problems.add(&name.place, message, "not a name of its own", None);
        sound = false;
    }
    sound.then(|| names.iter().map(|name| name.value.clone()).collect())
}

/// The place of a problem of the arrays, and what would be right.
fn blamed<'a>(key: ArraysKey, data: &'a DataSpec, spec: &'a ArraysSpec) -> (&'a Place, Option<&'static str>) {
    let (places, help) = match key {
        ArraysKey::Examples => ([None, spec.place_of("examples")], None),
        ArraysKey::Labels => ([spec.place_of("labels"), spec.place_of("examples")], None),
        ArraysKey::TestExamples => ([None, spec.place_of("test_examples_file")], None),
        ArraysKey::TestLabels => ([spec.place_of("test_labels"), spec.place_of("test_examples_file")], None),
        ArraysKey::TestCount => ([data.common.place_of("test_examples"), spec.place_of("examples")], Some(SPLIT)),
    };
    (places.into_iter().flatten().next().unwrap_or(&Place::Whole), help)
}
