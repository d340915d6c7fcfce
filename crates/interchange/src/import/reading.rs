//! How a table was read, and what it lacks.

use fractionate_records::{EpochRule, Imported, Metric, Seed};
use fractionate_reporting::numbers::list;
use fractionate_reporting::source::axes::configuration_name;
use fractionate_reporting::source::declared::Declared;
use fractionate_reporting::{MetricWords, MissingRun, missing_sentences};

use super::ImportOptions;
use super::accuracy_unit::AccuracyUnit;
use super::arm_names::ArmNames;
use super::column_names::Quantity;
use super::columns::Columns;

/// How the table was read.
pub(super) fn reading(
    imported: &Imported,
    columns: &Columns<'_>,
    units: &[(String, AccuracyUnit)],
    arms: &ArmNames,
    options: &ImportOptions,
) -> Vec<String> {
    let mut sentences = Vec::new();
    let quantity = match imported.metric {
        Metric::TestAccuracy => Quantity::TestAccuracy,
        Metric::TestNll => Quantity::TestNll,
    };
    let column = columns.name(quantity).unwrap_or(quantity.name());
    let unit = match imported.metric {
        Metric::TestNll => "in nats",
        Metric::TestAccuracy => units.iter().find(|(name, _)| name == column).map_or("", |(_, unit)| unit.words()),
    };
    sentences.push(format!("The {} is the column `{column}`: {unit}.", imported.metric.name()));
    if columns.name(Quantity::Comparison).is_none() {
        sentences.push(match options.comparison {
            Some(comparison) => format!("All runs are of the {} comparison, as asked.", comparison.name()),
            None => "There is no column `comparison`: all runs count as fixed (every arm at one setting); \
                     say --comparison tuned if each arm has its own."
                .to_owned(),
        });
    }
    if columns.name(Quantity::Epoch).is_some() {
        sentences.push(match imported.epoch_rule {
            EpochRule::Last => "The last epoch of each run counts.".to_owned(),
            EpochRule::BestValidation => "The epoch with the best validation accuracy counts.".to_owned(),
        });
    }
    for (name, arm) in &arms.read_as {
        sentences.push(format!("`{name}` is read as the arm `{arm}`."));
    }
    let known = imported
        .configurations
        .iter()
        .flat_map(|configuration| &configuration.runs)
        .all(|run| run.test_examples.is_some());
    if imported.metric == Metric::TestAccuracy && !known {
        sentences.push(
            "How many test examples there are is not known: accuracies are not counted in whole examples, and there \
             are no intervals over test examples."
                .to_owned(),
        );
    }
    if !columns.unused.is_empty() {
        let named = |&place: &usize| match columns.table.name(place) {
            "" => format!("column {} (without a name)", place + 1),
            name => format!("`{name}`"),
        };
        let names: Vec<String> = columns.unused.iter().map(named).collect();
        sentences.push(format!("Not used: {}.", list(&names)));
    }
    sentences
}

/// Cells that the table lacks, seeds that cannot be paired, a reference that is not there.
pub(super) fn lacking(imported: &Imported) -> Vec<String> {
    let declared = Declared::from(imported);
    let mut notes = Vec::new();
    if !imported.arms.contains(&imported.reference) {
        notes.push(format!(
            "No row has the reference arm `{}`: no differences are given; name another one with --reference.",
            imported.reference
        ));
    }
    for (configuration, own) in declared.configurations.iter().zip(&imported.configurations) {
        let there: std::collections::HashSet<_> = own.runs.iter().map(|run| &run.id).collect();
        let missing = configuration.runs.iter().filter(|run| !there.contains(&run.id)).map(|run| MissingRun {
            id: run.id.to_string(),
            arm: run.arm.clone(),
            seed: run.seed.0,
            role: run.role,
        });
        let name = configuration_name(&declared, &configuration.values);
        let at = if name.is_empty() { String::new() } else { format!("At {name}: ") };
        let missing: Vec<MissingRun> = missing.collect();
        notes.extend(missing_sentences(&missing, true).into_iter().map(|sentence| format!("{at}{sentence}")));
        for &comparison in &imported.comparisons {
            let seeds = |arm: &str| -> Vec<Seed> {
                let own = own.runs.iter().filter(|run| run.comparison == comparison && run.arm == arm);
                own.map(|run| run.seed).collect()
            };
            let reference = seeds(&imported.reference);
            for arm in imported.arms.iter().filter(|arm| **arm != imported.reference) {
                let own = seeds(arm);
                if !own.is_empty() && !reference.is_empty() && !own.iter().any(|seed| reference.contains(seed)) {
                    notes.push(format!(
                        "{at}`{arm}` ({}) has no seed in common with `{}`: nothing can be paired.",
                        comparison.name(),
                        imported.reference
                    ));
                }
            }
        }
    }
    notes
}
