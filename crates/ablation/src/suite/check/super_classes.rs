//! Groups of classes that resemble each other.

use fractionate_data::DataSource;
use fractionate_records::SuperClass;

use super::super::document::{Table, Value};
use super::super::place::Placed;
use super::super::problems::Problems;
use super::super::reader::{Field, Given, Read};
use super::super::suggestion;

/// The suite's super-classes, or else the data set's own.
pub(super) fn check(
    field: &Field<Table>,
    source: Option<&DataSource>,
    problems: &mut Problems,
) -> Option<Vec<SuperClass>> {
    match field {
        Field::Absent => source.map(DataSource::super_classes),
        Field::Bad => None,
        Field::Given(given) => groups(given, &source?.classes(), problems),
    }
}

fn groups(given: &Given<Table>, classes: &[String], problems: &mut Problems) -> Option<Vec<SuperClass>> {
    let before = problems.len();
    let mut seen: Vec<Option<&str>> = vec![None; classes.len()];
    let mut groups = Vec::new();
    for (name, written) in &given.value {
        if name.value.trim().is_empty() || name.value.contains(char::is_control) {
            let message = format!("{:?} is not a name of a super-class", name.value);
            problems.add(&name.place, message, "not a name", None);
        }
        let labels = group(name, written, classes, &mut seen, problems);
        groups.push(SuperClass { name: name.value.clone(), classes: labels });
    }
    let missing: Vec<&str> =
        classes.iter().zip(&seen).filter(|(_, seen)| seen.is_none()).map(|(class, _)| class.as_str()).collect();
    if !missing.is_empty() && problems.len() == before {
        let message = format!("no super-class contains {}", suggestion::list(&missing));
        let help = "every class belongs to one super-class".to_owned();
        problems.add(&given.place, message, "not all classes", Some(help));
    }
    if groups.len() == 1 && problems.len() == before {
        let message = "one super-class contains every class: there is nothing to compare it with";
        problems.add(&given.place, message, "only one", Some("name two or more".to_owned()));
    }
    (problems.len() == before).then_some(groups)
}

/// The labels of a group's classes, rising; each class is marked with the group's name.
fn group<'a>(
    name: &'a Placed<String>,
    written: &Placed<Value>,
    classes: &[String],
    seen: &mut [Option<&'a str>],
    problems: &mut Problems,
) -> Vec<usize> {
    let key = format!("data.super_classes.{}", name.value);
    let Some(members) = Vec::<Given<String>>::read(&key, written, problems) else { return Vec::new() };
    if members.is_empty() {
        problems.add(&written.place, format!("the super-class `{}` has no class", name.value), "empty", None);
    }
    let mut labels = Vec::new();
    for member in &members {
        let Some(label) = classes.iter().position(|class| *class == member.value) else {
            let names: Vec<&str> = classes.iter().map(String::as_str).collect();
            let help = suggestion::advice(&member.value, &names, "the classes");
            let message = format!("there is no class `{}`", member.value);
            problems.add(&member.place, message, "no such class", Some(help));
            continue;
        };
        if let Some(earlier) = seen[label].replace(&name.value) {
            let message = format!("the class `{}` is in `{earlier}` already", member.value);
            problems.add(&member.place, message, "again here", Some("leave one of the two out".to_owned()));
        }
        labels.push(label);
    }
    labels.sort_unstable();
    labels
}
