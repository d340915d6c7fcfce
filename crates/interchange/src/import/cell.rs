//! What stands in a cell.

use fractionate_records::clean;

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Empty,
    Integer(i64),
    Number(f64),
    Text(Box<str>),
}

/// Words for a cell without a number.
const NOTHING: [&str; 9] = ["na", "n/a", "none", "null", "<na>", "nat", "-", "--", "—"];

impl Cell {
    /// The cell of a text, cleaned; blank text is an empty cell.
    pub(super) fn of(text: &str) -> Self {
        match clean::one_line(clean::from_csv_cell(text)).trim() {
            "" => Self::Empty,
            text => Self::Text(text.into()),
        }
    }

    /// As a number, NaN included; an error if it is a word. A percent sign is left out, a decimal comma is a point.
    pub(super) fn number(&self) -> Result<Option<f64>, String> {
        match self {
            Self::Empty => Ok(None),
            Self::Integer(value) => Ok(Some(*value as f64)),
            Self::Number(value) => Ok(Some(*value)),
            Self::Text(text) if NOTHING.contains(&text.to_lowercase().as_str()) => Ok(None),
            Self::Text(text) => {
                let plain = text.strip_suffix('%').unwrap_or(text).trim();
                let plain = match plain.matches(',').count() {
                    1 if !plain.contains('.') => plain.replace(',', "."),
                    _ => plain.to_owned(),
                };
                plain.parse().map(Some).map_err(|_| {
                    if ["±", "+-", "+/-"].iter().any(|sign| text.contains(sign)) {
                        format!("`{text}` is a mean with its spread: a row is one run, with its seed and its own score")
                    } else {
                        format!("`{text}` is not a number")
                    }
                })
            }
        }
    }

    /// Whether it is written with a percent sign.
    pub(super) fn is_percent(&self) -> bool {
        matches!(self, Self::Text(text) if text.ends_with('%'))
    }

    /// As a whole number from 0 on.
    pub(super) fn whole(&self) -> Result<Option<u64>, String> {
        let wrong = |shown: String| format!("`{shown}` is not a whole number from 0 on");
        let of_float = |value: f64| {
            // Tables that once had an empty cell write their whole numbers so.
            let whole = value >= 0.0 && value.fract() == 0.0 && value < 2f64.powi(53);
            if whole { Ok(Some(value as u64)) } else { Err(wrong(value.to_string())) }
        };
        match self {
            Self::Empty => Ok(None),
            Self::Integer(value) => u64::try_from(*value).map(Some).map_err(|_| wrong(value.to_string())),
            Self::Number(value) => of_float(*value),
            Self::Text(text) if NOTHING.contains(&text.to_lowercase().as_str()) => Ok(None),
            Self::Text(text) => {
                if let Ok(value) = text.parse::<u64>() {
                    return Ok(Some(value));
                }
                if is_grouped(text) {
                    return Err(format!("`{text}` may be grouped by thousands: write the number without separators"));
                }
                let value = text.replacen(',', ".", 1).parse::<f64>().map_err(|_| wrong(text.to_string()))?;
                of_float(value).map_err(|_| wrong(text.to_string()))
            }
        }
    }

    /// As words, whatever it is.
    pub(super) fn words(&self) -> Option<String> {
        match self {
            Self::Empty => None,
            Self::Integer(value) => Some(value.to_string()),
            Self::Number(value) => Some(value.to_string()),
            Self::Text(text) => Some(text.to_string()),
        }
    }

    /// As a whole number where it may have the word `seed` before it: `seed_0`, `seed=0`, `s0`.
    pub(super) fn seed(&self) -> Result<Option<u64>, String> {
        let Self::Text(text) = self else { return self.whole() };
        let lower = text.to_lowercase();
        let rest = ["seed", "s"].iter().find_map(|word| lower.strip_prefix(word));
        let digits = rest.map(|rest| rest.trim_start_matches(['_', '-', ' ', '=', ':']));
        match digits.and_then(|digits| digits.parse::<u64>().ok()) {
            Some(seed) => Ok(Some(seed)),
            None => self.whole(),
        }
    }
}

/// Digits in groups of three: `10,000`, `10.000`, `1 000 000`.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split([',', '.', ' ', '\'', '\u{a0}', '_']);
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().is_some_and(|group| digits(group) && group.len() <= 3);
    let rest: Vec<&str> = groups.collect();
    first && !rest.is_empty() && rest.iter().all(|group| digits(group) && group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_percent_signs_and_decimal_commas() {
        let number = |text: &str| Cell::of(text).number();
        for (text, value) in [("81.97", 81.97), ("81,97", 81.97), ("81.8%", 81.8), ("81,8 %", 81.8), ("1e-3", 1e-3)] {
            assert_eq!(number(text), Ok(Some(value)), "{text}");
        }
        for text in ["", "  ", "NA", "n/a", "None", "-"] {
            assert_eq!(number(text), Ok(None), "{text}");
        }
        assert!(number("nan").unwrap().unwrap().is_nan());
        assert_eq!(number("high"), Err("`high` is not a number".to_owned()));
        assert!(number("81.9 ± 0.2").unwrap_err().contains("a row is one run"));
        assert!(number("1.234,5").is_err());
    }

    #[test]
    fn whole_numbers_are_never_guessed_from_groups_of_digits() {
        let whole = |text: &str| Cell::of(text).whole();
        assert_eq!(whole("18446744073709551615"), Ok(Some(u64::MAX)));
        assert_eq!((whole("1.0"), whole("1,0")), (Ok(Some(1)), Ok(Some(1))));
        for text in ["10,000", "10.000", "1 000 000"] {
            assert!(whole(text).unwrap_err().contains("without separators"), "{text}");
        }
        for cell in [Cell::of("1.5"), Cell::of("-1"), Cell::Integer(-1), Cell::Number(0.5), Cell::of("one")] {
            assert!(cell.whole().unwrap_err().contains("is not a whole number from 0 on"), "{cell:?}");
        }
    }

    #[test]
    fn a_seed_may_have_its_word_before_it() {
        for text in ["3", "seed_3", "seed3", "Seed 3", "s3", "seed=3", "3.0"] {
            assert_eq!(Cell::of(text).seed(), Ok(Some(3)), "{text}");
        }
        assert!(Cell::of("seed").seed().is_err() && Cell::of("one").seed().is_err());
    }
}
