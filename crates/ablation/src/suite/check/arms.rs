//! The arms of a suite and the one that differences are taken against.

use fractionate_arms::{Arm, ArmNameError};

use super::super::document::{Table, Value};
use super::super::place::{Place, Placed};
use super::super::problems::Problems;
use super::super::reader::{Field, Given, Reader, find_string};
use super::super::spec::{OriginSpec, TeacherSpec};
use super::super::suggestion;
use super::{arm_options, blame};

/// Arms and where they were written.
pub(super) type Arms = Placed<Vec<Placed<Arm>>>;

/// The arms, if all are sound, at least one, and none twice.
pub(super) fn check(field: &Field<Vec<Given<Value>>>, problems: &mut Problems) -> Option<Arms> {
    let written = field.given()?;
    if written.value.is_empty() {
        let help = "for example `arms = [\"hard\", \"teacher\"]`";
        return problems.refuse(&written.place, "there are no arms", "empty", Some(help.into()));
    }
    let mut arms: Vec<Placed<Arm>> = Vec::new();
    let mut sound = true;
    for entry in &written.value {
        let arm = arm(entry, problems);
        let twice = arm.filter(|arm| arms.iter().any(|earlier| earlier.value == *arm));
        if let Some(arm) = twice {
            let message = format!("the arm `{}` is named twice", arm.name());
            problems.add(&entry.place, message, "again here", Some("leave one of the two out".into()));
        }
        sound &= arm.is_some() && twice.is_none();
        arms.extend(arm.map(|arm| entry.place.with(arm)));
    }
    sound.then(|| written.place.with(arms))
}

fn arm(entry: &Given<Value>, problems: &mut Problems) -> Option<Arm> {
    match &entry.value {
        Value::String(name) => named(name, &entry.place, problems),
        Value::Table(table) => with_options(table, &entry.place, problems),
        other => {
            let message = format!("an arm is a name or a table with a name and options, not {}", other.kind());
            let help = "for example `\"teacher\"` or `{ name = \"class-prior\", from = \"teacher\" }`";
            problems.refuse(&entry.place, message, "not an arm", Some(help.into()))
        }
    }
}

/// The arm of a name as in results, `label-smoothing(0.9)` included.
fn named(name: &str, place: &Place, problems: &mut Problems) -> Option<Arm> {
    let error = match Arm::parse(name) {
        Ok(arm) => return Some(arm),
        Err(error) => error,
    };
    let help = match &error {
        ArmNameError::Unknown { name } => Some(suggestion::advice(name, &base_names(), "the arms")),
        _ => None,
    };
    problems.refuse(place, error.to_string(), "no such arm", help)
}

fn with_options(table: &Table, place: &Place, problems: &mut Problems) -> Option<Arm> {
    if let Some(arm) = find_string(table, "name").and_then(Arm::find) {
        let keys: Vec<_> = std::iter::once("name").chain(arm_options::keys(arm)).collect();
        let reader = Reader::new(table, place, "arms", &keys, problems);
        return arm_options::read(arm, &reader, problems);
    }
    let reader = arm_options::reader_of_any(table, place, problems);
    let written: Field<String> = reader.required("name", "\"class-prior\"", problems);
    let given = written.given()?;
    // `{ name = "label-smoothing(0.9)" }` means the name alone, and so takes no further options.
    let arm = named(&given.value, &given.place, problems)?;
    if table.len() > 1 {
        let help = format!("write `{{ name = \"{}\", ... }}`", arm.base_name());
        let message = format!("the arm `{}` has options in its name and in its table", arm.name());
        return problems.refuse(place, message, "two places for options", Some(help));
    }
    Some(arm)
}

fn base_names() -> Vec<&'static str> {
    Arm::all().map(|arm| arm.base_name()).collect()
}

/// The reference arm's name, which must be among the arms.
pub(super) fn reference(field: &Field<String>, arms: Option<&Arms>, problems: &mut Problems) -> Option<String> {
    let written = field.value_or(Arm::HARD.name())?;
    let place = field.given().map(|given| &given.place).or(arms.map(|arms| &arms.place)).unwrap_or(&Place::Whole);
    let Ok(reference) = Arm::parse(&written) else {
        let names: Vec<String> = arms.iter().flat_map(|arms| &arms.value).map(|arm| arm.value.name()).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        if names.is_empty() {
            names = base_names();
        }
        let help = suggestion::advice(&written, &names, "the arms");
        return problems.refuse(place, format!("the reference `{written}` is not an arm"), "no such arm", Some(help));
    };
    let arms = arms?;
    if arms.value.iter().any(|arm| arm.value == reference) {
        return Some(reference.name());
    }
    let place = blame(place, &arms.place);
    let default = if field.is_absent() { " (the default)" } else { "" };
    let message = format!("the reference arm `{}`{default} is not among the arms", reference.name());
    let other = arms.value.last().map_or("teacher".to_owned(), |arm| arm.value.name());
    let help = match place {
        Place::Flag(_) => format!("add `{}` to the arms, or give `--set reference={other}`", reference.name()),
        _ => format!("add `{}` to the arms, or write `reference = \"{other}\"`", reference.name()),
    };
    problems.refuse(place, message, "not among the arms", Some(help))
}

/// Reports the arms that need a teacher where there is none.
pub(super) fn need_teacher(arms: Option<&Arms>, teacher: &Field<TeacherSpec>, problems: &mut Problems) {
    let (Some(arms), Field::Absent) = (arms, teacher) else { return };
    let needy: Vec<&Placed<Arm>> = arms.value.iter().filter(|arm| arm.value.needs().teacher).collect();
    let Some(first) = needy.first() else { return };
    let names: Vec<String> = needy.iter().map(|arm| format!("`{}`", arm.value.name())).collect();
    let message = match names.as_slice() {
        [name] => format!("the arm {name} needs a teacher, and there is no table `[teacher]`"),
        names => format!("the arms {} need a teacher, and there is no table `[teacher]`", names.join(", ")),
    };
    let help = "add a table `[teacher]`, or leave these arms out";
    problems.add(&first.place, message, "needs a teacher", Some(help.into()));
}

/// Reports the arms that keep more classes than there are.
pub(super) fn fit_classes(arms: Option<&Arms>, classes: Option<usize>, problems: &mut Problems) {
    let (Some(arms), Some(classes)) = (arms, classes) else { return };
    for arm in &arms.value {
        let k = arm.value.needs().classes;
        if k > classes {
            let message = format!("the arm `{}` keeps {k} classes, and the data set has {classes}", arm.value.name());
            let help = format!("at most {classes}, which is the arm `teacher`, or a share such as 0.25");
            problems.add(&arm.place, message, "more than there are", Some(help));
        }
    }
}

/// Reports the arms that ask for the teacher's last linear layer where the teacher has none that is known.
pub(super) fn need_classifier(arms: Option<&Arms>, teacher: &Field<TeacherSpec>, problems: &mut Problems) {
    let (Some(arms), Field::Given(teacher)) = (arms, teacher) else { return };
    let origin = match teacher.value.origin {
        OriginSpec::Training(_) | OriginSpec::Weights(_) | OriginSpec::Unknown => return,
        OriginSpec::Logits(_) => "a file of logits",
        OriginSpec::Ensemble(_) => "an ensemble of files of logits",
        OriginSpec::Module(_) => "a TorchScript module",
        OriginSpec::Program(_) => "a program",
        OriginSpec::World => "a world's own class scores",
    };
    for arm in arms.value.iter().filter(|arm| arm.value.needs().classifier) {
        let name = arm.value.name();
        let message = format!("the arm `{name}` needs a teacher with a linear last layer, and {origin} has none");
        let help = "leave the arm out, or train the teacher here: `from = \"training\"`";
        problems.add(&arm.place, message, "no last layer to look at", Some(help.into()));
    }
}
