//! What is recorded of the compared runs beside their scores.

use super::super::DiagnosticsSettings;
use super::super::place::{Place, Placed};
use super::super::problems::Problems;
use super::super::reader::Field;
use super::super::spec::DiagnosticsSpec;
use super::super::suggestion;
use super::ranges::ranged;
use crate::arm::Arm;

/// The inner option is the suite's, the outer one says whether it is sound. `epochs` are the training's,
/// `student_examples` the students' training examples, each if sound.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
pub(super) fn check(
    field: &Field<DiagnosticsSpec>,
    epochs: Option<usize>,
    student_examples: Option<usize>,
    arms: Option<&Placed<Vec<Placed<Arm>>>>,
    problems: &mut Problems,
) -> Option<Option<DiagnosticsSettings>> {
    let spec = match field {
        Field::Absent => return Some(None),
        Field::Bad => return None,
        Field::Given(given) => &given.value,
    };
    let epochs = recorded_epochs(&spec.epochs, epochs, problems);
    let examples = recorded_examples(&spec.examples, student_examples, problems);
    let arms = recorded_arms(&spec.arms, arms, problems);
    Some(Some(DiagnosticsSettings { epochs: epochs?, examples: examples?, arms: arms? }))
}

/// The epochs, rising.
fn recorded_epochs(
    field: &Field<Vec<Placed<usize>>>,
    epochs: Option<usize>,
    problems: &mut Problems,
) -> Option<Vec<usize>> {
    let written = field.given()?;
    let mut sound = true;
    if written.value.is_empty() {
        let help = "for example `epochs = [1, 30, 60]`";
        problems.add(written.place.clone(), "`diagnostics.epochs` is empty", "no epoch", Some(help.into()));
        sound = false;
    }
    for (at, entry) in written.value.iter().enumerate() {
        let epoch = entry.value;
        if written.value[..at].iter().any(|earlier| earlier.value == epoch) {
            let message = format!("{epoch} stands twice in `diagnostics.epochs`");
            problems.add(entry.place.clone(), message, "again here", Some("leave one of the two out".into()));
            sound = false;
        }
        let last = epochs.unwrap_or(usize::MAX);
        if epoch == 0 || epoch > last {
            let range = match epochs {
                Some(last) => format!("from 1 to {last}, the last epoch of the training"),
                None => "at least 1".to_owned(),
            };
            let message = format!("`diagnostics.epochs[{at}]` must be {range}, not {epoch}");
            problems.add(entry.place.clone(), message, "no such epoch", None);
            sound = false;
        }
    }
    let mut recorded: Vec<usize> = written.value.iter().map(|entry| entry.value).collect();
    recorded.sort_unstable();
    sound.then_some(recorded)
}

#[expect(clippy::option_option, reason = "absent and wrong are different things")]
fn recorded_examples(
    field: &Field<usize>,
    student_examples: Option<usize>,
    problems: &mut Problems,
) -> Option<Option<usize>> {
    if *field == Field::Absent {
        return Some(None);
    }
    let range = match student_examples {
        Some(all) => format!("from 1 to {all}, the students' training examples"),
        None => "at least 1".to_owned(),
    };
    let all = student_examples.unwrap_or(usize::MAX);
    ranged(field, None, "diagnostics.examples", &range, |n| (1..=all).contains(&n), problems).map(Some)
}

/// The names of the arms as written in results; those that a flag took out of the suite are left out here too.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
fn recorded_arms(
    field: &Field<Vec<Placed<String>>>,
    arms: Option<&Placed<Vec<Placed<Arm>>>>,
    problems: &mut Problems,
) -> Option<Option<Vec<String>>> {
    let written = match field {
        Field::Absent => return Some(None),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    let arms = arms?;
    let names: Vec<String> = arms.value.iter().map(|arm| arm.value.name()).collect();
    let mut recorded = Vec::new();
    let mut sound = true;
    for entry in &written.value {
        let name = Arm::parse(&entry.value).map_or_else(|_| entry.value.clone(), |arm| arm.name());
        let known = Arm::parse(&entry.value).is_ok();
        if names.contains(&name) {
            recorded.push(name);
        } else if !(known && matches!(arms.place, Place::Flag(_))) {
            let choices: Vec<&str> = names.iter().map(String::as_str).collect();
            let help = suggestion::advice(&entry.value, &choices, "the arms");
            let message = format!("`diagnostics.arms` names `{}`, which the suite lacks", entry.value);
            problems.add(entry.place.clone(), message, "not among the arms", Some(help));
            sound = false;
        }
    }
    sound.then_some(Some(recorded))
}
