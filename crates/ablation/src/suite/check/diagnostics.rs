//! What is recorded of the compared runs in addition to their scores.

use fractionate_arms::Arm;

use super::super::DiagnosticsSettings;
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::spec::DiagnosticsSpec;
use super::super::suggestion;
use super::arms::Arms;
use super::ranges::{all_differ, all_in_range, in_range};

/// The diagnostics, if they are sound. `epochs` are the training's, `student_examples` the students' training examples,
/// each if sound.
pub(super) fn check(
    given: &Given<DiagnosticsSpec>,
    by_program: bool,
    epochs: Option<usize>,
    student_examples: Option<usize>,
    arms: Option<&Arms>,
    problems: &mut Problems,
) -> Option<DiagnosticsSettings> {
    let spec = &given.value;
    if by_program {
        return of_program(spec, arms, problems);
    }
    if spec.epochs.is_absent() {
        let help = "for example `epochs = [1, 30, 60]`".to_owned();
        problems.add(&given.place, "the key `diagnostics.epochs` is missing", "belongs here", Some(help));
    }
    let epochs = recorded_epochs(&spec.epochs, epochs, problems);
    let range = up_to(student_examples, "the students' training examples");
    let all = student_examples.unwrap_or(usize::MAX);
    let examples = spec.examples.check(|given| in_range(given, &range, |n| (1..=all).contains(&n), problems));
    let arms = spec.arms.check(|given| recorded_arms(&given.value, arms?, problems));
    Some(DiagnosticsSettings { epochs: epochs?, examples: examples?, arms: arms? })
}

/// A program gives logits at its end and no gradients: what is recorded comes from these.
fn of_program(spec: &DiagnosticsSpec, arms: Option<&Arms>, problems: &mut Problems) -> Option<DiagnosticsSettings> {
    let before = problems.len();
    for (key, place) in
        [("epochs", spec.epochs.given().map(|g| &g.place)), ("examples", spec.examples.given().map(|g| &g.place))]
    {
        if let Some(place) = place {
            let message = format!("`diagnostics.{key}` is for the built-in trainer: a program gives no gradients");
            problems.add(place, message, "here", Some("leave it out".into()));
        }
    }
    let arms = spec.arms.check(|given| recorded_arms(&given.value, arms?, problems));
    (problems.len() == before).then_some(())?;
    Some(DiagnosticsSettings { epochs: Vec::new(), examples: Some(0), arms: arms? })
}

fn up_to(most: Option<usize>, what: &str) -> String {
    most.map_or("at least 1".to_owned(), |most| format!("from 1 to {most}, {what}"))
}

/// The epochs, rising.
fn recorded_epochs(
    field: &Field<Vec<Given<usize>>>,
    epochs: Option<usize>,
    problems: &mut Problems,
) -> Option<Vec<usize>> {
    let written = field.given()?;
    if written.value.is_empty() {
        let help = "for example `epochs = [1, 30, 60]`";
        return problems.refuse(&written.place, "`diagnostics.epochs` is empty", "no epoch", Some(help.into()));
    }
    let differ = all_differ(written, problems);
    let last = epochs.unwrap_or(usize::MAX);
    let range = up_to(epochs, "the last epoch of the training");
    let mut recorded = all_in_range(&written.value, &range, |epoch| (1..=last).contains(&epoch), problems)?;
    recorded.sort_unstable();
    differ.then_some(recorded)
}

/// The names of the arms as written in results; those that a flag took out of the suite are left out here too.
fn recorded_arms(written: &[Given<String>], arms: &Arms, problems: &mut Problems) -> Option<Vec<String>> {
    let names: Vec<String> = arms.value.iter().map(|arm| arm.value.name()).collect();
    let mut recorded = Vec::new();
    let mut sound = true;
    for entry in written {
        let name = Arm::parse(&entry.value).map_or_else(|_| entry.value.clone(), |arm| arm.name());
        let known = Arm::parse(&entry.value).is_ok();
        if names.contains(&name) {
            recorded.push(name);
        } else if !(known && matches!(arms.place, Place::Flag(_))) {
            let choices: Vec<&str> = names.iter().map(String::as_str).collect();
            let help = suggestion::advice(&entry.value, &choices, "the arms");
            let message = format!("`diagnostics.arms` names `{}`, which the suite does not have", entry.value);
            problems.add(&entry.place, message, "not among the arms", Some(help));
            sound = false;
        }
    }
    sound.then_some(recorded)
}
