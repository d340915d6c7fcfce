//! The columns of a Parquet file, whatever their types. A DataFrame of this build has no small integers, decimals and
//! half precision: the arrays are read one by one.

use std::io::Cursor;

use polars_arrow::array::{Array, BooleanArray, ListArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::types::NativeType;
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, PageReader, column_iter_to_arrays, infer_schema, read_metadata,
};

/// A column by name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParquetColumn {
    pub(crate) name: String,
    /// Whether its floating point has 32 bits or fewer.
    pub(crate) narrow: bool,
    pub(crate) cells: ParquetCells,
}

/// A column, cell by cell; `None` is an empty one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ParquetCells {
    /// Whole numbers and truth values.
    Integers(Vec<Option<i64>>),
    /// Floating point of any width, and decimals.
    Numbers(Vec<Option<f64>>),
    /// Text, and whole numbers above 2^63.
    Texts(Vec<Option<String>>),
    /// Lists of numbers.
    Lists(Vec<Option<Vec<f64>>>),
    /// What is none of these, by the name of its type.
    Other(String),
}

impl ParquetCells {
    /// The number of cells; of [`ParquetCells::Other`] none is read.
    fn len(&self) -> usize {
        match self {
            Self::Integers(cells) => cells.len(),
            Self::Numbers(cells) => cells.len(),
            Self::Texts(cells) => cells.len(),
            Self::Lists(cells) => cells.len(),
            Self::Other(_) => 0,
        }
    }
}

/// Reads all columns by name, in the file's order, and how many rows there are.
///
/// # Errors
/// In words that complete "FILE ...".
pub(crate) fn parquet_file(bytes: &[u8]) -> Result<(Vec<ParquetColumn>, usize), String> {
    // polars panics on some damaged files: on a thread of its own that is an error as any other.
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().spawn_scoped(scope, || columns_of(bytes));
        let reader = reader.map_err(|error| format!("cannot be read: no thread is to be had ({error})"))?;
        reader.join().unwrap_or_else(|_| Err("cannot be read as Parquet: it is damaged".to_owned()))
    })
}

fn columns_of(bytes: &[u8]) -> Result<(Vec<ParquetColumn>, usize), String> {
    let why = |error: String| format!("cannot be read as Parquet: {}", error.lines().next().unwrap_or_default());
    let metadata = read_metadata(&mut Cursor::new(bytes)).map_err(|error| why(error.to_string()))?;
    let schema = infer_schema(&metadata).map_err(|error| why(error.to_string()))?;
    let mut columns = Vec::with_capacity(schema.len());
    for field in schema.iter_values() {
        let name = field.name.to_string();
        let dtype = match &field.dtype {
            // A dictionary is how text is kept, not what it says.
            ArrowDataType::Dictionary(_, values, _) => (**values).clone(),
            // A file keeps lists of one length as any lists.
            ArrowDataType::List(item) | ArrowDataType::FixedSizeList(item, _) => ArrowDataType::LargeList(item.clone()),
            other => other.clone(),
        };
        let narrow = is_narrow(&dtype);
        let field = Field::new(field.name.clone(), dtype, true);
        let Some(mut cells) = empty(&field.dtype) else {
            columns.push(ParquetColumn { name, narrow, cells: ParquetCells::Other(type_name(&field.dtype)) });
            continue;
        };
        for group in &metadata.row_groups {
            let chunks = group.columns_under_root_iter(&field.name).into_iter().flatten();
            for array in arrays(bytes, chunks, &field).map_err(why)? {
                extend(&mut cells, array.as_ref()).map_err(why)?;
            }
        }
        if cells.len() != metadata.num_rows {
            return Err(format!(
                "cannot be read as Parquet: {} rows, and {} in `{name}`",
                metadata.num_rows,
                cells.len()
            ));
        }
        columns.push(ParquetColumn { name, narrow, cells });
    }
    Ok((columns, metadata.num_rows))
}

fn is_narrow(dtype: &ArrowDataType) -> bool {
    match dtype {
        ArrowDataType::Float16 | ArrowDataType::Float32 => true,
        ArrowDataType::LargeList(item) => is_narrow(&item.dtype),
        _ => false,
    }
}

/// No cells of a type; `None` for structures, times and the like.
fn empty(dtype: &ArrowDataType) -> Option<ParquetCells> {
    use ArrowDataType as D;
    match dtype {
        D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32 | D::Boolean => {
            Some(ParquetCells::Integers(Vec::new()))
        }
        D::Float16 | D::Float32 | D::Float64 | D::Decimal(..) | D::Decimal32(..) | D::Decimal64(..) => {
            Some(ParquetCells::Numbers(Vec::new()))
        }
        D::UInt64 | D::Utf8View => Some(ParquetCells::Texts(Vec::new())),
        D::LargeList(item) => {
            let numbers = matches!(empty(&item.dtype)?, ParquetCells::Integers(_) | ParquetCells::Numbers(_));
            numbers.then(|| ParquetCells::Lists(Vec::new()))
        }
        _ => None,
    }
}

/// The type's name as people say it.
fn type_name(dtype: &ArrowDataType) -> String {
    use ArrowDataType as D;
    match dtype {
        D::List(_) | D::LargeList(_) | D::FixedSizeList(..) => "lists".to_owned(),
        D::Struct(_) => "structures".to_owned(),
        D::Timestamp(..) | D::Date32 | D::Date64 => "times".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// A column's arrays in one row group.
fn arrays<'a>(
    bytes: &[u8],
    chunks: impl Iterator<Item = &'a ColumnChunkMetadata>,
    field: &Field,
) -> Result<Vec<Box<dyn Array>>, String> {
    let (mut pages, mut types) = (Vec::new(), Vec::new());
    for chunk in chunks {
        let range = chunk.byte_range();
        let ends = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let own = ends.and_then(|(start, end)| bytes.get(start..end)).ok_or("a column lies outside of the file")?;
        let reader = || PageReader::new(Cursor::new(own.to_vec().into()), chunk, Vec::new(), usize::MAX);
        check_pages(reader(), chunk.num_values())?;
        let reader = reader();
        pages.push(BasicDecompressor::new(reader, Vec::new()));
        types.push(&chunk.descriptor().descriptor.primitive_type);
    }
    let read = column_iter_to_arrays(pages, types, field.clone(), None);
    read.map(|(arrays, _)| arrays).map_err(|error| error.to_string())
}

/// So many values of a page have room in any memory.
const MOST_VALUES: usize = 1 << 27;

/// Whether a column's pages have no more values than the column: polars makes room for as many as they claim.
fn check_pages(pages: PageReader, values: i64) -> Result<(), String> {
    let most =
        usize::try_from(values).ok().filter(|values| *values < 1 << 31).ok_or("a column has no possible length")?;
    for page in pages {
        if let CompressedPage::Data(page) = page.map_err(|error| error.to_string())?
            && page.num_values() > most.min(MOST_VALUES)
        {
            return Err("a page claims more values than its column has".to_owned());
        }
    }
    Ok(())
}

/// Adds an array's cells.
fn extend(cells: &mut ParquetCells, array: &dyn Array) -> Result<(), String> {
    use ArrowDataType as D;
    match (cells, array.dtype()) {
        (ParquetCells::Integers(cells), D::Boolean) => {
            let own: &BooleanArray = array.as_any().downcast_ref().ok_or("a column of truth values is none")?;
            cells.extend(own.iter().map(|value| value.map(i64::from)));
        }
        (ParquetCells::Integers(cells), dtype) => match dtype {
            D::Int8 => cells.extend(each(array, |value: i8| i64::from(value))?),
            D::Int16 => cells.extend(each(array, |value: i16| i64::from(value))?),
            D::Int32 => cells.extend(each(array, |value: i32| i64::from(value))?),
            D::UInt8 => cells.extend(each(array, |value: u8| i64::from(value))?),
            D::UInt16 => cells.extend(each(array, |value: u16| i64::from(value))?),
            D::UInt32 => cells.extend(each(array, |value: u32| i64::from(value))?),
            _ => cells.extend(each(array, |value: i64| value)?),
        },
        (ParquetCells::Numbers(cells), dtype) => match dtype {
            D::Float16 => cells.extend(each(array, |value: polars::prelude::pf16| f64::from(f32::from(value)))?),
            D::Float32 => cells.extend(each(array, |value: f32| f64::from(value))?),
            // The nearest double to the decimal's digits.
            D::Decimal(_, scale) => {
                let scale = *scale;
                let number = |digits: i128| format!("{digits}e-{scale}").parse().unwrap_or(f64::NAN);
                cells.extend(each(array, number)?);
            }
            _ => cells.extend(each(array, |value: f64| value)?),
        },
        (ParquetCells::Texts(cells), D::UInt64) => cells.extend(each(array, |value: u64| value.to_string())?),
        (ParquetCells::Texts(cells), _) => {
            let own: &Utf8ViewArray = array.as_any().downcast_ref().ok_or("a column of text is none")?;
            cells.extend(own.iter().map(|text| text.map(str::to_owned)));
        }
        (ParquetCells::Lists(cells), _) => {
            let own: &ListArray<i64> = array.as_any().downcast_ref().ok_or("a column of lists is none")?;
            for list in own.iter() {
                cells.push(list.map(|list| numbers(list.as_ref())).transpose()?);
            }
        }
        (ParquetCells::Other(_), _) => {}
    }
    Ok(())
}

/// The numbers of one list; an empty place is NaN.
fn numbers(list: &dyn Array) -> Result<Vec<f64>, String> {
    let mut cells = empty(list.dtype()).ok_or("a list holds other things than numbers")?;
    extend(&mut cells, list)?;
    Ok(match cells {
        ParquetCells::Integers(cells) => cells.into_iter().map(|cell| cell.map_or(f64::NAN, |n| n as f64)).collect(),
        ParquetCells::Numbers(cells) => cells.into_iter().map(|cell| cell.unwrap_or(f64::NAN)).collect(),
        _ => return Err("a list holds other things than numbers".to_owned()),
    })
}

/// An array's values, converted.
fn each<T: NativeType, U>(array: &dyn Array, of: impl Fn(T) -> U) -> Result<Vec<Option<U>>, String> {
    let own: &PrimitiveArray<T> = array.as_any().downcast_ref().ok_or("a column has another type than it says")?;
    Ok(own.iter().map(|value| value.map(|&value| of(value))).collect())
}
