//! `fractionate import`: runs made elsewhere, as a folder that can be reported.

use fractionate_interchange::{AccuracyUnit, ImportOptions, ImportedTable, import_table};
use fractionate_records::{Comparison, EpochRule, Metric, Store};
use serde_json::json;

use crate::arguments::{AccuracyArgument, ComparisonArgument, EpochRuleArgument, ImportArguments, MetricArgument};
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn import(arguments: &ImportArguments) -> Result<u8, Failure> {
    let read = import_table(&arguments.table, &options(arguments))
        .map_err(|problems| Failure::Problems(format!("error: {problems}")))?;
    Store::write_imported(&arguments.out, read.imported.clone(), read.right.as_ref())?;
    print(&if arguments.json { as_json(&read, arguments) } else { as_text(&read, arguments) })?;
    Ok(0)
}

fn options(arguments: &ImportArguments) -> ImportOptions {
    ImportOptions {
        maps: arguments.map.clone(),
        axes: arguments.axis.clone(),
        suite: arguments.suite_name.clone(),
        data_set: arguments.data_set.clone(),
        metric: arguments.metric.map(|metric| match metric {
            MetricArgument::TestAccuracy => Metric::TestAccuracy,
            MetricArgument::TestNll => Metric::TestNll,
        }),
        epoch_rule: arguments.epoch_rule.map(|rule| match rule {
            EpochRuleArgument::Last => EpochRule::Last,
            EpochRuleArgument::BestValidation => EpochRule::BestValidation,
        }),
        comparison: arguments.comparison.map(|comparison| match comparison {
            ComparisonArgument::Tuned => Comparison::Tuned,
            ComparisonArgument::Fixed => Comparison::Fixed,
        }),
        reference: arguments.reference.clone(),
        margin: arguments.margin,
        claims: arguments.claim.clone(),
        accuracy: arguments.accuracy.map(|unit| match unit {
            AccuracyArgument::Share => AccuracyUnit::Share,
            AccuracyArgument::Percent => AccuracyUnit::Percent,
        }),
        predictions: arguments.predictions.clone(),
        columns: arguments.column.clone(),
        arm_column: arguments.arm_column.clone(),
        keep_arms: arguments.keep_arms,
        leave_out: arguments.leave_out.clone(),
        wheres: arguments.wheres.clone(),
        ignore: arguments.ignore.clone(),
        states: arguments.state.clone(),
        tune_over: arguments.tune_over.clone(),
        by: arguments.by.clone(),
        tune_seeds: arguments.tune_seeds.clone(),
    }
}

fn as_text(read: &ImportedTable, arguments: &ImportArguments) -> String {
    let imported = &read.imported;
    let count = |n: usize, thing: &str| format!("{n} {thing}{}", if n == 1 { "" } else { "s" });
    let configurations = match imported.configurations.len() {
        1 => String::new(),
        n => format!(" at {}", count(n, "configuration")),
    };
    let mut text = format!(
        "{}: {} of {} at {}{configurations}, in {}\n",
        imported.suite,
        count(runs(read), "run"),
        count(imported.arms.len(), "arm"),
        count(imported.seeds.len(), "seed"),
        arguments.out.display(),
    );
    for sentence in read.reading.iter().chain(&read.notes) {
        text.push_str(&format!("  {}\n", sentence.replace('`', "")));
    }
    text.push_str(&format!("Next: fractionate report {}\n", arguments.out.display()));
    text
}

fn as_json(read: &ImportedTable, arguments: &ImportArguments) -> String {
    let imported = &read.imported;
    let text = json!({
        "folder": arguments.out, "suite": imported.suite, "data_set": imported.data_set, "table": imported.table,
        "predictions": imported.predictions, "runs": runs(read), "arms": imported.arms, "seeds": imported.seeds,
        "comparisons": imported.comparisons, "axes": imported.axes, "metric": imported.metric,
        "epoch_rule": imported.epoch_rule, "reference": imported.reference, "reading": read.reading, "notes": read.notes,
    });
    format!("{text:#}\n")
}

fn runs(read: &ImportedTable) -> usize {
    read.imported.configurations.iter().map(|configuration| configuration.runs.len()).sum()
}
