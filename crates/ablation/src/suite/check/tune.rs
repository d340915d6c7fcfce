//! The grid that each arm's setting is chosen from.

use fractionate_records::{Lambda, LossConfig, Seed, TrainingConfig};

use super::super::Tune;
use super::super::place::{Place, Placed};
use super::super::problems::Problems;
use super::super::reader::Field;
use super::super::spec::TuneSpec;
use super::ranges::all_in_range;
use super::seeds;

/// A range in words and as a test.
type Range = (&'static str, fn(f64) -> bool);

/// The inner option is the suite's, the outer one says whether it is sound.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
pub(super) fn check(
    field: &Field<TuneSpec>,
    training: Option<&TrainingConfig>,
    loss: Option<LossConfig>,
    suite_seeds: Option<&[Seed]>,
    problems: &mut Problems,
) -> Option<Option<Tune>> {
    let spec = match field {
        Field::Absent => return Some(None),
        Field::Bad => return None,
        Field::Given(given) => &given.value,
    };
    let axes = axes(spec, training, loss, problems);
    let tuning_seeds = seeds::check(&spec.seeds, "tune.seeds", problems);
    let place = spec.seeds.given().map_or(&Place::Whole, |given| &given.place);
    let apart = match (&tuning_seeds, suite_seeds) {
        (Some(tuning), Some(suite)) => seeds::disjoint(tuning, place, suite, problems),
        _ => false,
    };
    apart.then_some(())?;
    let Axes { learning_rates, lambdas, weight_decays } = axes?;
    Some(Some(Tune {
        learning_rates,
        lambdas,
        weight_decays,
        seeds: tuning_seeds?,
        contenders: spec.contenders.value_or(false)?,
    }))
}

/// The axes of a grid.
pub(super) struct Axes {
    pub(super) learning_rates: Vec<f64>,
    pub(super) lambdas: Vec<Lambda>,
    pub(super) weight_decays: Vec<f64>,
}

/// The axes, if they are sound; one that is absent stays at the base value.
pub(super) fn axes(
    spec: &TuneSpec,
    training: Option<&TrainingConfig>,
    loss: Option<LossConfig>,
    problems: &mut Problems,
) -> Option<Axes> {
    let rate_range: Range = ("above 0", |rate: f64| rate > 0.0);
    let lambda_range: Range = ("above 0 (lambda 0 is the arm `hard`) and at most 1", |l: f64| l > 0.0 && l <= 1.0);
    let decay_range: Range = ("at least 0", |decay: f64| decay >= 0.0);
    let rates = axis(
        &spec.learning_rate,
        training.map(|training| training.learning_rate),
        "tune.learning_rate",
        rate_range,
        problems,
    );
    let lambdas = axis(&spec.lambda, loss.map(|loss| loss.lambda.get()), "tune.lambda", lambda_range, problems);
    let decays = axis(
        &spec.weight_decay,
        training.map(|training| training.weight_decay),
        "tune.weight_decay",
        decay_range,
        problems,
    );
    some_axis(spec, problems).then_some(())?;
    let lambdas: Option<Vec<Lambda>> = lambdas?.into_iter().map(|lambda| Lambda::try_from(lambda).ok()).collect();
    Some(Axes { learning_rates: rates?, lambdas: lambdas?, weight_decays: decays? })
}

/// An axis, rising; the base value alone where it is absent.
fn axis(
    field: &Field<Vec<Placed<f64>>>,
    base: Option<f64>,
    name: &str,
    (range, holds): Range,
    problems: &mut Problems,
) -> Option<Vec<f64>> {
    let written = match field {
        Field::Absent => return base.map(|base| vec![base]),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    if written.value.is_empty() {
        let help = "give it values, or leave it out to stay at the base value";
        problems.add(written.place.clone(), format!("`{name}` is empty"), "no value to try", Some(help.into()));
        return None;
    }
    let mut values = all_in_range(&written.value, name, range, holds, problems)?;
    let mut sound = true;
    for (at, entry) in written.value.iter().enumerate() {
        if written.value[..at].iter().any(|earlier| earlier.value == entry.value) {
            let message = format!("{} stands twice in `{name}`", entry.value);
            problems.add(entry.place.clone(), message, "again here", Some("leave one of the two out".into()));
            sound = false;
        }
    }
    values.sort_by(f64::total_cmp);
    sound.then_some(values)
}

fn some_axis(spec: &TuneSpec, problems: &mut Problems) -> bool {
    let axes = [&spec.learning_rate, &spec.lambda, &spec.weight_decay];
    if axes.iter().any(|axis| **axis != Field::Absent) {
        return true;
    }
    let help = "give at least one of `learning_rate`, `lambda` and `weight_decay` a list of values";
    problems.add(spec.place.clone(), "`[tune]` names nothing to tune", "no axis", Some(help.into()));
    false
}
