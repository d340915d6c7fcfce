//! How each arm's setting is chosen.

use fractionate_records::{Lambda, LossConfig, Seed, TrainingConfig};

use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::spec::TuneSpec;
use super::super::{Grid, Tune};
use super::ranges::{all_differ, all_in_range};
use super::seeds;

/// The tuning, if it is sound.
pub(super) fn check(
    given: &Given<TuneSpec>,
    training: Option<&TrainingConfig>,
    loss: Option<LossConfig>,
    suite_seeds: Option<&[Seed]>,
    problems: &mut Problems,
) -> Option<Tune> {
    let spec = &given.value;
    let grid = grid(given, training, loss, problems);
    let tuning_seeds = seeds::check(&spec.seeds, problems);
    let apart = match (&tuning_seeds, suite_seeds) {
        (Some(tuning), Some(suite)) => seeds::disjoint(tuning, spec.seeds.place(), suite, problems),
        _ => false,
    };
    apart.then_some(())?;
    Some(Tune { grid: grid?, seeds: tuning_seeds?, runner_ups: spec.runner_ups.value_or(true)? })
}

/// The grid, if its axes are sound; one that is absent stays at the base value.
pub(super) fn grid(
    given: &Given<TuneSpec>,
    training: Option<&TrainingConfig>,
    loss: Option<LossConfig>,
    problems: &mut Problems,
) -> Option<Grid> {
    let spec = &given.value;
    let learning_rate = training.map(|training| training.learning_rate);
    let learning_rates = axis(&spec.learning_rate, learning_rate, "above 0", |rate| rate > 0.0, problems);
    let lambda_range = "above 0 (lambda 0 is the arm `hard`) and at most 1";
    let lambda = loss.map(|loss| loss.lambda.get());
    let lambdas = axis(&spec.lambda, lambda, lambda_range, |l| l > 0.0 && l <= 1.0, problems);
    let weight_decay = training.map(|training| training.weight_decay);
    let weight_decays = axis(&spec.weight_decay, weight_decay, "at least 0", |decay| decay >= 0.0, problems);
    if spec.learning_rate.is_absent() && spec.lambda.is_absent() && spec.weight_decay.is_absent() {
        let help = "give at least one of `learning_rate`, `lambda` and `weight_decay` a list of values";
        return problems.refuse(&given.place, "`[tune]` names nothing to tune", "no axis", Some(help.into()));
    }
    let lambdas: Option<Vec<Lambda>> = lambdas?.into_iter().map(|lambda| Lambda::try_from(lambda).ok()).collect();
    Some(Grid { learning_rates: learning_rates?, lambdas: lambdas?, weight_decays: weight_decays? })
}

/// An axis, rising; the base value alone where it is absent.
fn axis(
    field: &Field<Vec<Given<f64>>>,
    base: Option<f64>,
    range: &str,
    holds: fn(f64) -> bool,
    problems: &mut Problems,
) -> Option<Vec<f64>> {
    let written = match field {
        Field::Absent => return base.map(|base| vec![base]),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    if written.value.is_empty() {
        let help = "give it values, or leave it out to stay at the base value";
        let message = format!("`{}` is empty", written.name);
        return problems.refuse(&written.place, message, "no value to try", Some(help.into()));
    }
    let mut values = all_in_range(&written.value, range, holds, problems)?;
    values.sort_by(f64::total_cmp);
    all_differ(written, problems).then_some(values)
}

/// With fewer validation examples than these an accuracy of 90% has a standard error of four points or more.
const FEW: usize = 50;

/// What a selection on so few validation examples is worth.
pub(super) fn few_validation_examples(examples: usize) -> Option<String> {
    let error = 100.0 * (0.09 / examples as f64).sqrt();
    (examples < FEW).then(|| {
        format!(
            "Hyperparameters are selected on {examples} validation examples: an accuracy of 90% on them has a standard \
             error of {error:.0} points, so that the selection is mostly noise."
        )
    })
}
