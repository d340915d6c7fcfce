//! Arms as tables: a name and options.

use fractionate_arms::{Allowed, Arm, ArmOption, OptionValue};

use super::super::document::{Table, Value};
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::{Field, Given, Reader, describe};
use super::super::suggestion;
use super::ranges::{ranged, word};

/// The keys of an arm's options.
pub(super) fn keys(arm: Arm) -> impl Iterator<Item = &'static str> {
    arm.descriptor().options.iter().map(|option| option.key)
}

/// The arm with the options of its table; `arm` has the default ones.
pub(super) fn read(arm: Arm, reader: &Reader<'_>, problems: &mut Problems) -> Option<Arm> {
    let mut checked = Some(arm);
    for option in arm.descriptor().options {
        // No early end: all options are read.
        let value = value(option, reader, problems);
        checked = checked.zip(value).map(|(arm, value)| arm.with(option.key, value));
    }
    checked
}

fn value(option: &ArmOption, reader: &Reader<'_>, problems: &mut Problems) -> Option<OptionValue> {
    let ArmOption { key, default, allowed } = *option;
    match allowed {
        Allowed::Words(words) => {
            let choices: Vec<_> = words.iter().map(|word| (*word, OptionValue::Word(word))).collect();
            word(&reader.optional(key, problems), default, &choices, problems)
        }
        Allowed::WordsOrNumber(words, range) => word_or_number(option, words, range.words, reader, problems),
        Allowed::Number(range) => {
            let field = reader.optional::<f64>(key, problems);
            match field {
                Field::Absent => Some(default),
                _ => option.number(ranged(&field, None, range.words, range.contains, problems)?),
            }
        }
        Allowed::ClassesOrShare => classes_or_share(option, reader, problems),
        Allowed::Whole => {
            let number = reader.optional::<usize>(key, problems);
            number.value().map_or_else(|| number.is_absent().then_some(default), |number| option.whole(*number))
        }
        Allowed::Flag => {
            let flag = reader.optional::<bool>(key, problems);
            flag.value().map_or_else(|| flag.is_absent().then_some(default), |flag| Some(OptionValue::Flag(*flag)))
        }
    }
}

/// One of a few words or a number in the option's range.
fn word_or_number(
    option: &ArmOption,
    words: &[&'static str],
    range: &str,
    reader: &Reader<'_>,
    problems: &mut Problems,
) -> Option<OptionValue> {
    let written = reader.optional::<Value>(option.key, problems);
    if let Some(Given { name, value: Value::String(text), place }) = written.given() {
        let named = words.iter().find(|word| *word == text).map(|word| OptionValue::Word(word));
        return named.or_else(|| {
            let help = match suggestion::nearest(text, words.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("{}, or {range}", suggestion::list(words)),
            };
            problems.refuse(place, format!("`{name}` cannot be {text:?}"), "no such choice", Some(help))
        });
    }
    let Given { name, value, place } = match reader.optional::<f64>(option.key, problems) {
        Field::Absent => return Some(option.default),
        Field::Bad => return None,
        Field::Given(number) => number,
    };
    option.number(value).or_else(|| {
        problems.refuse(&place, format!("`{name}` must be {range}, not {value}"), format!("must be {range}"), None)
    })
}

/// A whole number of classes or a share of them.
fn classes_or_share(option: &ArmOption, reader: &Reader<'_>, problems: &mut Problems) -> Option<OptionValue> {
    let Given { name, value, place } = match reader.optional::<Value>(option.key, problems) {
        Field::Absent => return Some(option.default),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    let allowed = match value {
        Value::Integer(k) => k.and_then(|k| usize::try_from(k).ok()).and_then(|k| option.whole(k)),
        Value::Float(share) => option.number(share),
        _ => None,
    };
    allowed.or_else(|| {
        let range = "a whole number of classes, 1 or more, or a share of them between 0 and 1, such as 0.25";
        let message = format!("`{name}` must be {range}, not {}", describe(&value));
        problems.refuse(&place, message, "must be a number or a share of classes", None)
    })
}

/// The arm of a table without a name that is known: it may be one as in results, with its options.
pub(super) fn reader_of_any<'a>(table: &'a Table, place: &'a Place, problems: &mut Problems) -> Reader<'a> {
    let mut known = vec!["name"];
    for key in Arm::all().flat_map(keys) {
        if !known.contains(&key) {
            known.push(key);
        }
    }
    Reader::new(table, place, "arms", &known, problems)
}
