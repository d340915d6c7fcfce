//! From a claim's text to its parts.

use super::{Claim, ClaimError, Kind, Part, Quantity, Selector, Statement, Sum};
use crate::Term;

/// Reads a text from left to right.
#[derive(Debug)]
pub(super) struct Parser {
    text: Vec<char>,
    at: usize,
    kind: Option<Kind>,
    unit: Option<&'static str>,
}

/// One side of the inequality.
#[derive(Debug)]
enum Side {
    Sum(Sum),
    Abs(Sum),
}

const ABS: &str = "`abs( … )` stands alone on its side, against a number: `abs(domain) < 0.2`";

impl Parser {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), at: 0, kind: None, unit: None }
    }

    /// The whole text as a claim.
    pub(super) fn claim(mut self) -> Result<Claim, ClaimError> {
        self.skip_space();
        let left_at = self.at;
        let left = self.side()?;
        let above = match self.peek() {
            Some('>') => true,
            Some('<') => false,
            found => return Err(self.expected(self.at, "`>` or `<`", found)),
        };
        self.at += 1;
        self.skip_space();
        let right_at = self.at;
        let right = self.side()?;
        if let Some(found) = self.peek() {
            let one = if matches!(found, '>' | '<') { ": it has one `>` or `<`" } else { "" };
            return Err(error(self.at, format!("the claim must end here{one}")));
        }
        let statement = match (left, right) {
            (Side::Sum(left), Side::Sum(right)) => {
                let (larger, smaller) = if above { (left, right) } else { (right, left) };
                Statement::Above(difference(larger, smaller))
            }
            (Side::Abs(sum), Side::Sum(number)) => equivalence(sum, &number, !above, left_at)?,
            (Side::Sum(number), Side::Abs(sum)) => equivalence(sum, &number, above, right_at)?,
            (Side::Abs(_), Side::Abs(_)) => return Err(error(left_at, ABS.to_owned())),
        };
        let alone = "numbers alone say nothing: an arm, a term or a diagnostic must be compared";
        let kind = self.kind.ok_or_else(|| error(left_at, alone.to_owned()))?;
        Ok(Claim { statement, kind, unit: self.unit })
    }

    fn side(&mut self) -> Result<Side, ClaimError> {
        let start = self.at;
        if self.word_ahead().as_deref() != Some("abs") {
            return Ok(Side::Sum(self.sum()?));
        }
        self.at += 3;
        self.skip_space();
        if self.peek() != Some('(') {
            return Err(error(start, ABS.to_owned()));
        }
        let opening = self.at;
        self.at += 1;
        let sum = self.sum()?;
        if self.peek() != Some(')') {
            return Err(match self.peek() {
                None => error(opening, "this parenthesis is not closed".to_owned()),
                found => self.expected(self.at, "`+`, `-` or `)`", found),
            });
        }
        self.at += 1;
        self.skip_space();
        if matches!(self.peek(), Some('+' | '-' | '*')) {
            return Err(error(start, ABS.to_owned()));
        }
        Ok(Side::Abs(sum))
    }

    fn sum(&mut self) -> Result<Sum, ClaimError> {
        let mut parts = Vec::new();
        self.skip_space();
        let mut sign = 1.0;
        if let Some(first @ ('-' | '+')) = self.peek() {
            sign = if first == '-' { -1.0 } else { 1.0 };
            self.at += 1;
        }
        loop {
            let mut part = self.part()?;
            part.factor *= sign;
            parts.push(part);
            self.skip_space();
            sign = match self.peek() {
                Some('+') => 1.0,
                Some('-') => -1.0,
                _ => return Ok(Sum(parts)),
            };
            self.at += 1;
        }
    }

    fn part(&mut self) -> Result<Part, ClaimError> {
        self.skip_space();
        let start = self.at;
        let number =
            if self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.') { Some(self.number()?) } else { None };
        self.skip_space();
        let Some(factor) = number else {
            let (quantity, selectors) = self.selected_quantity()?;
            return Ok(Part { factor: 1.0, quantity, selectors });
        };
        if self.peek() != Some('*') {
            self.unit()?;
            return Ok(Part { factor, quantity: Quantity::One, selectors: Vec::new() });
        }
        if factor == 0.0 {
            return Err(error(start, "a factor of 0 leaves nothing to compare".to_owned()));
        }
        self.at += 1;
        self.skip_space();
        let (quantity, selectors) = self.selected_quantity()?;
        Ok(Part { factor, quantity, selectors })
    }

    fn number(&mut self) -> Result<f64, ClaimError> {
        let start = self.at;
        let exponent = |text: &[char], i: usize| {
            let digit = |i: usize| text.get(i).is_some_and(char::is_ascii_digit);
            digit(i + 1) || matches!(text.get(i + 1), Some('-' | '+')) && digit(i + 2)
        };
        while let Some(c) = self.peek() {
            let sign_of_exponent = matches!(c, '-' | '+') && self.at > start && self.text[self.at - 1] == 'e';
            let part = c.is_ascii_digit() || c == '.' || c == 'e' && exponent(&self.text, self.at) || sign_of_exponent;
            if !part {
                break;
            }
            self.at += 1;
        }
        let word: String = self.text[start..self.at].iter().collect();
        let number = word.parse::<f64>().ok().filter(|n| n.is_finite());
        number.ok_or_else(|| error(start, format!("`{word}` is not a finite number")))
    }

    fn unit(&mut self) -> Result<(), ClaimError> {
        let start = self.at;
        let Some(word) = self.word_ahead() else { return Ok(()) };
        let known = ["points", "nats"].into_iter().find(|unit| *unit == word);
        let none = || format!("`{word}` is not a unit: `points` or `nats` may follow a number");
        let unit = known.ok_or_else(|| error(start, none()))?;
        if let Some(other) = self.unit.filter(|other| *other != unit) {
            return Err(error(start, format!("`{unit}` and `{other}`: a claim has one unit")));
        }
        self.unit = Some(unit);
        self.at += word.chars().count();
        self.skip_space();
        Ok(())
    }

    fn selected_quantity(&mut self) -> Result<(Quantity, Vec<Selector>), ClaimError> {
        let start = self.at;
        let quantity = self.quantity()?;
        if let Some(kind) = quantity.kind() {
            if let Some(other) = self.kind.filter(|other| *other != kind) {
                let words = format!("{} cannot be compared with {}", kind.name(), other.name());
                return Err(error(start, words));
            }
            self.kind = Some(kind);
        }
        self.skip_space();
        let mut selectors = Vec::new();
        if self.peek() != Some('@') {
            return Ok((quantity, selectors));
        }
        loop {
            self.at += 1;
            self.skip_space();
            selectors.push(self.selector()?);
            match self.peek() {
                Some(',') => {}
                Some('@') => {
                    let words = "a second `@`: selectors of one quantity are set apart by commas";
                    return Err(error(self.at, words.to_owned()));
                }
                _ => return Ok((quantity, selectors)),
            }
        }
    }

    fn quantity(&mut self) -> Result<Quantity, ClaimError> {
        let start = self.at;
        let Some(name) = self.word_ahead() else {
            return Err(self.expected(start, "a name or a number", self.peek()));
        };
        self.at += name.chars().count();
        let option = if self.peek() == Some('(') { Some(self.parenthesised()?) } else { None };
        if name == "abs" {
            return Err(error(start, ABS.to_owned()));
        }
        if let Some(term) = Term::from_key(&name) {
            let nothing = || error(start, format!("the term `{name}` takes nothing in parentheses"));
            return if option.is_none() { Ok(Quantity::Term(term)) } else { Err(nothing()) };
        }
        let arm = || -> Result<String, ClaimError> {
            let words = format!("`{name}` takes an arm in parentheses: `{name}(teacher)`");
            option.clone().ok_or_else(|| error(start, words))
        };
        Ok(match name.as_str() {
            "omega-correlation" => Quantity::OmegaCorrelation(arm()?),
            "contrast" => Quantity::Contrast(arm()?),
            "teacher-contrast" => {
                let given = option.clone().unwrap_or_default();
                let temperature = given.parse::<f64>().ok().filter(|t| t.is_finite() && *t > 0.0);
                let not = if given.is_empty() { String::new() } else { format!(", not `{given}`") };
                let words = format!("`{name}` takes a temperature above 0 in parentheses{not}");
                Quantity::TeacherContrast(temperature.ok_or_else(|| error(start, words))?)
            }
            _ => Quantity::Arm(match option {
                Some(option) => format!("{name}({option})"),
                None => name,
            }),
        })
    }

    /// What stands between an opening parenthesis and the one that closes it, without spaces.
    fn parenthesised(&mut self) -> Result<String, ClaimError> {
        let start = self.at;
        let mut depth = 0;
        while let Some(c) = self.peek() {
            self.at += 1;
            depth += i32::from(c == '(') - i32::from(c == ')');
            if depth == 0 {
                let inside =
                    self.text[start + 1..self.at - 1].iter().filter(|c| !c.is_whitespace()).collect::<String>();
                let nothing = || error(start, "nothing stands between the parentheses".to_owned());
                return if inside.is_empty() { Err(nothing()) } else { Ok(inside) };
            }
        }
        Err(error(start, "this parenthesis is not closed".to_owned()))
    }

    fn selector(&mut self) -> Result<Selector, ClaimError> {
        let start = self.at;
        let first = self.selector_word()?;
        self.skip_space();
        if first.is_empty() {
            let words = "a value of the sweep, or a key and its value, must stand here";
            return Err(error(start, words.to_owned()));
        }
        if self.peek() != Some('=') {
            return Ok(Selector { key: None, value: first });
        }
        self.at += 1;
        self.skip_space();
        let place = self.at;
        let value = self.selector_word()?;
        self.skip_space();
        if value.is_empty() {
            return Err(error(place, format!("the value of `{first}` must stand here")));
        }
        Ok(Selector { key: Some(first), value })
    }

    /// A key or a value: a word, a number, something in quotes or a list in brackets.
    fn selector_word(&mut self) -> Result<String, ClaimError> {
        let start = self.at;
        let mut depth = 0;
        let mut quote: Option<(char, usize)> = None;
        while let Some(c) = self.peek() {
            match quote {
                Some((mark, _)) => quote = quote.filter(|_| c != mark),
                None if matches!(c, '"' | '\'') => quote = Some((c, self.at)),
                None if depth == 0 && (c.is_whitespace() || matches!(c, ',' | ')' | '=' | '>' | '<' | '@')) => break,
                None => depth += i32::from(c == '[') - i32::from(c == ']'),
            }
            self.at += 1;
        }
        if let Some((_, place)) = quote {
            return Err(error(place, "this quotation mark is not closed".to_owned()));
        }
        if depth != 0 {
            return Err(error(start, "the brackets here do not match".to_owned()));
        }
        Ok(self.text[start..self.at].iter().collect())
    }

    /// A name at this place: small letters and digits, joined by hyphens.
    fn word_ahead(&self) -> Option<String> {
        let rest = &self.text[self.at..];
        if !rest.first()?.is_ascii_lowercase() {
            return None;
        }
        let part = |c: &&char| c.is_ascii_lowercase() || c.is_ascii_digit() || **c == '-';
        let word: String = rest.iter().take_while(part).collect();
        Some(word.trim_end_matches('-').to_owned())
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn expected(&self, place: usize, what: &str, found: Option<char>) -> ClaimError {
        let not = match found {
            None => String::new(),
            Some('=') if what.contains("name") => ", not `=` (`>` and `<` are all)".to_owned(),
            Some(c) if c.is_uppercase() => format!(", not `{c}` (names are written small)"),
            Some(c) => format!(", not `{c}`"),
        };
        error(place, format!("{what} must stand here{not}"))
    }
}

/// One sum less another; zeros, which change nothing, are left out.
fn difference(larger: Sum, smaller: Sum) -> Sum {
    let turned = smaller.0.into_iter().map(|part| Part { factor: -part.factor, ..part });
    Sum(larger.0.into_iter().chain(turned).filter(|part| part.factor != 0.0).collect())
}

/// `abs(sum)` against a number.
fn equivalence(sum: Sum, number: &Sum, within: bool, place: usize) -> Result<Statement, ClaimError> {
    if number.0.iter().any(|part| part.quantity != Quantity::One) {
        return Err(error(place, ABS.to_owned()));
    }
    let margin: f64 = number.0.iter().map(|part| part.factor).sum();
    if margin <= 0.0 {
        return Err(error(place, "the margin of `abs( … )` must be above 0".to_owned()));
    }
    Ok(if within { Statement::Within { sum, margin } } else { Statement::Beyond { sum, margin } })
}

/// Places are counted from 1.
fn error(at: usize, reason: String) -> ClaimError {
    ClaimError { place: at + 1, reason }
}
