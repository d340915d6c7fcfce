//! Decoded pictures in a file of their own: decoded once, then mapped.
//!
//! The file is 32 bytes of checksum over the rest; the length of the head in 8 bytes; the head as JSON; zeros up to a
//! multiple of 64; and then the pixels of the training part and of the test part. Its name is a hash of what the pictures
//! were decoded from and how. It may be deleted at any time.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use fractionate_records::OwnFolder;
use memmap2::Mmap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::block::{Block, Contents};
use super::layout::Parts;
use super::{Damaged, PicturesRequest};
use crate::sets::{Bytes, ExampleShape, Part, PictureOrder, Rows};

/// Raised when the same files give other pixels than before.
const FORMAT: u64 = 1;

/// Fewer encoded pictures are decoded each time.
const FEW: usize = 1_000;

/// Bytes that are hashed together.
const CHUNK: usize = 1 << 22;

const CHECKSUM: usize = 32;
const ALIGNMENT: usize = 64;

/// Decoded pictures and what is known of them.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) shape: ExampleShape,
    pub(super) train: Part,
    pub(super) test: Part,
    pub(super) order: Arc<PictureOrder>,
    /// What of the pictures is hard to believe.
    pub(super) warnings: Vec<String>,
}

/// Everything but the pixels.
#[derive(Serialize, Deserialize)]
struct Head {
    features: usize,
    picture: (usize, usize),
    classes: usize,
    labels: [Vec<u16>; 2],
    order: [Vec<usize>; 2],
    hash: String,
    warnings: Vec<String>,
}

/// What a kept file is called; `None` where decoding again is as fast.
pub(super) fn file_name(request: &PicturesRequest, classes: usize, parts: &Parts<Vec<Block>>) -> Option<String> {
    let all = || parts.train.iter().chain(&parts.test);
    let encoded = |block: &&Block| !matches!(block.contents, Contents::Planes(_));
    if all().filter(encoded).map(|block| block.labels.len()).sum::<usize>() < FEW {
        return None;
    }
    let mut hasher = blake3::Hasher::new_derive_key("fractionate decoded pictures");
    let size = request.size.map_or(0, |size| size as u64);
    for number in [FORMAT, size, classes as u64, parts.train.len() as u64, parts.test.len() as u64] {
        hasher.update(&number.to_le_bytes());
    }
    if request.damaged == Damaged::LeaveOut {
        // What is left out is told by its path.
        for path in request.place.paths() {
            hasher.update(path.as_os_str().as_encoded_bytes());
        }
    }
    let digests: Option<Vec<blake3::Hash>> = all().collect::<Vec<_>>().into_par_iter().map(digest).collect();
    for digest in digests? {
        hasher.update(digest.as_bytes());
    }
    Some(format!("{}.pixels", &hasher.finalize().to_hex()[..32]))
}

/// A hash over a block's labels and pictures; `None` if one cannot be read.
fn digest(block: &Block) -> Option<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(block.labels.len() as u64).to_le_bytes());
    for label in &block.labels {
        hasher.update(&label.unwrap_or(-1).to_le_bytes());
    }
    let sound = block.each(|_, stored| {
        let stored = stored.ok()?;
        let bytes = stored.bytes();
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
        Some(())
    });
    sound.into_iter().collect::<Option<()>>()?;
    Some(hasher.finalize())
}

/// A kept file's pictures, mapped; `None` without such a file. An altered one is an error in a sentence.
pub(super) fn load(folder: &Path, name: &str) -> Result<Option<Decoded>, String> {
    let folder = OwnFolder::at(folder);
    let path = folder.path(name);
    if !folder.has_file(name) {
        return Ok(None);
    }
    let Ok(map) = File::open(&path).and_then(|file| map(&file)) else { return Ok(None) };
    let altered = || format!("{} was altered after it was written: the pictures are decoded again", path.display());
    decoded(map).ok_or_else(altered).map(Some)
}

fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: kept files are written once under another name and never changed in place, so the mapped bytes do not
    // move; whoever truncates one by hand while it is in use gets a bus error, as with any map.
    #[expect(unsafe_code, reason = "sets of pictures may be larger than the memory")]
    unsafe {
        Mmap::map(file)
    }
}

fn decoded(map: Mmap) -> Option<Decoded> {
    let (checksum, rest) = map.split_at_checked(CHECKSUM)?;
    if checksum != checksum_of(&[rest]) {
        return None;
    }
    let length = usize::try_from(u64::from_le_bytes(rest.get(..8)?.try_into().ok()?)).ok()?;
    let Head { features, picture, classes, labels, order, hash, warnings } =
        serde_json::from_slice(rest.get(8..length.checked_add(8)?)?).ok()?;
    let first = (CHECKSUM + 8 + length).next_multiple_of(ALIGNMENT);
    let [train, test] = labels;
    if map.len() != first + (train.len() + test.len()) * features {
        return None;
    }
    let (_, pixels) = Bytes::of(map).split_at(first);
    let (of_train, of_test) = pixels.split_at(train.len() * features);
    let [order_train, order_test] = order;
    Some(Decoded {
        shape: ExampleShape { features, picture: Some(picture), classes },
        train: Part { rows: Rows::Bytes(of_train), labels: train },
        test: Part { rows: Rows::Bytes(of_test), labels: test },
        order: Arc::new(PictureOrder { train: order_train, test: order_test, hash }),
        warnings,
    })
}

/// Keeps decoded pictures. An error is a sentence.
pub(super) fn keep(folder: &Path, name: &str, decoded: &Decoded) -> Result<(), String> {
    let Decoded { shape, train, test, order, warnings } = decoded;
    let (Rows::Bytes(of_train), Rows::Bytes(of_test)) = (&train.rows, &test.rows) else { return Ok(()) };
    let head = Head {
        features: shape.features,
        picture: shape.picture.unwrap_or_default(),
        classes: shape.classes,
        labels: [train.labels.clone(), test.labels.clone()],
        order: [order.train.clone(), order.test.clone()],
        hash: order.hash.clone(),
        warnings: warnings.clone(),
    };
    let json = serde_json::to_vec(&head).expect("numbers and text are JSON");
    let mut head = [&(json.len() as u64).to_le_bytes()[..], &json].concat();
    head.resize((CHECKSUM + head.len()).next_multiple_of(ALIGNMENT) - CHECKSUM, 0);
    let checksum = checksum_of(&[&head, of_train, of_test]);
    let folder = OwnFolder::at(folder);
    let written = folder.create().and_then(|()| folder.write_parts(name, &[&checksum, &head, of_train, of_test]));
    written.map_err(|error| {
        let mebibytes = (of_train.len() + of_test.len()).div_ceil(1 << 20);
        format!("the decoded pictures ({mebibytes} MiB) are not kept, and are decoded again next time: {error}")
    })
}

/// A hash over bytes in several parts, chunk by chunk on all cores.
fn checksum_of(parts: &[&[u8]]) -> [u8; CHECKSUM] {
    // Chunks must not depend on how the bytes are cut into parts.
    let total: usize = parts.iter().map(|part| part.len()).sum();
    let chunk = |at: usize| {
        let mut hasher = blake3::Hasher::new();
        let (mut from, mut to) = (at * CHUNK, total.min((at + 1) * CHUNK));
        for part in parts {
            if from < part.len() {
                hasher.update(&part[from..to.min(part.len())]);
            }
            (from, to) = (from.saturating_sub(part.len()), to.saturating_sub(part.len()));
        }
        hasher.finalize()
    };
    let chunks: Vec<blake3::Hash> = (0..total.div_ceil(CHUNK)).into_par_iter().map(chunk).collect();
    let mut hasher = blake3::Hasher::new();
    for chunk in chunks {
        hasher.update(chunk.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded() -> Decoded {
        let part = |pixels: Vec<u8>, labels: Vec<u16>| Part { rows: Rows::Bytes(pixels.into()), labels };
        let shape = ExampleShape { features: 3, picture: Some((1, 1)), classes: 2 };
        let (train, test) = (part((0..12).collect(), vec![0, 1, 1, 0]), part((20..26).collect(), vec![1, 0]));
        let order = PictureOrder::of(shape, &train, &test).unwrap();
        Decoded { shape, train, test, order: Arc::new(order), warnings: vec!["two are grey".to_owned()] }
    }

    #[test]
    fn what_is_kept_comes_back_and_an_altered_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new/folder");
        assert!(load(&folder, "one.pixels").unwrap().is_none());
        let expected = decoded();
        keep(&folder, "one.pixels", &expected).unwrap();
        let found = load(&folder, "one.pixels").unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        let (Rows::Bytes(train), Rows::Bytes(test)) = (&found.train.rows, &found.test.rows) else { panic!("bytes") };
        assert_eq!((train.to_vec(), test.to_vec()), ((0..12).collect(), (20..26).collect()));
        let file = folder.join("one.pixels");
        let whole = std::fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut altered = whole.clone();
            altered[at] ^= 1;
            std::fs::write(&file, altered).unwrap();
            assert!(load(&folder, "one.pixels").unwrap_err().contains("was altered"), "byte {at}");
        }
        std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
        assert!(load(&folder, "one.pixels").unwrap_err().contains("was altered"));
    }

    #[test]
    fn a_checksum_does_not_depend_on_where_bytes_are_cut() {
        let bytes: Vec<u8> = (0..CHUNK * 2 + 100).map(|at| (at % 251) as u8).collect();
        let whole = checksum_of(&[&bytes]);
        for at in [0, 1, CHUNK - 1, CHUNK, CHUNK + 5, bytes.len()] {
            assert_eq!(checksum_of(&[&bytes[..at], &[], &bytes[at..]]), whole, "cut at {at}");
        }
    }
}
