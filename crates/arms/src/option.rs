//! The options of an arm: their keys, values and ranges, in a suite's table and in a name's parentheses.

/// The value of an arm's option.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptionValue {
    /// One of the option's words.
    Word(&'static str),
    /// A number.
    Number(f64),
    /// A whole number.
    Whole(usize),
    /// Yes or no.
    Flag(bool),
}

/// The values that an option may have.
#[derive(Debug, Clone, Copy)]
pub enum Allowed {
    /// One of these words.
    Words(&'static [&'static str]),
    /// One of these words, or a number in a range.
    WordsOrNumber(&'static [&'static str], Range),
    /// A number in a range.
    Number(Range),
    /// A whole number of classes from 1, or a share of them between 0 and 1, both excluded.
    ClassesOrShare,
    /// A whole number from 0. At the end of a name it may be left out.
    Whole,
    /// Yes or no: in a name the option's key or nothing.
    Flag,
}

/// A range of numbers.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// The range in words: they complete "must be ...".
    pub words: &'static str,
    /// Whether a number lies in it.
    pub contains: fn(f64) -> bool,
}

/// An option of an arm.
#[derive(Debug, Clone, Copy)]
pub struct ArmOption {
    /// The key in a suite's table.
    pub key: &'static str,
    /// The value where none is given.
    pub default: OptionValue,
    /// The values that it may have.
    pub allowed: Allowed,
}

impl ArmOption {
    /// Reads a value as names have it; `None` if it is not allowed.
    pub(crate) fn parse(&self, text: &str) -> Option<OptionValue> {
        let number = || text.parse::<f64>().ok();
        match self.allowed {
            Allowed::Words(words) => find(words, text),
            Allowed::WordsOrNumber(words, _) => find(words, text).or_else(|| self.number(number()?)),
            Allowed::Number(_) => self.number(number()?),
            Allowed::ClassesOrShare => match text.parse() {
                Ok(classes) => self.whole(classes),
                Err(_) => self.number(number()?),
            },
            Allowed::Whole => self.whole(text.parse().ok()?),
            Allowed::Flag => (text == self.key).then_some(OptionValue::Flag(true)),
        }
    }

    /// This number as the option's value, if it is allowed.
    pub fn number(&self, number: f64) -> Option<OptionValue> {
        let allowed = match self.allowed {
            Allowed::WordsOrNumber(_, range) | Allowed::Number(range) => (range.contains)(number),
            Allowed::ClassesOrShare => number > 0.0 && number < 1.0,
            Allowed::Words(_) | Allowed::Whole | Allowed::Flag => false,
        };
        // Adding 0 makes -0 the one zero.
        allowed.then_some(OptionValue::Number(number + 0.0))
    }

    /// This whole number as the option's value, if it is allowed.
    pub fn whole(&self, number: usize) -> Option<OptionValue> {
        let allowed = match self.allowed {
            Allowed::ClassesOrShare => number >= 1,
            Allowed::Whole => true,
            _ => false,
        };
        allowed.then_some(OptionValue::Whole(number))
    }

    /// Writes what [`Self::parse`] reads.
    pub(crate) fn write(&self, value: OptionValue) -> String {
        match value {
            OptionValue::Word(word) => word.to_owned(),
            OptionValue::Number(number) => number.to_string(),
            OptionValue::Whole(number) => number.to_string(),
            OptionValue::Flag(_) => self.key.to_owned(),
        }
    }

    /// Whether a name may end before this option.
    pub(crate) fn may_be_left_out(&self) -> bool {
        matches!(self.allowed, Allowed::Whole)
    }
}

fn find(words: &[&'static str], text: &str) -> Option<OptionValue> {
    words.iter().find(|word| **word == text).map(|word| OptionValue::Word(word))
}
