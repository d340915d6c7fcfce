//! Two runs beside each other: what differs in how they were trained, and what came out.

use fractionate_records::{Outcome, Provenance, RunId, RunRecord, Scores, Store, StoreError};
use serde::Serialize;

use crate::configuration::{KeyDifference, differences, leaves_of};
use crate::numbers::{DASH, fixed};
use crate::tables::TextTable;

/// Two runs beside each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunDifference {
    /// The first run.
    pub first: ComparedRun,
    /// The other run.
    pub other: ComparedRun,
    /// Where their configurations differ.
    pub configuration: Vec<KeyDifference>,
    /// Where their circumstances differ: version, device, instruction set. Empty where they are not known.
    pub provenance: Vec<KeyDifference>,
    /// Whether they began with the same weights.
    pub same_initial_weights: bool,
    /// Whether they saw the same batches in the same order.
    pub same_batch_order: bool,
    /// Whether their soft targets were made of the same logits; absent where an arm asks no teacher.
    pub same_teacher: Option<bool>,
    /// Whether records of one id differ in their numbers: that cannot be.
    pub same_id_other_numbers: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedRun {
    /// Its id.
    pub id: String,
    /// Its arm.
    pub arm: String,
    /// Its seed.
    pub seed: u64,
    /// How it ended.
    pub outcome: Outcome,
}

/// Reads two runs, each in its store, and compares them.
///
/// # Errors
/// If one of them cannot be read.
pub fn run_difference(first: (&Store, &RunId), other: (&Store, &RunId)) -> Result<RunDifference, StoreError> {
    let read = |(store, id): (&Store, &RunId)| Ok::<_, StoreError>((store.record(id)?, store.provenance(id).ok()));
    let ((first, first_from), (other, other_from)) = (read(first)?, read(other)?);
    let teacher = first.teacher_logits.as_ref().zip(other.teacher_logits.as_ref());
    Ok(RunDifference {
        configuration: differences(&leaves_of(&first.config, ""), &leaves_of(&other.config, "")),
        provenance: match (&first_from, &other_from) {
            (Some(first), Some(other)) => differences(&circumstances(first), &circumstances(other)),
            _ => Vec::new(),
        },
        same_initial_weights: first.initial_weights == other.initial_weights,
        same_batch_order: first.batch_order == other.batch_order,
        same_teacher: teacher.map(|(first, other)| first == other),
        same_id_other_numbers: first.id == other.id && first != other,
        first: ComparedRun::of(&first),
        other: ComparedRun::of(&other),
    })
}

impl ComparedRun {
    fn of(record: &RunRecord) -> Self {
        Self {
            id: record.id.to_string(),
            arm: record.config.arm.clone(),
            seed: record.config.seed.0,
            outcome: record.outcome.clone(),
        }
    }
}

/// What may differ between machines, without times.
fn circumstances(provenance: &Provenance) -> std::collections::BTreeMap<String, String> {
    let Provenance { version, device, cpu_capability, .. } = provenance;
    let pairs = [("version", version), ("device", device), ("cpu_capability", cpu_capability)];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.clone())).collect()
}

impl RunDifference {
    /// The difference as text.
    pub fn terminal(&self) -> String {
        let (first, other) = (&self.first, &self.other);
        let mut text = String::new();
        if self.same_id_other_numbers {
            text.push_str(&format!(
                "Both are run {} and differ in their numbers, which cannot be: one of the records was changed.\n\n",
                first.id
            ));
        }
        let columns = ["", &first.id, &other.id];
        let mut table = TextTable::with_columns(&columns);
        let mut row = |name: &str, of: &dyn Fn(&ComparedRun) -> String| {
            table.push(vec![name.to_owned(), of(first), of(other)]);
        };
        row("arm", &|run| run.arm.clone());
        row("seed", &|run| run.seed.to_string());
        row("outcome", &|run| match run.outcome {
            Outcome::Finished { epoch, .. } => format!("finished, epoch {epoch} counts"),
            Outcome::Diverged { epoch, step } => format!("diverged at epoch {epoch}, step {step}"),
        });
        let scores = |name: &str, of: fn(&Outcome) -> Option<Scores>| {
            let accuracy = format!("{name} accuracy (%)");
            let nll = format!("{name} NLL (nats)");
            [(accuracy, of, true), (nll, of, false)]
        };
        for (name, of, accuracy) in
            scores("test", Outcome::test).into_iter().chain(scores("validation", Outcome::validation))
        {
            row(&name, &|run| match of(&run.outcome) {
                Some(scores) if accuracy => fixed(100.0 * scores.accuracy, 2),
                Some(scores) => fixed(scores.nll, 4),
                None => DASH.to_owned(),
            });
        }
        push_table(&mut text, &table);
        text.push('\n');
        let same = |same: bool| if same { "the same" } else { "different" };
        text.push_str(&format!("initial weights   {}\n", same(self.same_initial_weights)));
        text.push_str(&format!("batch order       {}\n", same(self.same_batch_order)));
        text.push_str(&format!("teacher's logits  {}\n\n", self.same_teacher.map_or("not asked by both", same)));
        if self.configuration.is_empty() {
            text.push_str("The configurations are the same.\n");
        } else {
            push_table(&mut text, &key_table("configuration", &self.configuration, &first.id, &other.id));
        }
        if !self.provenance.is_empty() {
            text.push('\n');
            push_table(&mut text, &key_table("made with", &self.provenance, &first.id, &other.id));
        }
        text
    }
}

/// Keys with both values.
pub(crate) fn key_table(what: &str, rows: &[KeyDifference], first: &str, other: &str) -> TextTable {
    let mut table = TextTable::with_columns(&[what, first, other]);
    let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| DASH.to_owned());
    rows.iter().for_each(|row| table.push(vec![row.key.clone(), cell(&row.first), cell(&row.other)]));
    table
}

/// A table's aligned lines.
pub(crate) fn push_table(text: &mut String, table: &TextTable) {
    let (head, rows) = table.aligned();
    std::iter::once(&head).chain(&rows).for_each(|line| text.push_str(&format!("{line}\n")));
}
