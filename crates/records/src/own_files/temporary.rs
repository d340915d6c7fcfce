//! The names of what is half-written.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;

const TEMPORARY: &str = ".tmp-";

const DIGITS: usize = 16;

/// Whether a name is one that this program gives to what is half-written; a user's own `.tmp-backup` is not.
pub fn is_temporary(name: &str) -> bool {
    let digits = name.strip_prefix(TEMPORARY);
    digits
        .is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// A name that is drawn: several processes may write one file at once.
pub(super) fn drawn_name() -> String {
    format!("{TEMPORARY}{:016x}", RandomState::new().build_hasher().finish())
}

/// The same name each time for a file that one process writes at a time: what it leaves when it is killed is replaced by
/// the next.
pub(crate) fn temporary_name(file: impl AsRef<Path>) -> String {
    let file = file.as_ref().file_name().unwrap_or_default();
    let hash = blake3::Hasher::new_derive_key("fractionate temporary file").update(file.as_encoded_bytes()).finalize();
    format!("{TEMPORARY}{}", &hash.to_hex()[..DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_this_program_gives_are_temporary() {
        assert!(is_temporary(&drawn_name()) && is_temporary(&temporary_name("index.html")));
        assert_ne!(drawn_name(), drawn_name());
        for users_own in [".tmp-backup", ".tmp-ab12cd", ".tmp-", ".tmp-0123456789ABCDEF", "tmp-0123456789abcdef"] {
            assert!(!is_temporary(users_own), "{users_own}");
        }
    }
}
