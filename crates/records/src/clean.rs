//! Text that came from a file, cleaned for where it goes: nothing of it is taken for a command there.
//!
//! Names are cleaned where files are read ([`one_line`], [`json`]) and once more for their kind of target where they are
//! written.

use std::borrow::Cow;

/// Stands for a character that may stand nowhere.
const REPLACEMENT: char = '\u{fffd}';

/// Whether a character is part of a line of text: no control, and nothing that turns what follows around.
fn is_plain(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let ends_a_line = matches!(c, '\u{2028}' | '\u{2029}');
    // XML has no such characters, or they are notes to a program.
    let is_none = matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}');
    !c.is_control() && !turns && !ends_a_line && !is_none
}

fn plain(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' => ' ',
        _ if is_plain(c) => c,
        _ => REPLACEMENT,
    }
}

/// One line of text without control characters: a name.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) { Cow::Borrowed(text) } else { text.chars().map(plain).collect() }
}

/// A JSON document whose strings are [`one_line`] each; its numbers are untouched.
pub fn json(text: &str) -> Cow<'_, str> {
    // Most documents are plain ASCII, which thousands of records are looked through for.
    let is_ascii_and_clean =
        |b: u8| (b.wrapping_sub(b' ') < 0x5f) & (b != b'\\') | (b == b'\n') | (b == b'\r') | (b == b'\t');
    // Without a branch for each byte, so that many are looked at in one instruction.
    let is_clean_piece = |piece: &[u8]| piece.iter().fold(true, |clean, &b| clean & is_ascii_and_clean(b));
    if text.as_bytes().chunks(256).all(is_clean_piece) {
        return Cow::Borrowed(text);
    }
    // Between strings there are line ends and tabs; inside, controls are escaped.
    let is_clean = |c: char| is_plain(c) || matches!(c, '\n' | '\r' | '\t');
    if !text.contains('\\') && text.chars().all(is_clean) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(if is_clean(c) { c } else { REPLACEMENT });
            continue;
        }
        match rest.next() {
            Some('n' | 'r' | 't') => out.push(' '),
            Some('b' | 'f') => out.push(REPLACEMENT),
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                // Half of a pair is no character, and part of one that is plain.
                match code.and_then(char::from_u32) {
                    Some(c) if !is_plain(c) => out.push(plain(c)),
                    _ => out.push_str(&format!("\\u{digits}")),
                }
            }
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    Cow::Owned(out)
}

/// Text for a terminal: lines and tabs stay, and colours where it takes them; nothing else commands it.
pub fn terminal(text: &str, colour: bool) -> Cow<'_, str> {
    let stays = |c: char| is_plain(c) || matches!(c, '\n' | '\t');
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = if colour { colour_sequence(rest) } else { 0 };
        match taken {
            0 => {
                out.push(if stays(c) { c } else { REPLACEMENT });
                rest = &rest[c.len_utf8()..];
            }
            _ => {
                out.push_str(&rest[..taken]);
                rest = &rest[taken..];
            }
        }
    }
    Cow::Owned(out)
}

/// How long the command for a colour is with which the text begins, as `ESC [ 1 ; 31 m`; 0 if it begins otherwise.
fn colour_sequence(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\x1b[") else { return 0 };
    let length = parameters.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    if parameters[length..].starts_with('m') { length + 3 } else { 0 }
}

/// A cell of a CSV file: what a spreadsheet would take for a formula begins with an apostrophe. Numbers stay.
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let text = one_line(text);
    if text.trim_start().starts_with(['=', '+', '-', '@']) && text.trim().parse::<f64>().is_err() {
        return Cow::Owned(format!("'{text}"));
    }
    text
}

/// What [`csv_cell`] was given.
pub fn from_csv_cell(text: &str) -> &str {
    let formula = text.strip_prefix('\'').filter(|rest| rest.trim_start().starts_with(['=', '+', '-', '@']));
    formula.unwrap_or(text)
}

/// Text as HTML shows it.
pub fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Lines of Markdown without HTML, and with links to the report's own files alone. What stands between backticks is code,
/// and shown as it is. Cleaned text stays as it is.
pub fn markdown(text: &str) -> String {
    text.split_inclusive('\n').map(markdown_line).collect()
}

fn markdown_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        let after = &rest[taken..];
        match c {
            '\\' => {
                let escaped = after.chars().next().filter(|next| next.is_ascii_punctuation());
                taken += escaped.map_or(0, char::len_utf8);
                out.push_str(&rest[..taken]);
            }
            '`' => match code(rest) {
                Some(length) => {
                    taken = length;
                    out.push_str(&rest[..taken]);
                }
                None => out.push_str("\\`"),
            },
            '<' if after.starts_with(|next: char| next.is_ascii_alphabetic() || "/!?".contains(next)) => {
                out.push_str("&lt;");
            }
            ']' if after.starts_with('(') && !is_own_target(&after[1..]) => out.push_str("\\]"),
            ']' if after.starts_with([':', '[']) => out.push_str("\\]"),
            '\n' | '\t' => out.push(c),
            _ => out.push(plain(c)),
        }
        rest = &rest[taken..];
    }
    out
}

/// How long the code is with which the text begins: as many backticks at its end as at its start.
fn code(text: &str) -> Option<usize> {
    let backticks = |text: &str| text.bytes().take_while(|byte| *byte == b'`').count();
    let start = backticks(text);
    let mut at = start;
    while at < text.len() {
        let run = backticks(&text[at..]);
        if run == start {
            return Some(at + run);
        }
        at += if run > 0 { run } else { text[at..].chars().next().map_or(1, char::len_utf8) };
    }
    None
}

/// Whether a link leads to a file beside the report.
fn is_own_target(target: &str) -> bool {
    let Some((target, _)) = target.split_once(')') else { return false };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./%=,+#".contains(c);
    !target.starts_with('/') && target.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_without_controls() {
        for (text, clean) in [
            ("label smoothing (0.1) – é 雪 👩‍🔬", "label smoothing (0.1) – é 雪 👩‍🔬"),
            ("\u{1b}]52;c;aGk=\u{7}", "\u{fffd}]52;c;aGk=\u{fffd}"),
            ("a\nb\r\nc\td", "a b  c d"),
            (
                "\u{9b}31m \u{202e}txt \u{2066} \u{2028} \u{feff} \u{7f}",
                "\u{fffd}31m \u{fffd}txt \u{fffd} \u{fffd} \u{fffd} \u{fffd}",
            ),
        ] {
            assert_eq!(one_line(text), clean);
            assert_eq!(one_line(&one_line(text)), clean);
        }
    }

    #[test]
    fn strings_of_json_are_names_and_numbers_keep_their_digits() {
        let text = "{\n\t\"a\\u001b[2J\\nb\": [1.0000000000000002, -3e-7], \"c\\\\u001b \\\"\\u00e9\\ud83d\\ude00\": \"\u{85}\"}";
        let clean = json(text);
        assert_eq!(
            clean,
            "{\n\t\"a\u{fffd}[2J b\": [1.0000000000000002, -3e-7], \"c\\\\u001b \\\"\\u00e9\\ud83d\\ude00\": \"\u{fffd}\"}"
        );
        assert!(serde_json::from_str::<serde_json::Value>(&clean).is_ok());
        for text in ["\\", "\\u", "\\u12", "\"\\ud83d\"", "\\uzzzz"] {
            json(text);
        }
    }

    #[test]
    fn a_terminal_is_commanded_by_nothing_but_colours_and_these_where_it_takes_them() {
        let text = "\u{1b}[1;31mred\u{1b}[0m\n\u{1b}]52;c;aGk=\u{7}\u{1b}[2J\u{1b}[31\r\tend\u{9b}1m";
        let harmless = "\n\u{fffd}]52;c;aGk=\u{fffd}\u{fffd}[2J\u{fffd}[31\u{fffd}\tend\u{fffd}1m";
        assert_eq!(terminal(text, true), format!("\u{1b}[1;31mred\u{1b}[0m{harmless}"));
        assert_eq!(terminal(text, false), format!("\u{fffd}[1;31mred\u{fffd}[0m{harmless}"));
    }

    #[test]
    fn cells_that_begin_as_formulas_do_get_an_apostrophe_and_numbers_none() {
        for (text, cell) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1+cmd", "'+1+cmd"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =1", "' =1"),
            ("\t=1", "' =1"),
            ("-0.5", "-0.5"),
            ("+3e-4", "+3e-4"),
            ("-inf", "-inf"),
            ("teacher", "teacher"),
            ("a=b", "a=b"),
            ("'quoted'", "'quoted'"),
        ] {
            assert_eq!(csv_cell(text), cell);
            assert_eq!(from_csv_cell(cell), one_line(text));
        }
    }

    #[test]
    fn markdown_has_no_html_and_no_links_but_its_own() {
        for (text, clean) in [
            ("# A | b **c** *d* 3 < 4, a <- b\n", "# A | b **c** *d* 3 < 4, a <- b\n"),
            (
                "![arms](figures/tuned/arms.svg) [x](points/a%3D1/report.md)",
                "![arms](figures/tuned/arms.svg) [x](points/a%3D1/report.md)",
            ),
            ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)>"),
            ("</p><!-- <?php", "&lt;/p>&lt;!-- &lt;?php"),
            ("<javascript:alert(1)>", "&lt;javascript:alert(1)>"),
            ("[x](javascript:alert(1))", "[x\\](javascript:alert(1))"),
            ("[x](java&#115;cript&#58;alert(1))", "[x\\](java&#115;cript&#58;alert(1))"),
            ("![x](//evil/a.png) ![x](/etc)", "![x\\](//evil/a.png) ![x\\](/etc)"),
            ("[x](<javascript:1>) [x]( javascript:1)", "[x\\](&lt;javascript:1>) [x\\]( javascript:1)"),
            ("[x]: javascript:1", "[x\\]: javascript:1"),
            ("[x][y]", "[x\\][y]"),
            ("`a <b> [c](d:e)`", "`a <b> [c](d:e)`"),
            ("``a ` <b>`` <b>", "``a ` <b>`` &lt;b>"),
            ("` alone <b>", "\\` alone &lt;b>"),
            ("\\`<b>` and `", "\\`&lt;b>` and `"),
            ("\\<b> \\\\<b>", "\\<b> \\\\&lt;b>"),
            ("a ` b\nc ` <img> ` d", "a \\` b\nc ` <img> ` d"),
        ] {
            let found = markdown(text);
            assert_eq!(found, clean);
            assert_eq!(markdown(&found), found, "{text}");
        }
    }
}
