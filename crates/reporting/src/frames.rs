//! polars frames: columns, frames, CSV and Parquet.

use fractionate_records::clean;
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
