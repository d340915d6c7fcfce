//! The comparison of two suites as text.

use fractionate_records::Metric;
use fractionate_statistics::Summary;

use crate::model::metric_words::MetricWords;
use crate::model::suite_comparison::{Both, Pairing, SuiteComparison};
use crate::numbers::{DASH, count, fixed, signed};
use crate::render::tables::TextTable;
use crate::render::text::key_table::{key_table, push_table};

impl Pairing {
    fn words(self) -> &'static str {
        match self {
            Self::SameRuns => "the same runs",
            Self::Paired => "paired by seed",
            Self::Welch => "Welch",
            Self::Nothing => DASH,
        }
    }
}

impl SuiteComparison {
    /// The comparison as text.
    pub fn terminal(&self) -> String {
        let (first, other) = (&self.first, &self.other);
        let mut text = format!("# {} ({}) and {} ({})\n", first.suite, first.folder, other.suite, other.folder);
        let [one, two] = if first.suite == other.suite {
            [first.folder.as_str(), other.folder.as_str()]
        } else {
            [first.suite.as_str(), other.suite.as_str()]
        };
        for configuration in &self.configurations {
            let metric = self.metric.unwrap_or(Metric::TestAccuracy);
            let at = configuration.configuration.as_ref().map_or(String::new(), |name| format!(" at {name}"));
            text.push_str(&format!("\n## {}{at}: {}\n\n", configuration.comparison.name(), metric.name()));
            let head = |what: &str, unit: &str| -> TextTable {
                let columns = [
                    what.to_owned(),
                    format!(">{one} ({unit})"),
                    format!(">{two} ({unit})"),
                    ">other − first".to_owned(),
                ];
                let columns = columns.into_iter().chain([">95% interval".to_owned(), "difference".to_owned()]);
                TextTable::with_columns(&columns.collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>())
            };
            let mut arms = head("arm", metric.unit());
            configuration.arms.iter().for_each(|row| arms.push(cells(&row.arm, &row.both, metric, false)));
            push_table(&mut text, &arms);
            if !configuration.terms.is_empty() {
                text.push('\n');
                let mut terms = head("term", metric.gain_unit());
                configuration.terms.iter().for_each(|row| terms.push(cells(row.term.name(), &row.both, metric, true)));
                push_table(&mut text, &terms);
            }
        }
        if !self.notes.is_empty() {
            text.push('\n');
            self.notes.iter().for_each(|note| text.push_str(&format!("{}\n", note.replace('`', ""))));
        }
        text.push_str("\n## What differs in how they were made\n\n");
        if self.configuration.is_empty() {
            text.push_str("Nothing that is recorded.\n");
        } else {
            push_table(&mut text, &key_table("key", &self.configuration, one, two));
        }
        text
    }
}

/// `82.43 (5)`: a mean and its seeds, on either side; the difference and how its interval was formed.
fn cells(name: &str, both: &Both, metric: Metric, gain: bool) -> Vec<String> {
    let decimals = metric.decimals();
    let mean = |summary: Option<Summary>| match summary {
        None => DASH.to_owned(),
        Some(s) if gain => format!("{} ({})", signed(s.mean, decimals), s.n),
        Some(s) => format!("{} ({})", fixed(s.mean, decimals), s.n),
    };
    let interval =
        both.interval.map_or(DASH.to_owned(), |i| format!("{} to {}", fixed(i.low, decimals), fixed(i.high, decimals)));
    let how = match both.how {
        Pairing::Paired => format!("{}, {}", both.how.words(), count(both.seeds.len(), "seed")),
        how => how.words().to_owned(),
    };
    let difference = both.difference.map_or(DASH.to_owned(), |difference| signed(difference, decimals));
    vec![name.to_owned(), mean(both.first), mean(both.other), difference, interval, how]
}
