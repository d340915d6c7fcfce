//! A folder of results, and a frame of runs, as tables and sentences.

use std::path::PathBuf;
use std::sync::Arc;

use fractionate_interchange::{ImportOptions, import_bytes};
use fractionate_records::{Comparison, EpochRule, Metric, Store};
use fractionate_reporting::frames::{column, frame, parquet};
use fractionate_reporting::{ReportError, ResultSection, StoreResults};
use polars::prelude::{Column, DataFrame};
use pyo3::exceptions::{PyFileNotFoundError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::errors::value_error;
use crate::functions::function;
use crate::table::table;

/// `load(folder)`: a function that answers what it is asked for by name, see [`answer`].
pub(crate) fn load(arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let (folder,): (PathBuf,) = arguments.extract()?;
    if !folder.exists() {
        return Err(PyFileNotFoundError::new_err(format!("there is no folder {}", folder.display())));
    }
    let read = || StoreResults::read(Store::open(&folder)?);
    let results = arguments.py().detach(read).map_err(value_error)?;
    answering(arguments.py(), results)
}

fn answering(py: Python<'_>, results: StoreResults) -> PyResult<Py<PyAny>> {
    let results = Arc::new(results);
    Ok(function(py, c"answer", move |arguments| answer(&results, arguments))?.into_any().unbind())
}

/// A table by its name; `suite`, `question`, `notes` or `sections`.
fn answer(results: &StoreResults, arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let (what,): (String,) = arguments.extract()?;
    let py = arguments.py();
    let of = |frame: fn(&StoreResults) -> Result<DataFrame, ReportError>| {
        table(py, py.detach(|| frame(results)).map_err(value_error)?)
    };
    match what.as_str() {
        "runs" => of(StoreResults::runs),
        "curves" => of(StoreResults::curves),
        "terms" => of(StoreResults::terms),
        "differences" => of(StoreResults::differences),
        "choices" => of(StoreResults::choices),
        "predictions" => of(StoreResults::predictions),
        "suite" => Ok(results.suite().into_pyobject(py)?.into_any().unbind()),
        "question" => Ok(results.question().into_pyobject(py)?.into_any().unbind()),
        "notes" => Ok(py.detach(|| results.notes()).into_pyobject(py)?.into_any().unbind()),
        "sections" => {
            let sections = py.detach(|| results.sections()).map_err(value_error)?;
            Ok(sections.into_iter().map(section).collect::<Vec<_>>().into_pyobject(py)?.into_any().unbind())
        }
        other => Err(PyValueError::new_err(format!("results have no `{other}`"))),
    }
}

type SectionWords = (String, &'static str, String, String, Vec<String>, Option<String>);

fn section(section: ResultSection) -> SectionWords {
    let ResultSection { configuration, comparison, answer, scope, notes, waterfall } = section;
    (configuration, comparison, answer, scope, notes, waterfall)
}

/// `decompose([(name, values)], options)`: `(answer, sentences)`. The columns are read as `fractionate import` reads a
/// table.
pub(crate) fn decompose(arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let (columns, options): (Vec<(String, Bound<'_, PyAny>)>, Bound<'_, PyDict>) = arguments.extract()?;
    let columns = columns.iter().map(|(name, values)| typed(name, values)).collect::<PyResult<Vec<_>>>()?;
    let options = import_options(&options)?;
    let py = arguments.py();
    let (results, sentences) = py.detach(|| imported(columns, &options)).map_err(value_error)?;
    Ok((answering(py, results)?, sentences).into_pyobject(py)?.into_any().unbind())
}

fn typed(name: &str, values: &Bound<'_, PyAny>) -> PyResult<Column> {
    if let Ok(values) = values.extract::<Vec<Option<i64>>>() {
        return Ok(column(name, values));
    }
    if let Ok(values) = values.extract::<Vec<Option<f64>>>() {
        // A frame of pandas says with NaN that there is no number.
        return Ok(column(name, values.into_iter().map(|value| value.filter(|v| !v.is_nan())).collect::<Vec<_>>()));
    }
    let words = |value: Bound<'_, PyAny>| if value.is_none() { Ok(None) } else { Ok(Some(value.str()?.to_string())) };
    let values: Vec<Option<String>> = values.try_iter()?.map(|value| words(value?)).collect::<PyResult<_>>()?;
    Ok(column(name, values))
}

fn import_options(given: &Bound<'_, PyDict>) -> PyResult<ImportOptions> {
    let list =
        |key: &str| -> PyResult<Vec<String>> { given.get_item(key)?.map_or(Ok(Vec::new()), |value| value.extract()) };
    let word =
        |key: &str| -> PyResult<Option<String>> { given.get_item(key)?.map_or(Ok(None), |value| value.extract()) };
    Ok(ImportOptions {
        maps: list("maps")?,
        columns: list("columns")?,
        axes: list("axes")?,
        wheres: list("wheres")?,
        keep_arms: given.get_item("keep_arms")?.is_some_and(|value| value.is_truthy().unwrap_or(false)),
        reference: word("reference")?,
        suite: Some(word("suite")?.unwrap_or_else(|| "runs".to_owned())),
        margin: given.get_item("margin")?.map_or(Ok(None), |value| value.extract())?,
        metric: chosen(
            "metric",
            word("metric")?,
            &[("test-accuracy", Metric::TestAccuracy), ("test-nll", Metric::TestNll)],
        )?,
        comparison: chosen(
            "comparison",
            word("comparison")?,
            &[("tuned", Comparison::Tuned), ("fixed", Comparison::Fixed)],
        )?,
        epoch_rule: chosen(
            "epoch_rule",
            word("epoch_rule")?,
            &[("last", EpochRule::Last), ("best-validation", EpochRule::BestValidation)],
        )?,
        ..ImportOptions::default()
    })
}

fn chosen<T: Copy>(what: &str, word: Option<String>, among: &[(&str, T)]) -> PyResult<Option<T>> {
    let Some(word) = word else { return Ok(None) };
    let found = among.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    let names = among.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
    found.map(Some).ok_or_else(|| PyValueError::new_err(format!("{what} is {names}, not `{word}`")))
}

/// Reads the columns as a table of runs.
fn imported(columns: Vec<Column>, options: &ImportOptions) -> Result<(StoreResults, Vec<String>), String> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let mut runs = frame("runs", columns).map_err(|error| said(&error))?;
    let bytes = parquet("runs", &mut runs).map_err(|error| said(&error))?;
    let read = import_bytes("the frame".as_ref(), &bytes, options).map_err(|error| said(&error))?;
    let results = StoreResults::of_imported(read.imported, read.right);
    Ok((results, [read.reading, read.notes].concat()))
}
