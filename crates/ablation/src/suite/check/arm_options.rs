//! Arms as tables: a name and options.

use fractionate_arms::{
    Arm, Averaged, Decoupling, Held, Kept, PriorSource, SimilarityTemperature, SmoothingTarget, Softening,
};

use super::super::document::{Table, Value};
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::{Field, Given, Reader, describe};
use super::super::suggestion;
use super::ranges::{ranged, word};

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
                ranged(
                    &reader.optional(key, problems),
                    Some(default),
                    "from 0 to 1000",
                    Decoupling::is_possible,
                    problems,
                )
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
    word(&reader.optional(key, problems), T::default(), words, problems)
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
    let written = reader.optional::<Value>(key, problems);
    if let Some(Given { name, value: Value::String(text), place }) = written.given() {
        let named = words.iter().find(|(word, _)| word == text).map(|(_, value)| *value);
        return named.or_else(|| {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let help = match suggestion::nearest(text, names.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("{}, or {range}", suggestion::list(&names)),
            };
            problems.refuse(place, format!("`{name}` cannot be {text:?}"), "no such choice", Some(help))
        });
    }
    let Given { name, value, place } = match reader.optional::<f64>(key, problems) {
        Field::Absent => return Some(default),
        Field::Bad => return None,
        Field::Given(number) => number,
    };
    make(value).or_else(|| {
        problems.refuse(&place, format!("`{name}` must be {range}, not {value}"), format!("must be {range}"), None)
    })
}

/// A whole number of classes or a share of them.
fn kept(reader: &Reader<'_>, default: Kept, problems: &mut Problems) -> Option<Kept> {
    let Given { name, value, place } = match reader.optional::<Value>("k", problems) {
        Field::Absent => return Some(default),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    let kept = match value {
        Value::Integer(k) => k.and_then(|k| usize::try_from(k).ok()).and_then(Kept::classes),
        Value::Float(share) => Kept::share(share),
        _ => None,
    };
    kept.or_else(|| {
        let range = "a whole number of classes, 1 or more, or a share of them between 0 and 1, such as 0.25";
        let message = format!("`{name}` must be {range}, not {}", describe(&value));
        problems.refuse(&place, message, "must be a number or a share of classes", None)
    })
}

/// The arm of a table without a name that is known: it may be one as in results, with its options.
pub(super) fn reader_of_any<'a>(table: &'a Table, place: &'a Place, problems: &mut Problems) -> Reader<'a> {
    let mut known = vec!["name"];
    for key in Arm::ALL.into_iter().flat_map(|arm| keys(arm).iter().copied()) {
        if !known.contains(&key) {
            known.push(key);
        }
    }
    Reader::new(table, place, "arms", &known, problems)
}
