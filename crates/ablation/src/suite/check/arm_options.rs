//! Arms as tables: a name and options.

use fractionate_training::Decoupling;

use super::super::document::{Table, Value};
use super::super::place::{Place, Placed};
use super::super::problems::Problems;
use super::super::reader::{Field, Reader};
use super::super::suggestion;
use super::ranges::{ranged, word};
use crate::arm::{Arm, Averaged, Held, Kept, PriorSource, SimilarityTemperature, SmoothingTarget, Softening, dkd};

/// The keys of an arm's options.
pub(super) fn keys(arm: Arm) -> &'static [&'static str] {
    match arm {
        Arm::ClassPrior { .. } => &["from"],
        Arm::LabelSmoothing { .. } => &["target"],
        Arm::VirtualTeacher { .. } => &["soften"],
        Arm::ClassSmoothing { .. } | Arm::ClassMean { .. } => &["over"],
        Arm::ClassSimilarity { .. } => &["tau"],
        Arm::Permuted { .. } => &["hold"],
        Arm::TopK { .. } => &["k"],
        Arm::TargetWeighted { .. } => &["shuffled"],
        Arm::Dkd { .. } => &["alpha", "beta", "warmup_epochs"],
        _ => &[],
    }
}

/// The arm with the options of its table; `arm` has the default ones.
pub(super) fn read(arm: Arm, reader: &Reader<'_>, problems: &mut Problems) -> Option<Arm> {
    Some(match arm {
        Arm::ClassPrior { .. } => {
            let words = PriorSource::ALL.map(|from| (from.name(), from));
            Arm::ClassPrior { from: read_word(reader, "from", &words, problems)? }
        }
        Arm::LabelSmoothing { target } => {
            let range = "a number from 0 to 1";
            let words = SmoothingTarget::WORDS;
            let target = word_or_number(reader, "target", target, &words, range, SmoothingTarget::number, problems)?;
            Arm::LabelSmoothing { target }
        }
        Arm::VirtualTeacher { .. } => {
            let words = Softening::ALL.map(|soften| (soften.name(), soften));
            Arm::VirtualTeacher { soften: read_word(reader, "soften", &words, problems)? }
        }
        Arm::ClassSmoothing { .. } => Arm::ClassSmoothing { over: over(reader, problems)? },
        Arm::ClassMean { .. } => Arm::ClassMean { over: over(reader, problems)? },
        Arm::ClassSimilarity { tau } => {
            let (range, words) = ("a number above 0", [("matched", SimilarityTemperature::Matched)]);
            let tau = word_or_number(reader, "tau", tau, &words, range, SimilarityTemperature::number, problems)?;
            Arm::ClassSimilarity { tau }
        }
        Arm::Permuted { .. } => {
            let words = Held::ALL.map(|hold| (hold.name(), hold));
            Arm::Permuted { hold: read_word(reader, "hold", &words, problems)? }
        }
        Arm::TopK { k } => Arm::TopK { k: kept(reader, k, problems)? },
        Arm::TargetWeighted { .. } => {
            Arm::TargetWeighted { shuffled: reader.optional::<bool>("shuffled", problems).value_or(false)? }
        }
        Arm::Dkd { decoupling } => {
            let mut coefficient = |key: &'static str, default: f64| {
                let field = reader.optional(key, problems);
                ranged(&field, Some(default), key, "from 0 to 1000", dkd::is_possible, problems)
            };
            let alpha = coefficient("alpha", decoupling.alpha);
            let beta = coefficient("beta", decoupling.beta);
            let warmup_epochs = reader.optional("warmup_epochs", problems).value_or(decoupling.warmup_epochs);
            Arm::Dkd { decoupling: Decoupling { alpha: alpha?, beta: beta?, warmup_epochs: warmup_epochs? } }
        }
        _ => arm,
    })
}

fn over(reader: &Reader<'_>, problems: &mut Problems) -> Option<Averaged> {
    read_word(reader, "over", &Averaged::ALL.map(|over| (over.name(), over)), problems)
}

/// One of a few words; the default is the type's.
fn read_word<T: Copy + Default>(
    reader: &Reader<'_>,
    key: &'static str,
    words: &[(&str, T)],
    problems: &mut Problems,
) -> Option<T> {
    let field = reader.optional(key, problems);
    word(&field, T::default(), key, words, problems)
}

/// One of a few words or a number that `make` takes.
fn word_or_number<T: Copy>(
    reader: &Reader<'_>,
    key: &'static str,
    default: T,
    words: &[(&str, T)],
    range: &str,
    make: impl Fn(f64) -> Option<T>,
    problems: &mut Problems,
) -> Option<T> {
    let written: Placed<Value> = match reader.optional(key, problems) {
        Field::Absent => return Some(default),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    if let Value::String(text) = &written.value {
        if let Some((_, value)) = words.iter().find(|(word, _)| word == text) {
            return Some(*value);
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let help = match suggestion::nearest(text, names.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("{}, or {range}", suggestion::list(&names)),
        };
        problems.add(written.place, format!("`{key}` cannot be {text:?}"), "no such choice", Some(help));
        return None;
    }
    let Field::Given(number) = reader.optional::<f64>(key, problems) else { return None };
    let made = make(number.value);
    if made.is_none() {
        let message = format!("`{key}` must be {range}, not {}", number.value);
        problems.add(number.place, message, format!("must be {range}"), None);
    }
    made
}

/// A whole number of classes or a share of them.
fn kept(reader: &Reader<'_>, default: Kept, problems: &mut Problems) -> Option<Kept> {
    let written: Placed<Value> = match reader.optional("k", problems) {
        Field::Absent => return Some(default),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    let kept = match written.value {
        Value::Integer(k) => k.and_then(|k| usize::try_from(k).ok()).and_then(Kept::classes),
        Value::Float(share) => Kept::share(share),
        _ => None,
    };
    if kept.is_none() {
        let range = "a whole number of classes, 1 or more, or a share of them between 0 and 1, such as 0.25";
        let message = format!("`k` must be {range}, not {}", written_number(&written.value));
        problems.add(written.place, message, "not so many", None);
    }
    kept
}

fn written_number(value: &Value) -> String {
    match value {
        Value::Integer(Some(integer)) => integer.to_string(),
        Value::Float(float) => format!("{float:?}"),
        other => other.kind().to_owned(),
    }
}

/// The arm of a table without a name that is known: it may be one as in results, with its options.
pub(super) fn reader_of_any<'a>(table: &'a Table, place: &Place, problems: &mut Problems) -> Reader<'a> {
    let mut known = vec!["name"];
    for key in Arm::ALL.into_iter().flat_map(|arm| keys(arm).iter().copied()) {
        if !known.contains(&key) {
            known.push(key);
        }
    }
    Reader::new(table, place.clone(), "arms", &known, problems)
}
