//! Tables of other shapes than one row per run, told by the names of their columns, with what to do.

use super::arm_names::is_arm;
use super::cell::Cell;
use super::column_names::Quantity;
use super::columns::{Columns, quoted};

/// The shape of a table that lacks a column of arms or seeds, in a sentence.
pub(super) fn other_shape(columns: &Columns<'_>) -> Option<String> {
    let names = columns.table.names();
    let has = |quantity: Quantity| columns.place(quantity).is_some();
    let (arm, seed) = (has(Quantity::Arm), has(Quantity::Seed));
    if arm && seed {
        return None;
    }
    if let [only] = names.as_slice()
        && only.split_whitespace().filter(|word| Quantity::of(word).is_some()).count() > 1
    {
        return Some(format!(
            "Its columns are separated by spaces (`{only}`): separate them by commas; in Python, \
             `pandas.read_csv(FILE, sep=r'\\s+').to_csv('runs.csv')`."
        ));
    }
    let lower: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
    if ["wall time", "step", "value"].iter().all(|name| lower.iter().any(|known| known == name)) {
        return Some(
            "It is one curve of one run as TensorBoard exports it: write the last value of every run into a table with \
             the columns arm, seed and test_accuracy."
                .to_owned(),
        );
    }
    let charted: Vec<&str> =
        names.iter().copied().filter(|name| name.contains(" - ") && !name.contains("__M")).collect();
    if charted.len() > 1 {
        return Some(format!(
            "It is a chart as Weights & Biases exports it, with a column for each run ({}, …): export the table of \
             runs, which has a row for each run with its name, state and configuration.",
            quoted(&charted[..2])
        ));
    }
    let unused: Vec<&str> = columns.unused.iter().map(|&place| columns.table.name(place)).collect();
    let arms: Vec<&str> = unused.iter().copied().filter(|name| is_arm(name)).collect();
    let scores = [Quantity::TestAccuracy, Quantity::TestNll].into_iter().any(has);
    // A column of words would hold the arms.
    let numbers = || columns.unused.iter().all(|&place| columns.holds_numbers(place));
    if !arm && (arms.len() > 1 || seed && !scores && unused.len() > 1 && numbers()) {
        let of = if arms.len() > 1 { arms } else { unused };
        return Some(format!(
            "It is wide, with a column for each arm ({}): a row for each arm and seed is wanted; in Python, \
             `pandas.read_csv(FILE).melt('{}', var_name='arm', value_name='test_accuracy').to_csv('runs.csv')`.",
            quoted(&of),
            columns.name(Quantity::Seed).unwrap_or("seed")
        ));
    }
    let seeds: Vec<&str> =
        unused.iter().copied().filter(|name| Cell::of(name).seed().is_ok_and(|seed| seed.is_some())).collect();
    if arm && seeds.len() > 1 {
        return Some(format!(
            "It is wide, with a column for each seed ({}): a row for each arm and seed is wanted; in Python, \
             `pandas.read_csv(FILE).melt('{}', var_name='seed', value_name='test_accuracy').to_csv('runs.csv')`.",
            quoted(&seeds),
            columns.name(Quantity::Arm).unwrap_or("arm")
        ));
    }
    let logged = has(Quantity::Epoch) || lower.iter().any(|name| matches!(name.as_str(), "step" | "_step" | "epochs"));
    (!arm && !seed && logged).then(|| {
        format!(
            "It has no columns of the arm and the seed ({}): it looks like the log of one run; put the logs of all \
             runs into one table with the columns arm and seed, or name those columns with --arm-column COLUMN and \
             --column seed=COLUMN.",
            quoted(&names)
        )
    })
}
