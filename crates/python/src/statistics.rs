//! Statistics of a whole training set, and arms that are asked for a part of it.

use std::sync::Arc;

use fractionate_arms::TrainingStatistics;
use fractionate_records::{Seed, Temperature};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arms::{Asked, Classifier, parsed, probabilities};
use crate::arrays;
use crate::errors::value_error;
use crate::functions::function;

/// `statistics(logits, labels, temperature)`: `(ask, class counts, class means)`, where
/// `ask(logits, labels, arm, seed, classifier)` is what the arm makes of a part of the set.
pub(crate) fn statistics(arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let (logits, labels, temperature): (Bound<'_, PyAny>, Bound<'_, PyAny>, f64) = arguments.extract()?;
    let py = arguments.py();
    let logits = arrays::rows(&logits, "logits")?;
    let labels = arrays::labels(&labels, logits.columns)?;
    let temperature = Temperature::try_from(temperature).map_err(value_error)?;
    let of = || {
        let teacher = probabilities(logits, temperature)?;
        TrainingStatistics::of(&teacher, &labels).map_err(|error| error.to_string())
    };
    let known = Arc::new(py.detach(of).map_err(value_error)?);
    let counts = known.class_counts().to_vec();
    let means = known.class_means().iter().map(|&p| p as f32).collect();
    let means = arrays::given(py, means, vec![known.classes(), known.classes()])?;
    let ask = function(py, c"ask", move |arguments| ask(&known, temperature, arguments))?;
    Ok((ask, counts, means).into_pyobject(py)?.into_any().unbind())
}

fn ask(known: &TrainingStatistics, temperature: Temperature, arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    type Given<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, String, u64, Classifier);
    let (logits, labels, arm, seed, classifier): Given<'_> = arguments.extract()?;
    let logits = arrays::rows(&logits, "logits")?;
    let asked = Asked {
        arm: parsed(&arm)?,
        labels: arrays::labels(&labels, logits.columns)?,
        logits,
        temperature,
        seed: Seed(seed),
        classifier,
    };
    asked.made(arguments.py(), Some(known))
}
