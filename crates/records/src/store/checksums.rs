//! Checksums: of a document's own content, and of the files beside it that it speaks for.
//!
//! A document ends in
//!
//! ```text
//!   "checksums": {
//!     "files": {"provenance.json":{"bytes":245,"blake3":"…"}},
//!     "this": "…"
//!   }
//! }
//! ```
//!
//! where `this` is the BLAKE3 hash of every byte before it. Documents of earlier versions, and those that programs make,
//! have no checksums.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Between a document's own content and the checksums of files.
const BEGIN: &str = ",\n  \"checksums\": {\n    \"files\": ";

/// What a file is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileChecksum {
    bytes: u64,
    blake3: String,
}

/// The checksums of files by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Checksums(BTreeMap<String, FileChecksum>);

impl Checksums {
    /// Those of files with this content.
    pub(crate) fn of(files: &[(&str, Vec<u8>)]) -> Self {
        let checksum = |bytes: &[u8]| FileChecksum { bytes: bytes.len() as u64, blake3: hex(bytes) };
        Self(files.iter().map(|(name, bytes)| ((*name).to_owned(), checksum(bytes))).collect())
    }

    /// The names and sizes of the files.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, checksum)| (name.as_str(), checksum.bytes))
    }

    /// Whether a file is covered.
    pub(crate) fn covers(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What is wrong with the content of a file, if it is covered.
    pub(crate) fn damage(&self, name: &str, content: &[u8]) -> Option<String> {
        let expected = self.0.get(name)?;
        (hex(content) != expected.blake3).then(|| OTHER_CONTENT.to_owned())
    }
}

/// What a file with another checksum is, to stand in a sentence about it.
pub(crate) const OTHER_CONTENT: &str = "its checksum is not the one that it was written with";

fn hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn end(covered: &[u8]) -> String {
    format!("{}\"\n  }}\n}}\n", hex(covered))
}

const END: usize = 64 + "\"\n  }\n}\n".len();

/// A JSON document with the checksum of its own content and of these files.
pub(crate) fn sealed_json(value: &impl Serialize, files: &Checksums) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("documents have only string keys");
    bytes.truncate(bytes.len() - "\n}".len());
    bytes.extend(BEGIN.bytes());
    bytes.extend(serde_json::to_vec(files).expect("names are string keys"));
    bytes.extend(b",\n    \"this\": \"");
    let end = end(&bytes);
    bytes.extend(end.bytes());
    bytes
}

/// A document without its checksums, and those of the files that it speaks for; `None` for a document that has none.
///
/// # Errors
/// What is wrong with it, if its content is not the one that it was written with.
pub(crate) fn unsealed(document: Vec<u8>) -> Result<(Vec<u8>, Option<Checksums>), String> {
    let begin = document.windows(BEGIN.len()).rposition(|window| window == BEGIN.as_bytes());
    let Some(begin) = begin else { return Ok((document, None)) };
    let other = || OTHER_CONTENT.to_owned();
    let covered =
        document.len().checked_sub(END).filter(|&covered| covered >= begin + BEGIN.len()).ok_or_else(other)?;
    if document[covered..] != *end(&document[..covered]).as_bytes() {
        return Err(other());
    }
    let files = &document[begin + BEGIN.len()..covered];
    let files = files.strip_suffix(b",\n    \"this\": \"").ok_or_else(other)?;
    let checksums = serde_json::from_slice(files).map_err(|error| format!("its checksums cannot be read: {error}"))?;
    let mut body = document;
    body.truncate(begin);
    body.extend(b"\n}\n");
    Ok((body, Some(checksums)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Document {
        format: u32,
        words: Vec<String>,
    }

    fn document() -> Document {
        Document { format: 1, words: vec!["one".to_owned(), BEGIN.to_owned()] }
    }

    #[test]
    fn a_document_comes_back_with_the_checksums_of_its_files_and_stays_ordinary_json() {
        let files = Checksums::of(&[("a", b"content".to_vec()), ("b", Vec::new())]);
        let bytes = sealed_json(&document(), &files);
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(json["checksums"]["files"]["a"]["bytes"], 7);
        let (body, found) = unsealed(bytes).unwrap();
        assert_eq!(serde_json::from_slice::<Document>(&body).unwrap(), document());
        assert_eq!(found, Some(files.clone()));
        assert_eq!(files.damage("a", b"content"), None);
        assert!(files.damage("a", b"Content").is_some());
        assert_eq!(files.damage("c", b"anything"), None);
    }

    #[test]
    fn every_changed_bit_and_every_cut_of_a_document_is_noticed() {
        let bytes = sealed_json(&document(), &Checksums::of(&[("a", b"content".to_vec())]));
        // Where the word `checksums` itself is changed, the document has a key that nobody knows.
        let is_read = |bytes: Vec<u8>| {
            let Ok((body, checksums)) = unsealed(bytes) else { return false };
            let json = serde_json::from_slice::<serde_json::Value>(&body);
            json.is_ok_and(|json| json.as_object().is_some_and(|json| json.len() == 2) || checksums.is_some())
        };
        assert!(is_read(bytes.clone()));
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[place] ^= 1 << bit;
                assert!(!is_read(changed), "bit {bit} of byte {place}");
            }
            assert!(!is_read(bytes[..place].to_vec()), "cut at {place}");
        }
    }

    #[test]
    fn a_document_without_checksums_is_read_as_it_is() {
        let bytes = serde_json::to_vec(&document()).unwrap();
        assert_eq!(unsealed(bytes.clone()).unwrap(), (bytes, None));
    }
}
