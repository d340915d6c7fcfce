//! From a calibration as written to one that can be run.

use fractionate_data::{DataSource, WorldOptions};
use fractionate_records::PoolRows;

use super::super::document::Value;
use super::super::files::Files;
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::spec::{CalibrationSpec, CommonDataSpec, TuneSpec};
use super::super::{Calibration, SplitSizes};
use super::ranges::ranged;
use super::trained::Trained;
use super::{data, loss, model, name, training, tune, views};

/// Fewer leave no room for repetitions of 20 seeds.
const FEWEST: usize = 40;

/// More than any calibration needs; keeps a slip of the finger from filling the disk.
const MOST: usize = 1_000_000;

/// The calibration, or `None` if a problem keeps it from being one.
pub(in super::super) fn check(
    spec: &CalibrationSpec,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<Calibration> {
    // No `?` before all parts were looked at.
    let name = name(&spec.name, problems);
    let within = |n: usize| (FEWEST..=MOST).contains(&n);
    let seeds = ranged(&spec.seeds, None, &format!("from {FEWEST} to {MOST}"), within, problems);
    let data = spec.data.value();
    let (source, sizes) = data.map_or((None, None), |data| data::check(data, files, problems));
    let world = data.and_then(|data| world(&data.common, source.as_ref(), problems));
    let counted = data.zip(sizes).is_some_and(|(data, sizes)| can_be_counted(&data.common, sizes, problems));
    let student = spec.student.value().and_then(|student| model::check(student, source.as_ref(), problems));
    let loss = spec.distillation.value().and_then(|distillation| loss(distillation, problems));
    let student_examples = sizes.map(|sizes| sizes.student_examples);
    let training = spec.training.given().and_then(|given| {
        let trained = Trained { table: &given.name, place: &given.place, by_program: false, source: source.as_ref() };
        training::check(&given.value, trained, student_examples, problems)
    });
    let views = views::of_teacher(spec.distillation.value(), training.as_ref(), Some(None), problems);
    if let Some(given) = spec.tune.value().and_then(|tune| tune.runner_ups.given()) {
        let help = "leave it out: a calibration trains every setting at every tuning seed".to_owned();
        problems.add(&given.place, "`tune.runner_ups` is not for calibrations", "here", Some(help));
    }
    let grid = spec.tune.given().and_then(|tune| tune::grid(tune, training.as_ref(), loss, problems));
    let grid_seeds = spec.tune.value().and_then(|tune| grid_seeds(tune, seeds, problems));

    counted.then_some(())?;
    views?;
    Some(Calibration {
        name: name?,
        seeds: seeds?,
        world: world?,
        data: sizes?,
        student: student?,
        loss: loss?,
        training: training?,
        grid: grid?,
        grid_seeds: grid_seeds?,
    })
}

/// A world whose truth is neither known nor 0.
fn world(spec: &CommonDataSpec, source: Option<&DataSource>, problems: &mut Problems) -> Option<WorldOptions> {
    let DataSource::World(world) = source? else {
        let help = "a calibration trains tens of thousands of students: `set = \"world\"`, described by `[data.world]`";
        let message = "a calibration's data are a small world's";
        return problems.refuse(spec.set.place(), message, "no world", Some(help.into()));
    };
    if let Some(planted) = world.planted {
        let place = spec.world.value().map_or(&Place::Whole, |world| world.planted.place());
        let message = format!("the world is planted ({}): some of its terms are exactly 0", planted.name());
        let help = "an interval of [0, 0] always covers 0, and so calibrates nothing: leave `planted` out";
        return problems.refuse(place, message, "planted", Some(help.into()));
    }
    Some(world.clone())
}

/// Whether right answers fit what the pool keeps of them.
fn can_be_counted(spec: &CommonDataSpec, sizes: SplitSizes, problems: &mut Problems) -> bool {
    let most = usize::from(PoolRows::DIVERGED) - 1;
    if sizes.test_examples <= most {
        return true;
    }
    let message = format!("{} test examples are more than a pool counts: at most {most}", sizes.test_examples);
    let help = format!("`test_examples = {most}` or fewer");
    problems.add(spec.test_examples.place(), message, "too many", Some(help));
    false
}

fn grid_seeds(spec: &TuneSpec, seeds: Option<usize>, problems: &mut Problems) -> Option<usize> {
    let written = spec.seeds.given()?;
    let most = seeds.unwrap_or(MOST);
    let help = "so many of the pool's seeds, from 0, train the grid: a number such as `8_000`";
    let message = match &written.value {
        Value::Integer(Some(n)) => match usize::try_from(*n) {
            Ok(n) if (FEWEST..=most).contains(&n) => return Some(n),
            _ => format!("`tune.seeds` must be from {FEWEST} to {most}, the pool's seeds, not {n}"),
        },
        other => format!("`tune.seeds` must be a whole number, not {}", other.kind()),
    };
    problems.refuse(&written.place, message, "how many seeds?", Some(help.into()))
}
