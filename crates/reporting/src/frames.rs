//! polars frames: columns, frames, CSV and Parquet.

use fractionate_records::clean;
use polars::error::PolarsError;
use polars::prelude::{
    Column, CsvWriter, DataFrame, DataType, NamedFrom, ParquetWriter, PlSmallStr, SerWriter, Series,
};

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

/// Frames one below the other, columns by their names: where one lacks a column of another, it is empty.
pub fn stacked(table: &'static str, frames: &[DataFrame]) -> Result<DataFrame, ReportError> {
    let mut names: Vec<(PlSmallStr, DataType)> = Vec::new();
    for column in frames.iter().flat_map(DataFrame::columns) {
        if !names.iter().any(|(name, _)| name == column.name()) {
            names.push((column.name().clone(), column.dtype().clone()));
        }
    }
    let of = |frame: &DataFrame| {
        let empty = |(name, kind): &(PlSmallStr, DataType)| Column::full_null(name.clone(), frame.height(), kind);
        let columns = names.iter().map(|named| frame.column(&named.0).cloned().unwrap_or_else(|_| empty(named)));
        DataFrame::new_infer_height(columns.collect())
    };
    let mut frames = frames.iter().map(of);
    let Some(first) = frames.next() else { return Ok(DataFrame::empty()) };
    let below = |mut all: DataFrame, next: Result<DataFrame, PolarsError>| {
        all.vstack_mut_owned(next?)?;
        Ok(all)
    };
    frames.try_fold(first.map_err(in_table(table))?, below).map_err(in_table(table))
}

/// The frame as CSV, numbers in full precision; texts are no formulas.
pub fn csv(table: &'static str, frame: &mut DataFrame) -> Result<Vec<u8>, ReportError> {
    clean_texts(frame).map_err(in_table(table))?;
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).finish(frame).map_err(in_table(table))?;
    Ok(bytes)
}

/// Cleans names and texts for CSV, where any needs it.
fn clean_texts(frame: &mut DataFrame) -> Result<(), PolarsError> {
    for place in 0..frame.width() {
        let old = &frame.columns()[place];
        let name = clean::csv_cell(old.name()).into_owned();
        let is_other = |text: &str| clean::csv_cell(text) != text;
        let new = match old.str() {
            Ok(cells) if cells.iter().flatten().any(is_other) => {
                let cleaned = |text: Option<&str>| text.map(|text| clean::csv_cell(text).into_owned());
                column(&name, cells.iter().map(cleaned).collect::<Vec<Option<String>>>())
            }
            _ if name != old.name().as_str() => old.clone().with_name(name.into()),
            _ => continue,
        };
        frame.replace_column(place, new)?;
    }
    Ok(())
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
