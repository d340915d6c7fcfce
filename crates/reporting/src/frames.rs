//! polars frames: columns, frames, CSV and Parquet.

use polars::error::PolarsError;
use polars::prelude::{Column, CsvWriter, DataFrame, NamedFrom, ParquetWriter, SerWriter, Series};

use crate::error::ReportError;

/// A named column.
pub fn column<T>(name: &str, values: Vec<T>) -> Column
where
    Series: NamedFrom<Vec<T>, [T]>,
{
    Series::new(name.into(), values).into()
}

/// A frame of columns of one length.
pub fn frame(table: &'static str, columns: Vec<Column>) -> Result<DataFrame, ReportError> {
    DataFrame::new_infer_height(columns).map_err(in_table(table))
}

/// The frame as CSV, numbers in full precision.
pub fn csv(table: &'static str, frame: &mut DataFrame) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).finish(frame).map_err(in_table(table))?;
    Ok(bytes)
}

/// The frame as Parquet.
pub fn parquet(table: &'static str, frame: &mut DataFrame) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(frame).map_err(in_table(table))?;
    Ok(bytes)
}

fn in_table(table: &'static str) -> impl Fn(PolarsError) -> ReportError {
    move |source| ReportError::Table { table, source }
}
