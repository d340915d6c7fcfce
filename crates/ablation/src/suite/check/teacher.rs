//! Where the teacher comes from.

use std::sync::Arc;

use fractionate_data::{DataSource, SplitRows};
use fractionate_records::{ModuleInputs, Seed, TrainedTeacherConfig};

use super::super::files::Files;
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::spec::{
    LogitsSpec, ModelSpec, ModuleSpec, OriginSpec, OutputSpec, TeacherSpec, TeacherTrainingSpec, TrainingSpec,
};
use super::super::{SplitSizes, TeacherSettings};
use super::output_kind::output_kind;
use super::ranges::{ranged, word};
use super::trained::Trained;
use super::{ensemble, model, program, training, weights};
use crate::teacher::{LogitsFile, LogitsPaths, LogitsWanted, ModuleFile};

/// The teacher, if it is sound.
pub(super) fn check(
    given: &Given<TeacherSpec>,
    source: Option<&DataSource>,
    sizes: Option<SplitSizes>,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<TeacherSettings> {
    let spec = &given.value;
    match &spec.origin {
        OriginSpec::Training(training) => {
            let of = Trained { table: &given.name, place: &given.place, by_program: false, source };
            trained(training, of, source, sizes, problems).map(TeacherSettings::Trained)
        }
        OriginSpec::Weights(spec) => weights::check(spec, source?, files, problems).map(TeacherSettings::Weights),
        OriginSpec::Logits(spec) => {
            logits(spec, source?, sizes?, files, problems).map(|logits| TeacherSettings::Logits(Arc::new(logits)))
        }
        OriginSpec::Ensemble(spec) => ensemble::check(spec, source?, sizes?, files, problems)
            .map(|ensemble| TeacherSettings::Logits(Arc::new(ensemble))),
        OriginSpec::Module(spec) => module(spec, source?, files, problems).map(TeacherSettings::Module),
        OriginSpec::Program(written) => {
            let (program, own) = &**written;
            let program = program::check(program, &given.name, None, files, problems)?;
            Some(TeacherSettings::Program { program: Arc::new(program), seed: Seed(own.seed.value_or(0)?) })
        }
        OriginSpec::World => world(&spec.from, source?, problems),
        OriginSpec::Unknown => {
            let origins =
                ["training", "weights", "logits", "ensemble", "module", "program", "world"].map(|word| (word, ()));
            word(&spec.from, (), &origins, problems).and(None)
        }
    }
}

fn trained(
    (model, training, spec): &(ModelSpec, TrainingSpec, TeacherTrainingSpec),
    of: Trained<'_>,
    source: Option<&DataSource>,
    sizes: Option<SplitSizes>,
    problems: &mut Problems,
) -> Option<TrainedTeacherConfig> {
    let model = model::check(model, source, problems);
    let training = training::check(training, of, sizes.map(|sizes| sizes.teacher_examples), problems);
    let threads = ranged(&spec.threads, Some(2), "from 1 to 256", |n| (1..=256).contains(&n), problems);
    let label_smoothing =
        ranged(&spec.label_smoothing, Some(0.0), "in [0, 1)", |mass| (0.0..1.0).contains(&mass), problems);
    Some(TrainedTeacherConfig {
        model: model?,
        training: training?,
        threads: threads?,
        seed: Seed(spec.seed.value_or(0)?),
        label_smoothing: label_smoothing?,
    })
}

/// The logits, read and compared with what is known of the data set before its files are read.
fn logits(
    (spec, output): &(LogitsSpec, OutputSpec),
    source: &DataSource,
    sizes: SplitSizes,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<LogitsFile> {
    let LogitsSpec { file, labels, index, test_file, test_labels } = spec;
    let kind = output_kind(output, problems);
    let others = [labels, index, test_file, test_labels];
    // A name of the wrong type is a problem already.
    if others.iter().any(|field| **field == Field::Bad) {
        return None;
    }
    let path = |field: &Field<String>| field.value().map(|name| files.resolve(name));
    let [labels, index, test_file, test_labels] = others.map(path);
    let paths = LogitsPaths { file: path(file)?, labels, index, test_file, test_labels };
    let rows = SplitRows::draw(source, sizes.into());
    let wanted = LogitsWanted { source, rows: &rows, parquet: files.readers.parquet, kind: kind? };
    match LogitsFile::read(&paths, wanted) {
        Ok(logits) => {
            logits.warnings().into_iter().for_each(|warning| problems.warn(warning));
            Some(logits)
        }
        Err(error) => {
            let named = [file].into_iter().chain(others).filter(|field| path(field).as_ref() == Some(&error.path));
            let place = named.map(Field::place).next().unwrap_or(&Place::Whole);
            problems.refuse(place, error.to_string(), "not a teacher's logits of this data", None)
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
    problems.refuse(from.place(), message, "no world", Some(help.into()))
}

/// The module, read and not run.
fn module(
    (spec, output): &(ModuleSpec, OutputSpec),
    source: &DataSource,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<ModuleFile> {
    let choices = [("standardised", ModuleInputs::Standardised), ("unit", ModuleInputs::Unit)];
    let inputs = word(&spec.inputs, ModuleInputs::Standardised, &choices, problems);
    let kind = output_kind(output, problems);
    let given = spec.file.given()?;
    let path = files.resolve(&given.value);
    if source.is_text() {
        let message = format!("a module takes numbers, and the examples of {} are texts", source.title());
        return problems.refuse(&given.place, message, "not a teacher of texts", None);
    }
    match ModuleFile::read(&path, inputs?, kind?) {
        Ok(module) => Some(module),
        Err(error) => problems.refuse(&given.place, error.to_string(), "not a teacher of this data", None),
    }
}
