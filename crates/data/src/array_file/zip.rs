//! The parts of a zip archive: what `.npz` files and PyTorch's are.
//!
//! A page of code: the crates that read archives bring ciphers and compressors that nobody uses here.

use std::borrow::Cow;
use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::ArrayError;

/// One part of an archive.
#[derive(Debug, Clone)]
pub struct ZipEntry<'a> {
    /// Its name, with its folders.
    pub name: String,
    compressed: bool,
    /// Of the contents.
    crc: u32,
    size: usize,
    data: &'a [u8],
}

/// The parts of an archive, in its order; `None` if the bytes are none, are cut off, or hold parts of more than 4 GB.
pub fn zip_entries(bytes: &[u8]) -> Option<Vec<ZipEntry<'_>>> {
    // A comment of up to 64 KiB may follow.
    let tail = bytes.len().saturating_sub((1 << 16) + 22);
    let end = tail + bytes[tail..].windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let (count, mut at) = (number(bytes, end + 10, 2)?, number(bytes, end + 16, 4)?);
    let mut entries = Vec::new();
    for _ in 0..count {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let field = |offset: usize, width: usize| number(bytes, at + offset, width);
        let (length, size, local) = (field(20, 4)?, field(24, 4)?, field(42, 4)?);
        let name_length = field(28, 2)?;
        let name = String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name_length)?).into_owned();
        let start = local + 30 + number(bytes, local + 26, 2)? + number(bytes, local + 28, 2)?;
        entries.push(ZipEntry {
            name,
            compressed: field(10, 2)? == 8,
            crc: field(16, 4)? as u32,
            size,
            data: bytes.get(start..start.checked_add(length)?)?,
        });
        at += 46 + name_length + field(30, 2)? + field(32, 2)?;
    }
    Some(entries)
}

/// A little-endian number of so many bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let word = bytes.get(at..at.checked_add(width)?)?;
    Some(word.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
}

impl ZipEntry<'_> {
    /// What the part holds.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn contents(&self) -> Result<Cow<'_, [u8]>, ArrayError> {
        let damaged = || ArrayError::Damaged(format!("its part `{}` has another checksum than it should", self.name));
        let contents = if self.compressed {
            let mut contents = Vec::new();
            let read = DeflateDecoder::new(self.data).take(self.size as u64 + 1).read_to_end(&mut contents);
            read.map_err(|_| damaged())?;
            Cow::Owned(contents)
        } else {
            Cow::Borrowed(self.data)
        };
        let mut crc = Crc::new();
        crc.update(&contents);
        if contents.len() != self.size || crc.sum() != self.crc {
            return Err(damaged());
        }
        Ok(contents)
    }
}
