//! `teacher.seeds`: several teachers trained alike, one configuration each.

use super::check::seeds;
use super::document::{Value, take_key};
use super::place::Placed;
use super::problems::Problems;
use super::reader::{Field, Given, find, find_string};
use super::sweep::Axis;

/// The key along which the teachers differ.
pub(super) const SEED: &str = "teacher.seed";

/// Takes `teacher.seeds` out of the document: the axis of the teachers. One seed alone becomes `teacher.seed`.
pub(super) fn take(document: &mut Placed<Value>, swept: &[Axis], problems: &mut Problems) -> Option<Axis> {
    let Value::Table(suite) = &mut document.value else { return None };
    let (_, teacher) = suite.iter_mut().find(|(key, _)| key.value == "teacher")?;
    let Value::Table(table) = &teacher.value else { return None };
    // Only what is trained has seeds: of other teachers the key is unknown.
    let is_trained = match find_string(table, "from") {
        Some(from) => ["training", "program"].contains(&from),
        None => find(table, "weights").is_none(),
    };
    if !is_trained {
        return None;
    }
    let has_seed = table.iter().any(|(key, _)| key.value == "seed");
    let written = take_key(teacher, "seeds")?;
    let place = written.place.clone();
    if has_seed {
        let help = "leave one of the two out".to_owned();
        return problems.refuse(&place, "`teacher.seed` and `teacher.seeds` are both given", "twice", Some(help));
    }
    if swept.iter().any(|axis| axis.key.value == SEED) {
        let help = "a sweep reports each teacher by itself, `teacher.seeds` all of them together: leave one out";
        let message = "`teacher.seed` is swept, and `teacher.seeds` is given";
        return problems.refuse(&place, message, "twice", Some(help.into()));
    }
    let name = "teacher.seeds".to_owned();
    let seeds = seeds::check(&Field::Given(Given { name, value: written.value, place: place.clone() }), problems)?;
    let value = |seed: u64| Placed { value: Value::Integer(i64::try_from(seed).ok()), place: place.clone() };
    let values: Vec<Placed<Value>> = seeds.iter().map(|seed| value(seed.0)).collect();
    if let ([only], Value::Table(table)) = (&values[..], &mut teacher.value) {
        table.push((Placed { value: "seed".to_owned(), place }, only.clone()));
        return None;
    }
    Some(Axis { key: Placed { value: SEED.to_owned(), place }, values })
}
