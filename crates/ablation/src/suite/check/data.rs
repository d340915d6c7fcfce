//! Which examples are used for what.

use fractionate_data::{DataSource, KnownSet, PictureSet};
use fractionate_records::Seed;

use super::super::SplitSizes;
use super::super::files::Files;
use super::super::problems::Problems;
use super::super::spec::{CommonDataSpec, DataSpec};
use super::model::WIDEST;
use super::ranges::{one_of, ranged};
use super::world;
use super::{arrays, blame, pictures};

/// The source of the examples and the sizes of its splits, each if sound.
pub(super) fn check(
    spec: &DataSpec,
    files: &Files<'_>,
    problems: &mut Problems,
) -> (Option<DataSource>, Option<SplitSizes>) {
    let source = source(spec, files, problems);
    let sizes = sizes(&spec.common, source.as_ref(), problems);
    (source, sizes)
}

/// What `set` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SetName {
    Known(KnownSet),
    Arrays,
    Pictures(PictureSet),
    World,
}

fn source(spec: &DataSpec, files: &Files<'_>, problems: &mut Problems) -> Option<DataSource> {
    let sets = KnownSet::all().map(|set| (set.name(), SetName::Known(set)));
    let pictures = PictureSet::ALL.map(|set| (set.name(), SetName::Pictures(set)));
    let others = [("arrays", SetName::Arrays), ("world", SetName::World)];
    let names: Vec<(&str, SetName)> = sets.chain(pictures).chain(others).collect();
    let CommonDataSpec { set: written, world, .. } = &spec.common;
    let set = written.given().and_then(|set| one_of(set, &names, problems));
    let options = world.given().and_then(|world| world::check(world, problems));
    let set = set?;
    if let Some(given) = world.given().filter(|_| set != SetName::World) {
        let title = match set {
            SetName::Known(set) => set.descriptor().title,
            SetName::Pictures(_) => "pictures",
            SetName::Arrays | SetName::World => "arrays",
        };
        let message = format!("the table `[data.world]` does not describe {title}");
        let help = "leave it out, or write `set = \"world\"`";
        problems.add(&given.place, message, "not used", Some(help.into()));
    }
    match set {
        SetName::Known(set) => known_set(set, spec, problems),
        SetName::Arrays => arrays::check(spec, files, problems).map(DataSource::Arrays),
        SetName::Pictures(set) => pictures::check(set, spec, files, problems).map(DataSource::Pictures),
        SetName::World => {
            if world.is_absent() {
                let message = "the table `[data.world]`, which describes the world, is missing";
                let help = "a line `[data.world]`, and below it `super_classes`, `sub_classes`, `dimension`, `tau`, \
                            `train_examples` and `test_examples`";
                problems.add(written.place(), message, "needs `[data.world]`", Some(help.into()));
            }
            options.map(DataSource::World)
        }
    }
}

/// The known set with the suite's options.
fn known_set(set: KnownSet, spec: &DataSpec, problems: &mut Problems) -> Option<DataSource> {
    let Some(default) = set.vocabulary() else { return Some(set.into()) };
    let range = format!("from 2 to {WIDEST}");
    let holds = |n| (2..=WIDEST).contains(&n);
    let vocabulary = ranged(&spec.vocabulary, Some(default), &range, holds, problems)?;
    Some(set.with_vocabulary(vocabulary).into())
}

fn sizes(spec: &CommonDataSpec, source: Option<&DataSource>, problems: &mut Problems) -> Option<SplitSizes> {
    let student = ranged(&spec.student_examples, None, "at least 2", |n| n >= 2, problems);
    let teacher = ranged(&spec.teacher_examples, student, "at least 2", |n| n >= 2, problems);
    let validation = ranged(&spec.validation_examples, None, "at least 1", |n| n >= 1, problems);
    let test = source.and_then(|source| {
        let all = source.test_examples();
        let range = format!("from 1 to {all}, the test examples of {}", source.title());
        ranged(&spec.test_examples, Some(all), &range, |n| (1..=all).contains(&n), problems)
    });
    let student_fits = student_within_teacher(spec, student?, teacher?, problems);
    let set_suffices = within_set(spec, source?, teacher?, validation?, problems);
    let whole_rounds = in_whole_rounds(spec, source?, student?, problems);
    (student_fits && set_suffices && whole_rounds).then_some(())?;
    Some(SplitSizes {
        student_examples: student?,
        teacher_examples: teacher?,
        validation_examples: validation?,
        test_examples: test?,
        split_seed: Seed(spec.split_seed.value_or(0)?),
    })
}

fn student_within_teacher(spec: &CommonDataSpec, student: usize, teacher: usize, problems: &mut Problems) -> bool {
    if student <= teacher {
        return true;
    }
    let place = blame(spec.student_examples.place(), spec.teacher_examples.place());
    let message = format!("the students have {student} training examples and the teacher only {teacher}");
    let help = format!("students get the first of the teacher's examples: at most {teacher} of them");
    problems.add(place, message, "more than the teacher's", Some(help));
    false
}

fn within_set(
    spec: &CommonDataSpec,
    source: &DataSource,
    teacher: usize,
    validation: usize,
    problems: &mut Problems,
) -> bool {
    let all = source.train_examples();
    if teacher.saturating_add(validation) <= all {
        return true;
    }
    let training = spec.teacher_examples.given().map_or(spec.student_examples.place(), |given| &given.place);
    let place = blame(training, spec.validation_examples.place());
    let message = format!(
        "{teacher} training and {validation} validation examples are more than the {all} training examples of {}",
        source.title()
    );
    let help = match all.checked_sub(validation).filter(|&left| left >= 2) {
        Some(left) => format!("with {validation} for validation, at most {left} are left for training"),
        None => format!("together at most {all}"),
    };
    problems.add(place, message, "too many", Some(help));
    false
}

/// A planted truth may need its students' examples to come full circle.
fn in_whole_rounds(spec: &CommonDataSpec, source: &DataSource, student: usize, problems: &mut Problems) -> bool {
    let DataSource::World(world) = source else { return true };
    let Some(planted) = world.planted else { return true };
    let round = planted.whole_round(world.classes());
    if student.is_multiple_of(round) {
        return true;
    }
    let message = format!(
        "planted = \"{}\" with {} classes comes full circle after {round} examples, and the students have {student}",
        planted.name(),
        world.classes()
    );
    let help = format!("a multiple of {round}, for example {}", student.next_multiple_of(round));
    problems.add(spec.student_examples.place(), message, "no whole round", Some(help));
    false
}
