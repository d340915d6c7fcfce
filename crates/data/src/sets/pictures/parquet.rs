//! Pictures in Parquet files as data hubs serve them: a structure of encoded bytes and a path, and whole-number labels.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use polars_arrow::array::{Array, PrimitiveArray};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field};
use polars_arrow::types::NativeType;
use polars_parquet::read::{FileMetadata, RowGroupMetadata, infer_schema, read_metadata};
use serde_json::Value;

use super::block::{Block, Contents};
use super::row_group::{Open, RowGroup, arrays, guarded, why};
use super::{PicturesKey, PicturesProblem};

/// What is wanted of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The column of the labels, where it is known.
    pub(super) label: Option<&'a str>,
}

/// A table's pictures.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) blocks: Vec<Block>,
    /// As the table's metadata name them.
    pub(super) class_names: Option<Vec<String>>,
}

/// The first bytes of a Parquet file.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// Opens a file and reads its labels.
pub(super) fn table(path: &Path, wanted: Wanted<'_>) -> Result<Table, PicturesProblem> {
    let of = |reason: String| PicturesProblem::of(path, reason);
    let bytes = fractionate_records::read_user_file(path).map_err(of)?;
    if !bytes.starts_with(MAGIC) {
        return Err(of("is no Parquet file".to_owned()));
    }
    let (metadata, schema) = guarded(|| {
        let metadata = read_metadata(&mut Cursor::new(&bytes[..])).map_err(|error| why(&error.to_string()))?;
        let schema = infer_schema(&metadata).map_err(|error| why(&error.to_string()))?;
        Ok((metadata, schema))
    })
    .map_err(of)?;
    let features = hub_features(&metadata);
    let pictures = picture_column(&schema).map_err(of)?;
    let label = label_column(&schema, wanted.label, features.as_ref())
        .map_err(|reason| PicturesProblem { key: PicturesKey::LabelColumn, ..of(reason) })?;
    let class_names = features.as_ref().and_then(|features| class_names(features.get(label.name.as_str())?));
    let file: Arc<Path> = Arc::from(path);
    let open = Arc::new(Open { bytes, metadata, pictures });
    let (mut blocks, mut first_row) = (Vec::new(), 0);
    for (group, of_group) in open.metadata.row_groups.iter().enumerate() {
        let labels = guarded(|| labels(&open.bytes, of_group, &label)).map_err(of)?;
        let rows = labels.len();
        let contents = Contents::Group(RowGroup { file: Arc::clone(&open), group });
        blocks.push(Block { labels, contents, file: Arc::clone(&file), first_row });
        first_row += rows;
    }
    Ok(Table { blocks, class_names })
}

/// What the hub's metadata say of the columns.
fn hub_features(metadata: &FileMetadata) -> Option<serde_json::Map<String, Value>> {
    let entries = metadata.key_value_metadata().as_ref()?;
    let entry = entries.iter().find(|entry| entry.key == "huggingface")?;
    let mut read: Value = serde_json::from_str(entry.value.as_deref()?).ok()?;
    match read.get_mut("info")?.get_mut("features")?.take() {
        Value::Object(features) => Some(features),
        _ => None,
    }
}

/// The names of a column of labels.
fn class_names(feature: &Value) -> Option<Vec<String>> {
    feature.get("names")?.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

fn is_picture(field: &Field) -> bool {
    let ArrowDataType::Struct(parts) = &field.dtype else { return false };
    parts.iter().any(|part| part.name == "bytes" && matches!(part.dtype, ArrowDataType::BinaryView))
}

fn names(fields: &[&Field]) -> String {
    let names: Vec<String> = fields.iter().map(|field| format!("`{}`", field.name)).collect();
    names.join(", ")
}

/// `img`, `image`, or the only one of its kind.
fn picture_column(schema: &ArrowSchema) -> Result<Field, String> {
    let found: Vec<&Field> = schema.iter_values().filter(|field| is_picture(field)).collect();
    let named = found.iter().find(|field| ["img", "image"].contains(&field.name.as_str()));
    match (named, &found[..]) {
        (Some(field), _) | (None, [field]) => Ok((*field).clone()),
        (None, []) => {
            let all: Vec<&Field> = schema.iter_values().collect();
            Err(format!(
                "has no column of pictures (a structure with `bytes`, usually `img` or `image`), only {}",
                names(&all)
            ))
        }
        (None, several) => Err(format!("has several columns of pictures, {}, none of them `image`", names(several))),
    }
}

fn is_whole_number(field: &Field) -> bool {
    use ArrowDataType as D;
    matches!(field.dtype, D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32)
}

/// The wanted one; or `label`, `fine_label`, the only one that the metadata call labels, or the only whole numbers.
fn label_column(
    schema: &ArrowSchema,
    wanted: Option<&str>,
    features: Option<&serde_json::Map<String, Value>>,
) -> Result<Field, String> {
    let numbers: Vec<&Field> = schema.iter_values().filter(|field| is_whole_number(field)).collect();
    let find = |name: &str| numbers.iter().find(|field| field.name == name);
    if let Some(wanted) = wanted {
        let missing = || match &numbers[..] {
            [] => format!("has no column `{wanted}` of whole numbers, nor any other"),
            others => format!("has no column `{wanted}` of whole numbers, only {}", names(others)),
        };
        return find(wanted).map(|field| (*field).clone()).ok_or_else(missing);
    }
    let is_label = |field: &&&Field| {
        let of = features.and_then(|features| features.get(field.name.as_str()));
        of.is_some_and(|feature| class_names(feature).is_some())
    };
    let mut of_classes = numbers.iter().filter(is_label);
    let only = of_classes.next().filter(|_| of_classes.next().is_none());
    match (find("label").or_else(|| find("fine_label")).or(only), &numbers[..]) {
        (Some(field), _) | (None, [field]) => Ok((*field).clone()),
        (None, []) => Err("has no column of whole numbers, which labels are".to_owned()),
        (None, several) => {
            Err(format!("has several columns that labels may be in, {}: name one with `label_column`", names(several)))
        }
    }
}

fn labels(bytes: &[u8], group: &RowGroupMetadata, field: &Field) -> Result<Vec<Option<i64>>, String> {
    use ArrowDataType as D;
    let mut labels = Vec::with_capacity(group.num_rows());
    for array in arrays(bytes, group, field)? {
        let array = array.as_ref();
        match array.dtype() {
            D::Int8 => extend(&mut labels, array, |value: i8| i64::from(value))?,
            D::Int16 => extend(&mut labels, array, |value: i16| i64::from(value))?,
            D::Int32 => extend(&mut labels, array, |value: i32| i64::from(value))?,
            D::UInt8 => extend(&mut labels, array, |value: u8| i64::from(value))?,
            D::UInt16 => extend(&mut labels, array, |value: u16| i64::from(value))?,
            D::UInt32 => extend(&mut labels, array, |value: u32| i64::from(value))?,
            _ => extend(&mut labels, array, |value: i64| value)?,
        }
    }
    if labels.len() == group.num_rows() { Ok(labels) } else { Err(why("a row group has fewer labels than rows")) }
}

fn extend<T: NativeType>(
    labels: &mut Vec<Option<i64>>,
    array: &dyn Array,
    of: impl Fn(T) -> i64,
) -> Result<(), String> {
    let own: &PrimitiveArray<T> =
        array.as_any().downcast_ref().ok_or_else(|| why("a column has another type than it says"))?;
    labels.extend(own.iter().map(|value| value.map(|&value| of(value))));
    Ok(())
}
