//! Arms: what they are, and what they make of logits and labels.

use fractionate_arms::{
    Arm, ArmDescriptor, ArmInputs, ArmOutput, Decoupling, TeacherProbabilities, TrainingStatistics, WeightNormalisation,
};
use fractionate_records::{Seed, Temperature, nearest};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::arrays::{self, Rows};
use crate::errors::value_error;

/// `arms()`: one dictionary for each arm.
pub(crate) fn arms(arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let py = arguments.py();
    let described: Vec<_> = Arm::all().map(|arm| described(py, &arm)).collect::<PyResult<_>>()?;
    Ok(PyList::new(py, described)?.into_any().unbind())
}

fn described<'py>(py: Python<'py>, arm: &Arm) -> PyResult<Bound<'py, PyDict>> {
    let ArmDescriptor { name, meaning, formula, keeps, takes_away, note, forms, .. } = arm.descriptor();
    let needs = arm.needs();
    let entry = PyDict::new(py);
    entry.set_item("name", name)?;
    entry.set_item("meaning", meaning)?;
    entry.set_item("formula", formula)?;
    entry.set_item("keeps", keeps)?;
    entry.set_item("takes_away", takes_away)?;
    entry.set_item("note", note)?;
    entry.set_item("forms", forms.iter().map(|form| (form.example, form.meaning)).collect::<Vec<_>>())?;
    entry.set_item("needs_teacher", needs.teacher)?;
    entry.set_item("needs_classifier", needs.classifier)?;
    entry.set_item("depends_on_seed", arm.depends_on_seed())?;
    entry.set_item("uses_lambda", arm.uses_lambda())?;
    entry.set_item("own_temperature", arm.own_temperature().map(Temperature::get))?;
    Ok(entry)
}

/// `targets(logits, labels, arm, temperature, seed, classifier)`: what the arm makes of a whole training set.
pub(crate) fn targets(arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let (logits, labels, arm, temperature, seed, classifier): (
        Bound<'_, PyAny>,
        Bound<'_, PyAny>,
        String,
        f64,
        u64,
        Option<Vec<Vec<f64>>>,
    ) = arguments.extract()?;
    let logits = arrays::rows(&logits, "logits")?;
    let asked = Asked {
        arm: parsed(&arm)?,
        labels: arrays::labels(&labels, logits.columns)?,
        logits,
        temperature: Temperature::try_from(temperature).map_err(value_error)?,
        seed: Seed(seed),
        classifier,
    };
    asked.made(arguments.py(), None)
}

/// An arm by its name, with its options.
pub(crate) fn parsed(name: &str) -> PyResult<Arm> {
    Arm::parse(name).map_err(|error| match nearest(name, Arm::all().map(|arm| arm.base_name())) {
        Some(arm) => value_error(format!("{error}: did you mean `{arm}`?")),
        None => value_error(format!("{error} (fractionate.arms() lists them all)")),
    })
}

/// What an arm is asked for.
pub(crate) struct Asked<'a> {
    pub(crate) arm: Arm,
    pub(crate) logits: Rows<'a>,
    pub(crate) labels: Vec<u16>,
    pub(crate) temperature: Temperature,
    pub(crate) seed: Seed,
    pub(crate) classifier: Option<Vec<Vec<f64>>>,
}

impl Asked<'_> {
    /// What the arm makes, for Python: `(kind, numbers, options)`. The interpreter is released meanwhile.
    pub(crate) fn made(&self, py: Python<'_>, statistics: Option<&TrainingStatistics>) -> PyResult<Py<PyAny>> {
        let output = py.detach(|| self.output(statistics)).map_err(value_error)?;
        let examples = self.labels.len();
        let options = PyDict::new(py);
        let (kind, numbers) = match output {
            ArmOutput::Hard => ("hard", None),
            ArmOutput::Targets(targets) => {
                ("soft", Some(arrays::given(py, targets.into_vec(), vec![examples, self.logits.columns])?))
            }
            ArmOutput::Weights(weights) => {
                let normalisation = match weights.normalisation() {
                    WeightNormalisation::BatchSize => "batch-size",
                    WeightNormalisation::SumOverBatch => "sum-over-batch",
                };
                options.set_item("normalisation", normalisation)?;
                ("weighted", Some(arrays::given(py, weights.into_vec(), vec![examples])?))
            }
            ArmOutput::Decoupled(targets, Decoupling { alpha, beta, warmup_epochs }) => {
                options.set_item("alpha", alpha)?;
                options.set_item("beta", beta)?;
                options.set_item("warmup_epochs", warmup_epochs)?;
                ("decoupled", Some(arrays::given(py, targets.into_vec(), vec![examples, self.logits.columns])?))
            }
        };
        Ok((kind, numbers, options).into_pyobject(py)?.into_any().unbind())
    }

    fn output(&self, statistics: Option<&TrainingStatistics>) -> Result<ArmOutput, String> {
        let needs = self.arm.needs();
        let at = |temperature| probabilities(self.logits, temperature);
        let teacher = needs.teacher.then(|| at(self.temperature)).transpose()?;
        let at_one = needs.probabilities_at_one.then(|| at(Temperature::ONE)).transpose()?;
        let inputs = ArmInputs {
            teacher: teacher.as_ref(),
            teacher_at_one: at_one.as_ref(),
            teacher_classifier: self.classifier.as_deref(),
            labels: &self.labels,
            classes: self.logits.columns,
            statistics,
            seed: self.seed,
        };
        self.arm.targets(&inputs).map_err(|error| error.to_string())
    }
}

/// The teacher's probabilities of logits.
pub(crate) fn probabilities(logits: Rows<'_>, temperature: Temperature) -> Result<TeacherProbabilities, String> {
    TeacherProbabilities::from_logits(logits.numbers, logits.columns, temperature).map_err(|error| error.to_string())
}
