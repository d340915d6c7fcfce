//! Where the teacher comes from.

use std::path::PathBuf;
use std::sync::Arc;

use fractionate_records::{ModuleInputs, Seed, TrainedTeacherConfig};
use fractionate_training::{DataSource, LogitsFile, LogitsPaths, LogitsWanted, ModuleFile, SplitRows};

use super::super::files::Files;
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::Field;
use super::super::spec::{LogitsSpec, OriginSpec, TeacherSpec, TrainedTeacherSpec};
use super::super::{SplitSizes, TeacherSettings};
use super::ranges::{ranged, word};
use super::{model, training};

/// The inner option is the suite's, the outer one says whether it is sound.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
pub(super) fn check(
    field: &Field<TeacherSpec>,
    source: Option<&DataSource>,
    sizes: Option<SplitSizes>,
    files: &Files,
    problems: &mut Problems,
) -> Option<Option<TeacherSettings>> {
    let spec = match field {
        Field::Absent => return Some(None),
        Field::Bad => return None,
        Field::Given(given) => &given.value,
    };
    let settings = match &spec.origin {
        OriginSpec::Training(spec) => TeacherSettings::Trained(trained(spec, source, sizes, problems)?),
        OriginSpec::Logits(spec) => TeacherSettings::Logits(Arc::new(logits(spec, source?, sizes?, files, problems)?)),
        OriginSpec::Module { file, inputs } => TeacherSettings::Module(module(file, inputs, source?, files, problems)?),
        OriginSpec::World => world(&spec.from, source?, problems)?,
        OriginSpec::Unknown => {
            let origins = ["training", "logits", "module", "world"].map(|word| (word, ()));
            return word(&spec.from, (), "teacher.from", &origins, problems).and(None);
        }
    };
    Some(Some(settings))
}

fn trained(
    spec: &TrainedTeacherSpec,
    source: Option<&DataSource>,
    sizes: Option<SplitSizes>,
    problems: &mut Problems,
) -> Option<TrainedTeacherConfig> {
    let model = model::check(&spec.model, source, problems);
    let training = training::check(&spec.training, sizes.map(|sizes| sizes.teacher_examples), problems);
    let threads =
        ranged(&spec.threads, Some(2), "teacher.threads", "from 1 to 256", |n| (1..=256).contains(&n), problems);
    let seed = spec.seed.value_or(0).map(Seed);
    let label_smoothing = ranged(
        &spec.label_smoothing,
        Some(0.0),
        "teacher.label_smoothing",
        "in [0, 1)",
        |mass| (0.0..1.0).contains(&mass),
        problems,
    );
    Some(TrainedTeacherConfig {
        model: model?,
        training: training?,
        threads: threads?,
        seed: seed?,
        label_smoothing: label_smoothing?,
    })
}

/// The logits, read and held against what is known of the data set before its files are read.
fn logits(
    spec: &LogitsSpec,
    source: &DataSource,
    sizes: SplitSizes,
    files: &Files,
    problems: &mut Problems,
) -> Option<LogitsFile> {
    let LogitsSpec { file, labels, index, test_file, test_labels } = spec;
    let beside = [labels, index, test_file, test_labels];
    // A name of the wrong type is a problem already.
    if beside.iter().any(|field| **field == Field::Bad) {
        return None;
    }
    let path = |field: &Field<String>| field.given().map(|name| files.resolve(&name.value));
    let [labels, index, test_file, test_labels] = beside.map(path);
    let paths = LogitsPaths { file: path(file)?, labels, index, test_file, test_labels };
    let rows = SplitRows::draw(source, sizes.into());
    let wanted = LogitsWanted { source, rows: &rows, parquet: files.parquet };
    match LogitsFile::read(&paths, wanted) {
        Ok(logits) => Some(logits),
        Err(error) => {
            let named = [file].into_iter().chain(beside).filter(|field| path(field).as_ref() == Some(&error.path));
            let place = named.filter_map(Field::given).next().map_or(Place::Whole, |given| given.place.clone());
            problems.add(place, error.to_string(), "not a teacher's logits of this data", None);
            None
        }
    }
}

/// Only a world has class scores of its own.
fn world(from: &Field<String>, source: &DataSource, problems: &mut Problems) -> Option<TeacherSettings> {
    if matches!(source, DataSource::World(_)) {
        return Some(TeacherSettings::World);
    }
    let message = format!("`teacher.from` cannot be \"world\": the data set is {}", source.title());
    let help = "a world's own teacher needs `data.set = \"world\"`";
    problems.add(from.given()?.place.clone(), message, "no world", Some(help.into()));
    None
}

/// The module, loaded and tried.
fn module(
    file: &Field<String>,
    inputs: &Field<String>,
    source: &DataSource,
    files: &Files,
    problems: &mut Problems,
) -> Option<ModuleFile> {
    let choices = [("standardised", ModuleInputs::Standardised), ("unit", ModuleInputs::Unit)];
    let inputs = word(inputs, ModuleInputs::Standardised, "teacher.inputs", &choices, problems);
    let given = file.given()?;
    let path: PathBuf = files.resolve(&given.value);
    if source.is_text() {
        let message = format!("a module takes numbers, and the examples of {} are texts", source.title());
        problems.add(given.place.clone(), message, "not a teacher of texts", None);
        return None;
    }
    match ModuleFile::read(&path, inputs?, source.shape()) {
        Ok(module) => Some(module),
        Err(error) => {
            problems.add(given.place.clone(), error.to_string(), "not a teacher of this data", None);
            None
        }
    }
}
