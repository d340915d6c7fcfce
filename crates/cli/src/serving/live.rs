//! What a served page has that a file has not: it asks whether it has changed, and then loads itself again.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Below this path a page's version is told.
pub(super) const VERSION: &str = "/-/version";

const SCRIPT: &str = include_str!("live.js");

/// A page's version: another one where its bytes are others.
pub(super) fn version(page: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    page.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The page with the script that keeps it fresh, and leave to ask this server and no other.
pub(super) fn live(page: &[u8]) -> Vec<u8> {
    let html = String::from_utf8_lossy(page);
    let script = SCRIPT.replace("VERSION", &version(page));
    let html = html.replacen("default-src 'none'", "default-src 'none'; connect-src 'self'", 1);
    match html.rfind("</body>") {
        Some(end) => format!("{}<script>\n{script}</script>\n{}", &html[..end], &html[end..]).into_bytes(),
        None => html.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_served_page_knows_its_version_and_may_ask_for_it() {
        let page = b"<meta content=\"default-src 'none'; img-src data:\"><body><p>x</p></body>";
        let served = String::from_utf8(live(page)).unwrap();
        assert!(served.contains("default-src 'none'; connect-src 'self'; img-src data:"));
        assert!(served.contains(&version(page)) && served.contains("</script>\n</body>"));
        assert_ne!(version(page), version(b"another"));
    }
}
