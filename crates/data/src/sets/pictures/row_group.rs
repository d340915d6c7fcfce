//! A row group of a Parquet file: its columns, and its pictures.

use std::io::Cursor;
use std::sync::Arc;

use polars_arrow::array::{Array, BinaryViewArray, StructArray};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, FileMetadata, PageReader, RowGroupMetadata, column_iter_to_arrays,
};

/// An open file.
pub(super) struct Open {
    pub(super) bytes: Vec<u8>,
    pub(super) metadata: FileMetadata,
    /// The column of the pictures.
    pub(super) pictures: Field,
}

/// The pictures of a row group.
#[derive(Clone)]
pub(super) struct RowGroup {
    pub(super) file: Arc<Open>,
    pub(super) group: usize,
}

impl std::fmt::Debug for RowGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row group {}", self.group)
    }
}

/// The encoded pictures of a row group.
#[derive(Debug)]
pub(super) struct Cells(Vec<BinaryViewArray>);

impl Cells {
    /// `None` if the cell is empty.
    pub(super) fn get(&self, mut at: usize) -> Option<&[u8]> {
        for array in &self.0 {
            if at < array.len() {
                return array.get(at);
            }
            at -= array.len();
        }
        None
    }
}

impl RowGroup {
    /// The encoded pictures, in the order of the rows. An error completes "the picture ...".
    pub(super) fn pictures(&self) -> Result<Cells, String> {
        let Open { bytes, metadata, pictures } = &*self.file;
        let group = &metadata.row_groups[self.group];
        let cells = guarded(|| {
            let (ArrowDataType::Struct(parts), read) = (&pictures.dtype, arrays(bytes, group, pictures)?) else {
                return Err(why("the column of the pictures is no structure"));
            };
            let part = parts.iter().position(|part| part.name == "bytes").ok_or_else(|| why("no bytes"))?;
            let of = |array: Box<dyn Array>| {
                let whole: &StructArray = array.as_any().downcast_ref()?;
                let bytes: &BinaryViewArray = whole.values()[part].as_any().downcast_ref()?;
                Some(bytes.clone())
            };
            let cells: Option<Vec<BinaryViewArray>> = read.into_iter().map(of).collect();
            cells.ok_or_else(|| why("a column has another type than it says"))
        })?;
        if cells.iter().map(BinaryViewArray::len).sum::<usize>() == group.num_rows() {
            Ok(Cells(cells))
        } else {
            Err(why("a row group has fewer pictures than rows"))
        }
    }
}

pub(super) fn why(error: &str) -> String {
    format!("cannot be read as Parquet: {}", error.lines().next().unwrap_or_default())
}

/// polars panics on some damaged files: on a thread of its own that is an error as any other.
pub(super) fn guarded<T: Send>(read: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().spawn_scoped(scope, read);
        let reader = reader.map_err(|error| format!("cannot be read: no thread is to be had ({error})"))?;
        reader.join().unwrap_or_else(|_| Err(why("it is damaged")))
    })
}

/// A column's arrays in one row group.
pub(super) fn arrays(bytes: &[u8], group: &RowGroupMetadata, field: &Field) -> Result<Vec<Box<dyn Array>>, String> {
    let (mut pages, mut types) = (Vec::new(), Vec::new());
    for chunk in group.columns_under_root_iter(&field.name).into_iter().flatten() {
        let range = chunk.byte_range();
        let ends = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let own = ends.and_then(|(start, end)| bytes.get(start..end));
        let own = own.ok_or_else(|| why("a column lies outside of the file"))?;
        let reader = || PageReader::new(Cursor::new(own.to_vec().into()), chunk, Vec::new(), usize::MAX);
        check_pages(reader(), chunk)?;
        pages.push(BasicDecompressor::new(reader(), Vec::new()));
        types.push(&chunk.descriptor().descriptor.primitive_type);
    }
    let read = column_iter_to_arrays(pages, types, field.clone(), None);
    read.map(|(arrays, _)| arrays).map_err(|error| why(&error.to_string()))
}

/// Whether a column's pages have no more values than the column: polars makes room for as many as they claim.
fn check_pages(pages: PageReader, chunk: &ColumnChunkMetadata) -> Result<(), String> {
    let most = usize::try_from(chunk.num_values()).ok().filter(|values| *values < 1 << 31);
    let most = most.ok_or_else(|| why("a column has no possible length"))?;
    for page in pages {
        if let CompressedPage::Data(page) = page.map_err(|error| why(&error.to_string()))?
            && page.num_values() > most
        {
            return Err(why("a page claims more values than its column has"));
        }
    }
    Ok(())
}
