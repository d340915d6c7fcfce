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

/// `arm(name)`: the dictionary of one arm, with its options.
pub(crate) fn arm(arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let (name,): (String,) = arguments.extract()?;
    Ok(described(arguments.py(), &parsed(&name)?)?.into_any().unbind())
}

fn described<'py>(py: Python<'py>, arm: &Arm) -> PyResult<Bound<'py, PyDict>> {
    let ArmDescriptor { meaning, formula, keeps, takes_away, note, forms, .. } = arm.descriptor();
    let needs = arm.needs();
    let entry = PyDict::new(py);
    entry.set_item("name", arm.name())?;
    entry.set_item("meaning", meaning)?;
    entry.set_item("formula", formula)?;
    entry.set_item("keeps", keeps)?;
    entry.set_item("takes_away", takes_away)?;
    entry.set_item("note", note)?;
    entry.set_item("forms", forms.iter().map(|form| (form.example, form.meaning)).collect::<Vec<_>>())?;
    entry.set_item("objective", objective(py, &tried(arm).map_err(value_error)?)?)?;
    entry.set_item("needs_teacher", needs.teacher)?;
    entry.set_item("needs_classifier", needs.classifier)?;
    entry.set_item("depends_on_seed", arm.depends_on_seed())?;
    entry.set_item("uses_lambda", arm.uses_lambda())?;
    entry.set_item("own_temperature", arm.own_temperature().map(Temperature::get))?;
    Ok(entry)
}

/// What an arm makes where nothing stands in its way: of two examples of each class, and a teacher that knows the labels.
fn tried(arm: &Arm) -> Result<ArmOutput, String> {
    let classes = arm.needs().classes;
    let labels: Vec<u16> = (0..classes as u16).chain(0..classes as u16).collect();
    let entry = |label: u16, class: usize, on: f64, off: f64| if usize::from(label) == class { on } else { off };
    let off = 0.1 / (classes - 1) as f64;
    let rows = labels.iter().flat_map(|&label| (0..classes).map(move |class| entry(label, class, 0.9, off)));
    let teacher =
        TeacherProbabilities::from_probabilities(rows.collect(), classes).map_err(|error| error.to_string())?;
    let classifier: Vec<Vec<f64>> = labels[..classes]
        .iter()
        .map(|&label| (0..classes).map(|class| entry(label, class, 1.0, 0.0)).collect())
        .collect();
    let inputs = ArmInputs {
        teacher: Some(&teacher),
        teacher_at_one: Some(&teacher),
        teacher_classifier: Some(&classifier),
        labels: &labels,
        classes,
        statistics: None,
        seed: Seed(0),
    };
    arm.targets(&inputs).map_err(|error| error.to_string())
}

/// What students minimise, by its kind and coefficients: as `cell.json` has it.
fn objective<'py>(py: Python<'py>, output: &ArmOutput) -> PyResult<Bound<'py, PyDict>> {
    let said = PyDict::new(py);
    let kind = match output {
        ArmOutput::Hard => "hard",
        ArmOutput::Targets(_) => "soft",
        ArmOutput::Weights(weights) => {
            let normalisation = match weights.normalisation() {
                WeightNormalisation::BatchSize => "batch-size",
                WeightNormalisation::SumOverBatch => "sum-over-batch",
            };
            said.set_item("normalisation", normalisation)?;
            "weighted"
        }
        ArmOutput::Decoupled(_, Decoupling { alpha, beta, warmup_epochs }) => {
            said.set_item("alpha", alpha)?;
            said.set_item("beta", beta)?;
            said.set_item("warmup_epochs", warmup_epochs)?;
            "decoupled"
        }
    };
    said.set_item("kind", kind)?;
    Ok(said)
}

/// `targets(logits, labels, arm, temperature, seed, classifier)`: what the arm makes of a whole training set.
pub(crate) fn targets(arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    type Given<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, String, f64, u64, Classifier);
    let (logits, labels, arm, temperature, seed, classifier): Given<'_> = arguments.extract()?;
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

/// The weights of the teacher's last linear layer, class by class, where they are known.
pub(crate) type Classifier = Option<Vec<Vec<f64>>>;

/// What an arm is asked for.
pub(crate) struct Asked<'a> {
    pub(crate) arm: Arm,
    pub(crate) logits: Rows<'a>,
    pub(crate) labels: Vec<u16>,
    pub(crate) temperature: Temperature,
    pub(crate) seed: Seed,
    pub(crate) classifier: Classifier,
}

impl Asked<'_> {
    /// What the arm makes, for Python: numbers, or None without any. The interpreter is released meanwhile.
    pub(crate) fn made(&self, py: Python<'_>, statistics: Option<&TrainingStatistics>) -> PyResult<Py<PyAny>> {
        let (examples, classes) = (self.labels.len(), self.logits.columns);
        let numbers = match py.detach(|| self.output(statistics)).map_err(value_error)? {
            ArmOutput::Hard => return Ok(py.None()),
            ArmOutput::Targets(targets) | ArmOutput::Decoupled(targets, _) => {
                arrays::given(py, targets.into_vec(), vec![examples, classes])?
            }
            ArmOutput::Weights(weights) => arrays::given(py, weights.into_vec(), vec![examples])?,
        };
        Ok(numbers.unbind())
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
