//! CIFAR's binary records: the labels' bytes, then 3 x 32 x 32 bytes of red, green and blue, picture by picture.

use std::path::Path;
use std::sync::Arc;

use super::block::{Block, Contents, PLANES};
use super::{PictureSet, PicturesProblem};

/// Bytes of the labels before a picture: of CIFAR-100 the coarse one and the fine one.
pub(super) fn label_bytes(set: PictureSet) -> usize {
    if set == PictureSet::Cifar100 { 2 } else { 1 }
}

/// Whether a file of this length and these first bytes holds records of the set.
pub(super) fn are_records(set: PictureSet, length: u64, head: &[u8]) -> bool {
    let labels = label_bytes(set);
    let most = [20, 100];
    let possible = |label: usize, most: u8| head.get(label).is_some_and(|&label| label < most);
    length > 0
        && length.is_multiple_of((labels + PLANES) as u64)
        && match set {
            PictureSet::Cifar100 => (0..2).all(|label| possible(label, most[label])),
            _ => possible(0, 10),
        }
}

/// Reads a file of records.
pub(super) fn block(set: PictureSet, path: &Path) -> Result<Block, PicturesProblem> {
    let bytes = fractionate_records::read_user_file(path).map_err(|reason| PicturesProblem::of(path, reason))?;
    let first = label_bytes(set);
    if bytes.is_empty() || !bytes.len().is_multiple_of(first + PLANES) {
        let reason = format!("holds {} bytes, which are no whole records of {}", bytes.len(), first + PLANES);
        return Err(PicturesProblem::of(path, reason));
    }
    let count = bytes.len() / (first + PLANES);
    let (mut labels, mut planes) = (Vec::with_capacity(count), Vec::with_capacity(count * PLANES));
    for record in bytes.chunks_exact(first + PLANES) {
        labels.push(Some(i64::from(record[first - 1])));
        planes.extend_from_slice(&record[first..]);
    }
    Ok(Block { labels, contents: Contents::Planes(planes), file: Arc::from(path), first_row: 0 })
}
