//! A calibration file as written.

use super::document::{Table, Value};
use super::place::Placed;
use super::problems::Problems;
use super::reader::{Field, Reader};
use super::spec::{DataSpec, DistillationSpec, ModelSpec, TrainingSpec, TuneSpec, required_table};

/// A whole calibration file.
#[derive(Debug)]
pub(super) struct CalibrationSpec {
    pub(super) name: Field<String>,
    pub(super) seeds: Field<usize>,
    pub(super) data: Option<DataSpec>,
    pub(super) student: Option<ModelSpec>,
    pub(super) distillation: Option<DistillationSpec>,
    pub(super) training: Option<TrainingSpec>,
    pub(super) tune: Option<TuneSpec>,
}

const KEYS: [&str; 7] = ["name", "seeds", "data", "student", "distillation", "training", "tune"];

impl CalibrationSpec {
    /// Reads the document; unknown keys, missing ones and wrong types become problems.
    pub(super) fn read(document: &Placed<Value>, problems: &mut Problems) -> Self {
        let empty = Table::new();
        let table = if let Value::Table(table) = &document.value { table } else { &empty };
        let reader = Reader::new(table, document.place.clone(), "", &KEYS, problems);
        Self {
            name: reader.required("name", "\"small-world\"", problems),
            seeds: reader.required("seeds", "40_000", problems),
            data: required_table(&reader, "data", "set = \"world\"", problems)
                .map(|table| DataSpec::read(&table, problems)),
            student: required_table(&reader, "student", "model = \"mlp\"", problems)
                .map(|table| ModelSpec::read_student(&table, problems)),
            distillation: required_table(&reader, "distillation", "temperature = 2.0", problems)
                .map(|table| DistillationSpec::read(&table, problems)),
            training: required_table(&reader, "training", "learning_rate = 0.03", problems)
                .map(|table| TrainingSpec::read_students(&table, problems)),
            tune: required_table(&reader, "tune", "learning_rate = [0.01, 0.03]", problems)
                .map(|table| TuneSpec::read(&table, problems)),
        }
    }
}
