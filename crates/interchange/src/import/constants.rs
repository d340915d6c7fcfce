//! What is the same for all runs of a table.

use fractionate_records::{EpochRule, Metric};

use super::ImportOptions;
use super::column_names::Quantity;
use super::columns::Columns;
use super::problems::Problems;

/// What is the same for all runs: of the options, of a column, or the default.
pub(super) struct Constants {
    pub(super) suite: Option<String>,
    pub(super) data_set: Option<String>,
    pub(super) metric: Metric,
    pub(super) epoch_rule: EpochRule,
    pub(super) reference: Option<String>,
    pub(super) margin: Option<f64>,
}

impl Constants {
    /// Reads them of the selected rows.
    pub(super) fn of(columns: &Columns<'_>, rows: &[usize], options: &ImportOptions, problems: &mut Problems) -> Self {
        let mut of = |given: bool, quantity: Quantity, flag: &str| {
            let cells = if given { None } else { columns.cells(quantity, problems) }?;
            let mut words: Vec<String> = Vec::new();
            for word in rows.iter().filter_map(|&row| cells[row].words()) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            // Several data sets are asked about elsewhere.
            if words.len() > 1 && quantity != Quantity::DataSet {
                let name = columns.name(quantity).unwrap_or(quantity.name());
                let sentence = format!(
                    "The column `{name}` says `{}` and `{}`: a table is one suite; say which with {flag}, or split it.",
                    words[0], words[1]
                );
                problems.add("columns", sentence);
            }
            words.into_iter().next()
        };
        let suite = of(options.suite.is_some(), Quantity::Suite, "--suite-name");
        let data_set = of(options.data_set.is_some(), Quantity::DataSet, "--data-set");
        let metric = of(options.metric.is_some(), Quantity::Metric, "--metric");
        let epoch_rule = of(options.epoch_rule.is_some(), Quantity::EpochRule, "--epoch-rule");
        let reference = of(options.reference.is_some(), Quantity::Reference, "--reference");
        let margin = of(options.margin.is_some(), Quantity::Margin, "--margin");
        let margin = options.margin.or_else(|| {
            let word = margin?;
            let number = word.parse().ok();
            if number.is_none() {
                problems.add("margin", format!("The margin `{word}` is not a number."));
            }
            number
        });
        if let Some(margin) = margin.filter(|margin| !(margin.is_finite() && *margin > 0.0)) {
            problems.add("--margin", format!("--margin {margin}: it must be a number above 0, in points or nats."));
        }
        let metric = options.metric.or_else(|| match metric.as_deref() {
            Some("test-accuracy") => Some(Metric::TestAccuracy),
            Some("test-nll") => Some(Metric::TestNll),
            Some(other) => {
                problems.add("metric", format!("There is no metric `{other}`; it is `test-accuracy` or `test-nll`."));
                None
            }
            None => None,
        });
        let has = |quantity: Quantity| columns.place(quantity).is_some();
        let accuracy = has(Quantity::TestAccuracy) || !has(Quantity::TestNll);
        let metric = metric.unwrap_or(if accuracy { Metric::TestAccuracy } else { Metric::TestNll });
        let quantity = match metric {
            Metric::TestAccuracy => Quantity::TestAccuracy,
            Metric::TestNll => Quantity::TestNll,
        };
        if !has(quantity) {
            problems.add("columns", columns.missing(&[quantity]));
        }
        let epoch_rule = options.epoch_rule.or_else(|| match epoch_rule.as_deref() {
            Some("last") => Some(EpochRule::Last),
            Some("best-validation") => Some(EpochRule::BestValidation),
            Some(other) => {
                let sentence = format!("There is no epoch rule `{other}`; it is `last` or `best-validation`.");
                problems.add("epoch rule", sentence);
                None
            }
            None => None,
        });
        let mut epoch_rule = epoch_rule.unwrap_or(EpochRule::Last);
        if epoch_rule == EpochRule::BestValidation && !has(Quantity::ValidationAccuracy) {
            let missing = columns.missing(&[Quantity::ValidationAccuracy]);
            problems.add("columns", format!("{missing} The epoch rule `best-validation` chooses by it."));
            // Not to be said again of every run.
            epoch_rule = EpochRule::Last;
        }
        Self { suite, data_set, metric, epoch_rule, reference, margin }
    }
}
