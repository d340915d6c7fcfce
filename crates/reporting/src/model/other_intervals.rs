//! The intervals other than the t interval over seeds.

use fractionate_statistics::Interval;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A kind of interval: what it is called and what it means, for every table and text.
#[derive(Debug, PartialEq)]
pub struct IntervalKind {
    /// Its column on the page.
    pub name: &'static str,
    /// What stands below that name.
    pub under: &'static str,
    /// Its column in Markdown and LaTeX.
    pub text_column: &'static str,
    /// Its key in JSON, and its columns in CSV, without `_low` and `_high`.
    pub key: &'static str,
    /// What it means.
    pub note: &'static str,
    /// The same in a few words, as part of a sentence.
    pub short_note: &'static str,
}

/// Other 95% intervals of one mean, of each kind in the order of the tables; `None` where the mean has none of the kind.
/// The t interval over seeds, which verdicts use, is in its [`fractionate_statistics::Summary`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OtherIntervals(Vec<(&'static IntervalKind, Option<Interval>)>);

impl OtherIntervals {
    /// Of these kinds.
    pub fn new(intervals: impl IntoIterator<Item = (&'static IntervalKind, Option<Interval>)>) -> Self {
        Self(intervals.into_iter().collect())
    }

    /// The interval of the kind with this key.
    pub fn get(&self, key: &str) -> Option<Interval> {
        self.0.iter().find(|(kind, _)| kind.key == key)?.1
    }

    /// The kinds that were asked for, in their order.
    pub fn kinds(&self) -> impl Iterator<Item = &'static IntervalKind> {
        self.0.iter().map(|(kind, _)| *kind)
    }
}

/// The kinds that any of the means has, in the order of the tables.
pub(crate) fn kinds_of(means: &[&OtherIntervals]) -> Vec<&'static IntervalKind> {
    let asked = means.iter().max_by_key(|mean| mean.0.len());
    let had = |kind: &&IntervalKind| means.iter().any(|mean| mean.get(kind.key).is_some());
    asked.into_iter().flat_map(|mean| mean.kinds()).filter(had).collect()
}

impl Serialize for OtherIntervals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (kind, interval) in &self.0 {
            map.serialize_entry(kind.key, interval)?;
        }
        map.end()
    }
}
