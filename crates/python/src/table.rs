//! A frame as a table for Python: by the Arrow PyCapsule interface, and column by column as plain lists.

use std::sync::Arc;

use polars::prelude::{CompatLevel, DataFrame, DataType, PlSmallStr, PolarsResult, Series};
use polars_arrow::array::{Array, StructArray};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::ffi::{export_field_to_c, export_iterator};
use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList, PyTuple};

use crate::errors::value_error;
use crate::functions::function;

/// `(rows, [(name, type)], stream, schema, values, text)`: `stream()` and `schema()` are capsules, `values(name)` the list
/// of a column's values, `text()` the table as people read it.
pub(crate) fn table(py: Python<'_>, mut frame: DataFrame) -> PyResult<Py<PyAny>> {
    frame.rechunk_mut();
    let rows = frame.height();
    let columns: Vec<(String, String)> =
        frame.columns().iter().map(|column| (column.name().to_string(), column.dtype().to_string())).collect();
    let frame = Arc::new(frame);
    let of = |name, make: fn(&DataFrame, &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>>| {
        let frame = Arc::clone(&frame);
        function(py, name, move |arguments| make(&frame, arguments))
    };
    let [stream, schema, values, text] =
        [of(c"stream", stream)?, of(c"schema", schema)?, of(c"values", values)?, of(c"text", text)?];
    Ok((rows, columns, stream, schema, values, text).into_pyobject(py)?.into_any().unbind())
}

/// The frame's schema as Arrow has it. Texts stay views, as polars keeps them: nothing is copied.
fn struct_type(frame: &DataFrame) -> ArrowDataType {
    let field = |column: &polars::prelude::Column| column.field().to_arrow(CompatLevel::newest());
    ArrowDataType::Struct(frame.columns().iter().map(field).collect())
}

fn struct_field(frame: &DataFrame) -> Field {
    Field::new(PlSmallStr::EMPTY, struct_type(frame), false)
}

fn stream(frame: &DataFrame, arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let arrays: Vec<Box<dyn Array>> = frame
        .columns()
        .iter()
        .map(|column| column.as_materialized_series().to_arrow(0, CompatLevel::newest()))
        .collect();
    let all = StructArray::new(struct_type(frame), frame.height(), arrays, None);
    let batches = std::iter::once(PolarsResult::Ok(Box::new(all) as Box<dyn Array>));
    let exported = export_iterator(Box::new(batches), struct_field(frame));
    Ok(PyCapsule::new_with_value(arguments.py(), exported, c"arrow_array_stream")?.into_any().unbind())
}

fn schema(frame: &DataFrame, arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let exported = export_field_to_c(&struct_field(frame));
    Ok(PyCapsule::new_with_value(arguments.py(), exported, c"arrow_schema")?.into_any().unbind())
}

fn values(frame: &DataFrame, arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    let (name,): (String,) = arguments.extract()?;
    match frame.column(&name) {
        Ok(column) => list(arguments.py(), column.as_materialized_series()),
        Err(_) => Err(PyKeyError::new_err(name)),
    }
}

/// A column's values, what is absent as None.
fn list(py: Python<'_>, series: &Series) -> PyResult<Py<PyAny>> {
    let list = match series.dtype() {
        DataType::Float64 => PyList::new(py, series.f64().map_err(value_error)?.iter())?,
        DataType::Int64 => PyList::new(py, series.i64().map_err(value_error)?.iter())?,
        DataType::UInt64 => PyList::new(py, series.u64().map_err(value_error)?.iter())?,
        DataType::UInt32 => PyList::new(py, series.u32().map_err(value_error)?.iter())?,
        DataType::Boolean => PyList::new(py, series.bool().map_err(value_error)?.iter())?,
        DataType::String => PyList::new(py, series.str().map_err(value_error)?.iter())?,
        DataType::List(_) => {
            let lists = series.list().map_err(value_error)?;
            let inner = (0..lists.len()).map(|row| lists.get_as_series(row).map(|inner| list(py, &inner)).transpose());
            PyList::new(py, inner.collect::<PyResult<Vec<_>>>()?)?
        }
        other => return Err(PyTypeError::new_err(format!("a column of {other} has no plain values"))),
    };
    Ok(list.into_any().unbind())
}

fn text(frame: &DataFrame, arguments: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
    Ok(frame.to_string().into_pyobject(arguments.py())?.into_any().unbind())
}
