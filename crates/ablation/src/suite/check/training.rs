//! Optimiser, schedule, batches and epochs.

use fractionate_records::{ScheduleConfig, TrainingConfig};

use super::super::document::Value;
use super::super::place::Placed;
use super::super::problems::Problems;
use super::super::reader::{Field, Reader, dotted};
use super::super::spec::TrainingSpec;
use super::super::suggestion;
use super::ranges::{in_range, ranged};

/// The training, if it is sound for so many examples.
pub(super) fn check(spec: &TrainingSpec, examples: Option<usize>, problems: &mut Problems) -> Option<TrainingConfig> {
    let key = |key: &str| dotted(spec.path, key);
    let learning_rate =
        ranged(&spec.learning_rate, None, &key("learning_rate"), "above 0", |rate| rate > 0.0, problems);
    let momentum =
        ranged(&spec.momentum, Some(0.9), &key("momentum"), "in [0, 1)", |m| (0.0..1.0).contains(&m), problems);
    let weight_decay =
        ranged(&spec.weight_decay, Some(0.0), &key("weight_decay"), "at least 0", |decay| decay >= 0.0, problems);
    let nesterov = nesterov(spec, momentum, problems);
    let batch_size = ranged(&spec.batch_size, None, &key("batch_size"), "at least 2", |n| n >= 2, problems);
    let last_batch = batch_size.zip(examples).is_none_or(|(batch, n)| last_batch(spec, batch, n, problems));
    let epochs = ranged(&spec.epochs, None, &key("epochs"), "at least 1", |n| n >= 1, problems);
    let warmup_epochs = match epochs {
        Some(epochs) => {
            let range = format!("below `{}`, which is {epochs}", key("epochs"));
            ranged(&spec.warmup_epochs, Some(0), &key("warmup_epochs"), &range, |n| n < epochs, problems)
        }
        None => spec.warmup_epochs.value_or(0),
    };
    let schedule = schedule(spec, epochs, warmup_epochs, problems);
    last_batch.then_some(())?;
    Some(TrainingConfig {
        learning_rate: learning_rate?,
        momentum: momentum?,
        nesterov: nesterov?,
        weight_decay: weight_decay?,
        schedule: schedule?,
        warmup_epochs: warmup_epochs?,
        batch_size: batch_size?,
        epochs: epochs?,
    })
}

fn nesterov(spec: &TrainingSpec, momentum: Option<f64>, problems: &mut Problems) -> Option<bool> {
    if let (Field::Given(Placed { value: true, place }), Some(0.0)) = (&spec.nesterov, momentum) {
        let message = format!("`{}` needs a momentum above 0", dotted(spec.path, "nesterov"));
        problems.add(place.clone(), message, "without momentum", Some("leave it out, or give a momentum".into()));
        return None;
    }
    spec.nesterov.value_or(false)
}

/// A batch of one is refused: its sums are formed in another way than those of larger batches, so that a student's
/// numbers would depend on its company.
fn last_batch(spec: &TrainingSpec, batch: usize, examples: usize, problems: &mut Problems) -> bool {
    if examples % batch != 1 {
        return true;
    }
    let Field::Given(given) = &spec.batch_size else { return true };
    let message = format!("with {examples} examples in batches of {batch} the last batch would hold one example");
    let whole_number_near = (1..batch).flat_map(|d| [batch - d, batch + d]).find(|&b| b >= 2 && examples % b != 1);
    let help = match whole_number_near {
        Some(near) => format!("for example batches of {near}, or {} examples", examples - 1),
        None => format!("for example {} examples", examples - 1),
    };
    problems.add(given.place.clone(), message, "leaves one example over", Some(help));
    false
}

fn schedule(
    spec: &TrainingSpec,
    epochs: Option<usize>,
    warmup_epochs: Option<usize>,
    problems: &mut Problems,
) -> Option<ScheduleConfig> {
    let name = dotted(spec.path, "schedule");
    let written = match &spec.schedule {
        Field::Absent => return Some(ScheduleConfig::Cosine),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    let step_example = format!("`{name} = {{ kind = \"step\", epochs = [30, 45], factor = 0.1 }}`");
    match &written.value {
        Value::String(word) => match word.as_str() {
            "cosine" => Some(ScheduleConfig::Cosine),
            "constant" => Some(ScheduleConfig::Constant),
            "step" => {
                let message = format!("`{name}`: a step schedule needs its epochs and its factor");
                problems.add(written.place.clone(), message, "which steps?", Some(step_example));
                None
            }
            other => unknown_kind(other, &name, written, problems),
        },
        Value::Table(table) => {
            let kind = table.iter().find(|(key, _)| key.value == "kind").map(|(_, kind)| &kind.value);
            let known: &[&'static str] = match kind {
                Some(Value::String(kind)) if kind != "step" => &["kind"],
                _ => &["kind", "epochs", "factor"],
            };
            let reader = Reader::new(table, written.place.clone(), &name, known, problems);
            let kind = reader.required::<String>("kind", "\"step\"", problems);
            let kind = kind.given()?;
            match kind.value.as_str() {
                "cosine" => Some(ScheduleConfig::Cosine),
                "constant" => Some(ScheduleConfig::Constant),
                "step" => {
                    let drops = reader.required_list("epochs", "[30, 45]", problems);
                    let factor = reader.required("factor", "0.1", problems);
                    let factor =
                        ranged(&factor, None, &dotted(&name, "factor"), "in (0, 1)", |f| f > 0.0 && f < 1.0, problems);
                    let drops = step_epochs(&drops, &dotted(&name, "epochs"), epochs, warmup_epochs, problems);
                    Some(ScheduleConfig::Step { epochs: drops?, factor: factor? })
                }
                other => unknown_kind(
                    other,
                    &name,
                    &Placed { value: Value::Boolean(false), place: kind.place.clone() },
                    problems,
                ),
            }
        }
        other => {
            let message = format!("`{name}` must be a word or a table, not {}", other.kind());
            let help = format!("\"cosine\", \"constant\", or {step_example}");
            problems.add(written.place.clone(), message, "not a schedule", Some(help));
            None
        }
    }
}

fn unknown_kind(kind: &str, name: &str, at: &Placed<Value>, problems: &mut Problems) -> Option<ScheduleConfig> {
    let help = suggestion::advice(kind, &["cosine", "constant", "step"], "the schedules");
    problems.add(at.place.clone(), format!("`{name}` cannot be {kind:?}"), "no such schedule", Some(help));
    None
}

/// Epochs at whose start the rate drops: rising, after the warm-up, within the training.
fn step_epochs(
    field: &Field<Vec<Placed<usize>>>,
    name: &str,
    epochs: Option<usize>,
    warmup_epochs: Option<usize>,
    problems: &mut Problems,
) -> Option<Vec<usize>> {
    let drops = field.given()?;
    if drops.value.is_empty() {
        let help = "for example `epochs = [30, 45]`, or a constant schedule";
        problems.add(drops.place.clone(), format!("`{name}` is empty"), "no step", Some(help.into()));
        return None;
    }
    // The first epoch has nothing to drop from.
    let first = warmup_epochs? + 2;
    let last = epochs?;
    let range = format!("from {first} (after the first epoch at the full rate) to {last} (the last epoch)");
    let mut sound = true;
    let mut previous = 0;
    for (at, drop) in drops.value.iter().enumerate() {
        let entry = format!("{name}[{at}]");
        sound &= in_range(drop, &entry, &range, |epoch| (first..=last).contains(&epoch), problems).is_some();
        if drop.value <= previous {
            let message = format!("the entries of `{name}` must rise, but {} follows {previous}", drop.value);
            problems.add(drop.place.clone(), message, "not later than the one before", None);
            sound = false;
        }
        previous = drop.value;
    }
    sound.then(|| drops.value.iter().map(|drop| drop.value).collect())
}
