//! Optimiser, schedule, batches and epochs.

use fractionate_records::{DecayedParameters, OptimiserConfig, ScheduleConfig, TrainingConfig};

use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::spec::TrainingSpec;
use super::super::suggestion;
use super::kind::{self, Kind, WithOptions};
use super::optimiser;
use super::ranges::{all_in_range, in_range, ranged, word};
use super::trained::Trained;
use super::views;

/// More steps than any training takes; keeps a slip of the finger from filling the memory.
const MOST_STEPS: usize = 10_000_000;

const STEP: WithOptions = WithOptions { word: "step", keys: &["kind", "epochs", "factor"] };

/// The training, if it is sound for so many examples. Of a program a learning rate or a batch size of 0 is one that the
/// suite does not name.
pub(super) fn check(
    spec: &TrainingSpec,
    trained: Trained<'_>,
    examples: Option<usize>,
    problems: &mut Problems,
) -> Option<TrainingConfig> {
    let default = trained.default(&spec.learning_rate, "learning_rate", "0.03", 0.0, problems);
    let learning_rate = ranged(&spec.learning_rate, default, "above 0", |rate| rate > 0.0, problems);
    let momentum = ranged(&spec.momentum, Some(0.9), "in [0, 1)", |m| (0.0..1.0).contains(&m), problems);
    let weight_decay = ranged(&spec.weight_decay, Some(0.0), "at least 0", |decay| decay >= 0.0, problems);
    let nesterov = nesterov(spec, momentum, problems);
    let default = trained.default(&spec.batch_size, "batch_size", "128", 0, problems);
    let batch_size = ranged(&spec.batch_size, default, "at least 2", |n| n >= 2, problems);
    let counted = batch_size.filter(|batch| *batch > 0).zip(examples);
    let own = counted.filter(|_| !trained.by_program);
    let last_batch = own.is_none_or(|(batch, n)| last_batch(spec, batch, n, problems));
    let steps = counted.map_or(1, |(batch, examples)| examples.div_ceil(batch));
    let most = MOST_STEPS / steps.clamp(1, MOST_STEPS);
    let range = match steps {
        0 | 1 => format!("from 1 to {most}"),
        _ => format!("from 1 to {most} (an epoch has {steps} steps, and a training {MOST_STEPS} at most)"),
    };
    let epochs = ranged(&spec.epochs, None, &range, |n| (1..=most).contains(&n), problems);
    let warmup_epochs = match (spec.epochs.given(), epochs) {
        (Some(given), Some(epochs)) => {
            let range = format!("below `{}`, which is {epochs}", given.name);
            ranged(&spec.warmup_epochs, Some(0), &range, |n| n < epochs, problems)
        }
        _ => spec.warmup_epochs.value_or(0),
    };
    let schedule = schedule(spec, epochs, warmup_epochs, problems);
    let optimiser = optimiser::check(spec, trained, problems);
    let choices = [("all", DecayedParameters::All), ("weights", DecayedParameters::Weights)];
    let weight_decay_on = word(&spec.weight_decay_on, DecayedParameters::All, &choices, problems);
    let gradient_clipping = spec
        .gradient_clipping
        .check(|norm| in_range(norm, "above 0: the largest norm of the gradient", |norm| norm > 0.0, problems));
    let ema = spec.ema.check(|decay| in_range(decay, "in (0, 1)", |decay| decay > 0.0 && decay < 1.0, problems));
    let momentum =
        if matches!(optimiser, Some(OptimiserConfig::AdamW { .. })) { momentum.map(|_| 0.0) } else { momentum };
    let views = spec.views.check(|given| views::check(given, trained, problems));
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
        views: views?,
        optimiser: optimiser?,
        weight_decay_on: weight_decay_on?,
        gradient_clipping: gradient_clipping?,
        ema: ema?,
    })
}

fn nesterov(spec: &TrainingSpec, momentum: Option<f64>, problems: &mut Problems) -> Option<bool> {
    if let (Field::Given(Given { name, value: true, place }), Some(0.0)) = (&spec.nesterov, momentum) {
        let message = format!("`{name}` needs a momentum above 0");
        return problems.refuse(place, message, "without momentum", Some("leave it out, or give a momentum".into()));
    }
    spec.nesterov.value_or(false)
}

/// A batch of one is rejected: its sums are formed in another way than those of larger batches, so that a student's
/// numbers would depend on the other members of its cohort.
fn last_batch(spec: &TrainingSpec, batch: usize, examples: usize, problems: &mut Problems) -> bool {
    if examples % batch != 1 {
        return true;
    }
    let message = format!("with {examples} examples in batches of {batch} the last batch would hold one example");
    let whole_number_near = (1..batch).flat_map(|d| [batch - d, batch + d]).find(|&b| b >= 2 && examples % b != 1);
    let help = match whole_number_near {
        Some(near) => format!("for example batches of {near}, or {} examples", examples - 1),
        None => format!("for example {} examples", examples - 1),
    };
    problems.add(spec.batch_size.place(), message, "leaves one example over", Some(help));
    false
}

fn schedule(
    spec: &TrainingSpec,
    epochs: Option<usize>,
    warmup_epochs: Option<usize>,
    problems: &mut Problems,
) -> Option<ScheduleConfig> {
    let written = match &spec.schedule {
        Field::Absent => return Some(ScheduleConfig::Cosine),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    let name = &written.name;
    let step_example = format!("`{name} = {{ kind = \"step\", epochs = [30, 45], factor = 0.1 }}`");
    let help = format!("\"cosine\", \"constant\", or {step_example}");
    let Kind { word, place, options } = kind::read(written, &STEP, ("not a schedule", help), problems)?;
    match (word, options) {
        ("cosine", _) => Some(ScheduleConfig::Cosine),
        ("constant", _) => Some(ScheduleConfig::Constant),
        ("step", Some(options)) => {
            let drops = options.required("epochs", "[30, 45]", problems);
            let factor = options.required("factor", "0.1", problems);
            let factor = ranged(&factor, None, "in (0, 1)", |f| f > 0.0 && f < 1.0, problems);
            Some(ScheduleConfig::Step {
                epochs: step_epochs(&drops, epochs, warmup_epochs, problems)?,
                factor: factor?,
            })
        }
        ("step", None) => {
            let message = format!("`{name}`: a step schedule needs its epochs and its factor");
            problems.refuse(place, message, "which steps?", Some(step_example))
        }
        (other, _) => {
            let help = suggestion::advice(other, &["cosine", "constant", "step"], "the schedules");
            problems.refuse(place, format!("`{name}` cannot be {other:?}"), "no such schedule", Some(help))
        }
    }
}

/// Epochs at whose start the learning rate drops: rising, after the warm-up, within the training.
fn step_epochs(
    field: &Field<Vec<Given<usize>>>,
    epochs: Option<usize>,
    warmup_epochs: Option<usize>,
    problems: &mut Problems,
) -> Option<Vec<usize>> {
    let Given { name, value: drops, place } = field.given()?;
    if drops.is_empty() {
        let help = "for example `epochs = [30, 45]`, or a constant schedule";
        return problems.refuse(place, format!("`{name}` is empty"), "no step", Some(help.into()));
    }
    // The first epoch has nothing to drop from.
    let first = warmup_epochs? + 2;
    let last = epochs?;
    let range = format!("from {first} (after the first epoch at the full learning rate) to {last} (the last epoch)");
    let values = all_in_range(drops, &range, |epoch| (first..=last).contains(&epoch), problems);
    let mut rising = true;
    for pair in drops.windows(2).filter(|pair| pair[1].value <= pair[0].value) {
        let message = format!("the entries of `{name}` must rise, but {} follows {}", pair[1].value, pair[0].value);
        problems.add(&pair[1].place, message, "not later than the one before", None);
        rising = false;
    }
    values.filter(|_| rising)
}
