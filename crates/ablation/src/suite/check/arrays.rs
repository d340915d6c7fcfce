//! A user's own arrays: whether they are a data set.

use std::path::{Path, PathBuf};

use fractionate_training::{ArrayPaths, ArraysKey, ArraysSource};

use super::super::arrays_spec::ArraysSpec;
use super::super::files::Files;
use super::super::place::{Place, Placed};
use super::super::problems::Problems;
use super::super::reader::Field;
use super::super::spec::DataSpec;

const SPLIT: &str = "give `test_examples` a number, and the last examples are the test examples; or name their files \
                     with `test_examples_file` and `test_labels`";

/// The arrays, read and found to be a data set.
pub(super) fn check(data: &DataSpec, files: &Files, problems: &mut Problems) -> Option<ArraysSource> {
    let spec = data.arrays.as_ref()?;
    let names = class_names(&spec.class_names, problems);
    let examples = spec.examples.given();
    let of_examples =
        |key: &Field<String>, name: &str, problems: &mut Problems| labels_beside(examples?, key, name, files, problems);
    let labels = of_examples(&spec.labels, "labels", problems);
    let test = test_files(spec, files, problems);
    let last = match &data.test_examples {
        Field::Bad => return None,
        Field::Absent => None,
        Field::Given(last) => Some(last.value),
    };
    let paths = ArrayPaths { examples: files.resolve(&examples?.value), labels: labels?, test: test? };
    ArraysSource::look_at(paths, names?, last)
        .map_err(|found| {
            for problem in found {
                let (place, help) = blamed(problem.key, data, spec);
                problems.add(place.clone(), problem.message, "not usable", help.map(str::to_owned));
            }
        })
        .ok()
}

/// The labels' file: the examples' own where that holds several arrays.
fn labels_beside(
    examples: &Placed<String>,
    labels: &Field<String>,
    key: &str,
    files: &Files,
    problems: &mut Problems,
) -> Option<PathBuf> {
    match labels {
        Field::Bad => None,
        Field::Given(labels) => Some(files.resolve(&labels.value)),
        Field::Absent if Path::new(&examples.value).extension().is_some_and(|e| e == "safetensors") => {
            Some(files.resolve(&examples.value))
        }
        Field::Absent => {
            let message =
                format!("`{}` holds one array alone, and `data.{key}` does not name its labels", examples.value);
            let help = format!("for example `{key} = \"labels.npy\"`");
            problems.add(examples.place.clone(), message, "without labels", Some(help));
            None
        }
    }
}

/// The inner option is the suite's, the outer one says whether it is sound.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
fn test_files(spec: &ArraysSpec, files: &Files, problems: &mut Problems) -> Option<Option<(PathBuf, PathBuf)>> {
    match (&spec.test_examples_file, &spec.test_labels) {
        (Field::Bad, _) | (_, Field::Bad) => None,
        (Field::Absent, Field::Absent) => Some(None),
        (Field::Given(examples), labels) => {
            let labels = labels_beside(examples, labels, "test_labels", files, problems)?;
            Some(Some((files.resolve(&examples.value), labels)))
        }
        (Field::Absent, Field::Given(labels)) => {
            let message = "there are test labels and no `data.test_examples_file`";
            problems.add(labels.place.clone(), message, "labels of nothing", Some(SPLIT.to_owned()));
            None
        }
    }
}

/// The inner option is the suite's, the outer one says whether it is sound.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
fn class_names(field: &Field<Vec<Placed<String>>>, problems: &mut Problems) -> Option<Option<Vec<String>>> {
    let names = match field {
        Field::Absent => return Some(None),
        Field::Bad => return None,
        Field::Given(names) => &names.value,
    };
    let mut sound = true;
    for (at, name) in names.iter().enumerate() {
        let message = if name.value.trim().is_empty() || name.value.contains(char::is_control) {
            format!("{:?} is no name of a class", name.value)
        } else if names[..at].iter().any(|earlier| earlier.value == name.value) {
            format!("two classes are called `{}`", name.value)
        } else {
            continue;
        };
        problems.add(name.place.clone(), message, "not a name of its own", None);
        sound = false;
    }
    sound.then(|| Some(names.iter().map(|name| name.value.clone()).collect()))
}

/// The place of a problem of the arrays, and what would be right.
fn blamed<'a>(key: ArraysKey, data: &'a DataSpec, spec: &'a ArraysSpec) -> (&'a Place, Option<&'static str>) {
    let files = [&spec.examples, &spec.labels, &spec.test_examples_file, &spec.test_labels];
    let (fields, help) = match key {
        ArraysKey::Examples => ([files[0], files[0]], None),
        ArraysKey::Labels => ([files[1], files[0]], None),
        ArraysKey::TestExamples => ([files[2], files[2]], None),
        ArraysKey::TestLabels => ([files[3], files[2]], None),
        ArraysKey::TestCount => ([files[0], files[0]], Some(SPLIT)),
    };
    let given = fields.into_iter().find_map(Field::given).map(|given| &given.place);
    match (&data.test_examples, key) {
        (Field::Given(count), ArraysKey::TestCount) => (&count.place, help),
        _ => (given.unwrap_or(&Place::Whole), help),
    }
}
