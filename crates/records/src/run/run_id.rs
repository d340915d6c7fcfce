//! The name of a run: a hash of everything that can change its numbers.

use serde::{Deserialize, Serialize};

use crate::RunConfig;

/// 16 hexadecimal digits of the BLAKE3 hash of the run's configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// The id of the run that `config` describes.
    pub fn of(config: &RunConfig) -> Self {
        Self(short_hash("fractionate run", config))
    }

    /// From a hash's digits.
    pub(crate) fn from_digits(digits: String) -> Self {
        Self(digits)
    }

    /// The id as written in folder names.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads an id back from a folder's name; `None` if the name is not one.
    pub fn from_name(name: &str) -> Option<Self> {
        let digits = name.len() == 16 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| Self(name.to_owned()))
    }
}

impl std::fmt::Display for RunId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hashes a configuration's JSON. The structs fix the order of the keys; `domain` keeps ids of different things apart.
pub(crate) fn short_hash(domain: &str, config: &impl Serialize) -> String {
    let json = serde_json::to_vec(config).expect("a configuration has only string keys and finite numbers");
    let mut hasher = blake3::Hasher::new_derive_key(domain);
    hasher.update(&json);
    hasher.finalize().to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sixteen_lower_case_hex_digits_are_a_run_id() {
        assert!(RunId::from_name("0123456789abcdef").is_some());
        for bad in ["0123456789abcde", "0123456789ABCDEF", ".tmp-0123456789ab", "0123456789abcdefa"] {
            assert!(RunId::from_name(bad).is_none(), "{bad}");
        }
    }
}
