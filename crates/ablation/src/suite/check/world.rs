//! The synthetic world: whether its options make one.

use fractionate_training::{LabelRule, Planted, WorldOptions};

use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::Field;
use super::super::world_spec::WorldSpec;
use super::ranges::word;

/// Sines in a class's score where the suite does not say: one bends it, and a small network still learns it from a few
/// thousand examples.
const TERMS: usize = 1;

/// The options, if they make a world.
pub(super) fn check(spec: &WorldSpec, problems: &mut Problems) -> Option<WorldOptions> {
    let labels = LabelRule::ALL.map(|rule| (rule.name(), rule));
    let label = word(&spec.label, LabelRule::Argmax, "data.world.label", &labels, problems);
    let tables = Planted::ALL.map(|planted| (planted.name(), Some(planted)));
    let tables: Vec<_> = std::iter::once(("none", None)).chain(tables).collect();
    let planted = word(&spec.planted, None, "data.world.planted", &tables, problems);
    let whole = options(spec, label, planted);
    let options = whole.clone().unwrap_or_else(|| stand_in(spec));
    let found = options.problems();
    for problem in &found {
        let message = format!("`data.world`: {}", problem.message);
        problems.add(place(spec, problem.option).clone(), message, "no such world", None);
    }
    whole.filter(|_| found.is_empty())
}

fn options(spec: &WorldSpec, label: Option<LabelRule>, planted: Option<Option<Planted>>) -> Option<WorldOptions> {
    Some(WorldOptions {
        super_classes: spec.super_classes.given()?.value,
        sub_classes: spec.sub_classes.given()?.value,
        dimension: spec.dimension.given()?.value,
        tau: spec.tau.given()?.value,
        terms: spec.terms.value_or(TERMS)?,
        beta: spec.beta.value_or(1.0)?,
        beta_spread: spec.beta_spread.value_or(0.0)?,
        label: label?,
        label_noise: spec.label_noise.value_or(0.0)?,
        seed: spec.seed.value_or(0)?,
        train_examples: spec.train_examples.given()?.value,
        test_examples: spec.test_examples.given()?.value,
        planted: planted?,
    })
}

/// A sound world with those of the suite's numbers that can be judged alone: what is wrong with it is wrong whatever
/// stands where something is missing.
fn stand_in(spec: &WorldSpec) -> WorldOptions {
    fn number<T: Copy>(field: &Field<T>, sound: T) -> T {
        field.given().map_or(sound, |given| given.value)
    }
    let shape = [&spec.super_classes, &spec.sub_classes, &spec.dimension].map(Field::given);
    let [super_classes, sub_classes, dimension] = match shape {
        [Some(c), Some(s), Some(d)] => [c.value, s.value, d.value],
        _ => [2, 1, 4],
    };
    WorldOptions {
        super_classes,
        sub_classes,
        dimension,
        tau: number(&spec.tau, 0.0),
        terms: number(&spec.terms, TERMS),
        beta: number(&spec.beta, 1.0),
        beta_spread: number(&spec.beta_spread, 0.0),
        label: LabelRule::Drawn,
        label_noise: number(&spec.label_noise, 0.0),
        seed: 0,
        train_examples: number(&spec.train_examples, 2),
        test_examples: number(&spec.test_examples, 2),
        planted: None,
    }
}

/// Where an option was written; the table where it was not.
fn place<'a>(spec: &'a WorldSpec, option: &str) -> &'a Place {
    fn of<T>(field: &Field<T>) -> Option<&Place> {
        match field {
            Field::Given(given) => Some(&given.place),
            Field::Absent | Field::Bad => None,
        }
    }
    let place = match option {
        "super_classes" => of(&spec.super_classes),
        "sub_classes" => of(&spec.sub_classes),
        "dimension" => of(&spec.dimension),
        "tau" => of(&spec.tau),
        "terms" => of(&spec.terms),
        "beta" => of(&spec.beta),
        "beta_spread" => of(&spec.beta_spread),
        "label" => of(&spec.label),
        "label_noise" => of(&spec.label_noise),
        "train_examples" => of(&spec.train_examples),
        "test_examples" => of(&spec.test_examples),
        "planted" => of(&spec.planted),
        _ => None,
    };
    place.unwrap_or(&spec.place)
}
