//! Sentences of the report as HTML.

use fractionate_records::clean::html;
use minijinja::Value;

/// Escapes a sentence, sets what stands between backticks as code, and keeps a number and its ± on one line.
pub(crate) fn words(text: &str) -> Value {
    let text = text.replace(" ± ", "\u{a0}±\u{a0}");
    let mut out = String::with_capacity(text.len() + 16);
    let pieces: Vec<&str> = text.split('`').collect();
    for (place, piece) in pieces.iter().enumerate() {
        // A backtick without a partner is what it is.
        let code = place % 2 == 1 && place + 1 < pieces.len();
        match (code, place % 2 == 1) {
            (true, _) => out.push_str(&format!("<code>{}</code>", html(piece))),
            (false, true) => out.push_str(&format!("`{}", html(piece))),
            (false, false) => out.push_str(&html(piece)),
        }
    }
    Value::from_safe_string(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_between_backticks_are_code_and_the_rest_is_escaped() {
        assert_eq!(words("`a<b` & \"c\"").to_string(), "<code>a&lt;b</code> &amp; &quot;c&quot;");
        assert_eq!(words("one ` alone").to_string(), "one ` alone");
    }
}
