//! Groups of classes that resemble each other.

use fractionate_records::SuperClass;
use fractionate_training::DataSource;

use super::super::document::{Table, Value};
use super::super::place::Placed;
use super::super::problems::Problems;
use super::super::reader::{Field, read_list};
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

fn groups(given: &Placed<Table>, classes: &[String], problems: &mut Problems) -> Option<Vec<SuperClass>> {
    let before = problems.len();
    let mut seen: Vec<Option<&str>> = vec![None; classes.len()];
    let mut groups = Vec::new();
    for (name, written) in &given.value {
        if name.value.trim().is_empty() || name.value.contains(char::is_control) {
            let message = format!("{:?} is no name of a super-class", name.value);
            problems.add(name.place.clone(), message, "not a name", None);
        }
        let labels = group(name, written, classes, &mut seen, problems);
        groups.push(SuperClass { name: name.value.clone(), classes: labels });
    }
    let missing: Vec<&str> =
        classes.iter().zip(&seen).filter(|(_, seen)| seen.is_none()).map(|(class, _)| class.as_str()).collect();
    if !missing.is_empty() && problems.len() == before {
        let message = format!("no super-class has {}", suggestion::list(&missing));
        let help = "every class belongs to one super-class".to_owned();
        problems.add(given.place.clone(), message, "not all classes", Some(help));
    }
    if groups.len() == 1 && problems.len() == before {
        let message = "one super-class holds every class: there is nothing to hold it against";
        problems.add(given.place.clone(), message, "one alone", Some("name two or more".to_owned()));
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
    let Field::Given(members) = read_list::<String>(&format!("data.super_classes.{}", name.value), written, problems)
    else {
        return Vec::new();
    };
    if members.value.is_empty() {
        let message = format!("the super-class `{}` has no class", name.value);
        problems.add(members.place.clone(), message, "empty", None);
    }
    let mut labels = Vec::new();
    for member in &members.value {
        let Some(label) = classes.iter().position(|class| *class == member.value) else {
            let names: Vec<&str> = classes.iter().map(String::as_str).collect();
            let help = suggestion::advice(&member.value, &names, "the classes");
            problems.add(
                member.place.clone(),
                format!("there is no class `{}`", member.value),
                "no such class",
                Some(help),
            );
            continue;
        };
        if let Some(earlier) = seen[label].replace(&name.value) {
            let message = format!("the class `{}` is in `{earlier}` already", member.value);
            problems.add(member.place.clone(), message, "again here", Some("leave one of the two out".to_owned()));
        }
        labels.push(label);
    }
    labels.sort_unstable();
    labels
}
