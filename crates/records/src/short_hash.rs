//! Names of runs and teachers: short hashes, which are names of folders and nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};

/// 16 hexadecimal digits of a BLAKE3 hash. Nothing else is read from a file: no path, no empty name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ShortHash(String);

impl ShortHash {
    /// Hashes a configuration's JSON. The structs fix the order of the keys; `domain` keeps ids of different things apart.
    pub(crate) fn of(domain: &str, config: &impl Serialize) -> Self {
        let json = serde_json::to_vec(config).expect("a configuration has only string keys and finite numbers");
        let mut hasher = blake3::Hasher::new_derive_key(domain);
        hasher.update(&json);
        Self(hasher.finalize().to_hex()[..DIGITS].to_owned())
    }

    /// Reads a hash back; `None` if the text is none.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let digits = name.len() == DIGITS && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| Self(name.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

const DIGITS: usize = 16;

impl TryFrom<String> for ShortHash {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::from_name(&name).ok_or_else(|| format!("`{}` is not {DIGITS} hexadecimal digits", name.escape_debug()))
    }
}

impl From<ShortHash> for String {
    fn from(hash: ShortHash) -> Self {
        hash.0
    }
}

impl fmt::Display for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::{RunId, TeacherKey};

    #[test]
    fn only_sixteen_lower_case_hex_digits_name_a_run_or_a_teacher() {
        let read = |name: &str| {
            let json = serde_json::to_string(name).unwrap();
            [serde_json::from_str::<RunId>(&json).is_ok(), serde_json::from_str::<TeacherKey>(&json).is_ok()]
        };
        assert_eq!(read("0123456789abcdef"), [true, true]);
        let refused = [
            "",
            ".",
            "..",
            "/",
            "../../pwned",
            "/etc/passwd",
            "0123456789abcde",
            "0123456789ABCDEF",
            ".tmp-0123456789a",
            "0123456789abcdefa",
            "0123456789abcde/",
            "0123456789abcde\n",
        ];
        for bad in refused {
            assert_eq!(read(bad), [false, false], "{bad}");
            assert!(RunId::from_name(bad).is_none(), "{bad}");
        }
    }
}
