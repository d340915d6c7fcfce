//! Whether the examples that a suite draws have what its arms and its accuracies need of every class.

use fractionate_arms::{Arm, ArmError, ArmInputs, TeacherProbabilities};
use fractionate_data::{DataSource, SplitRows};
use fractionate_records::Seed;

use super::super::SplitSizes;
use super::super::files::Files;
use super::super::place::Placed;
use super::super::problems::Problems;
use super::arms::Arms;

/// Beyond so many examples of each class, on average, no draw of a set lacks one: its files need not be read.
const PLENTY: usize = 20;

/// Reports the arms that cannot be made from the students' examples, and warns of classes that are not tested.
pub(super) fn check(
    arms: &Arms,
    source: &DataSource,
    sizes: SplitSizes,
    files: &Files<'_>,
    unfit: &mut Problems,
    problems: &mut Problems,
) {
    let names = source.classes();
    let plenty = PLENTY * names.len();
    let was_read = matches!(source, DataSource::Arrays(_) | DataSource::Pictures(_));
    if !was_read && sizes.student_examples >= plenty && sizes.test_examples >= plenty {
        return;
    }
    let Some([train, test]) = source.labels(files.readers.data) else { return };
    let rows = SplitRows::draw(source, sizes.into());
    let students: Vec<u16> = rows.train[..sizes.student_examples].iter().map(|&row| train[row]).collect();
    report_unfit(arms, &students, &names, unfit);
    let drawn: Vec<u16> = rows.test.iter().map(|&row| test[row]).collect();
    for (drawn, all, what, key) in [
        (&students, &train, "the students' training examples", "data.student_examples"),
        (&drawn, &test, "the test examples", "data.test_examples"),
    ] {
        // What a whole part lacks is said with the data.
        let absent = (0..names.len() as u16).filter(|class| all.contains(class) && !drawn.contains(class));
        let absent: Vec<String> = absent.map(|class| format!("`{}`", names[usize::from(class)])).collect();
        if !absent.is_empty() {
            problems.warn(format!(
                "None of {what} ({}) is of class {}: give `{key}` a larger number.",
                drawn.len(),
                absent.join(", ")
            ));
        }
    }
}

fn report_unfit(arms: &Arms, students: &[u16], names: &[String], unfit: &mut Problems) {
    let few = at_most_two_of_each(students, names.len());
    // Arms that lack the same are one problem.
    let mut lacks: Vec<(String, Vec<&Placed<Arm>>)> = Vec::new();
    for arm in &arms.value {
        let Some(lack) = lack(&arm.value, &few, names) else { continue };
        match lacks.iter_mut().find(|(known, _)| *known == lack) {
            Some((_, arms)) => arms.push(arm),
            None => lacks.push((lack, vec![arm])),
        }
    }
    for (lack, arms) in lacks {
        let names: Vec<String> = arms.iter().map(|arm| format!("`{}`", arm.value.name())).collect();
        let (noun, verb) = if names.len() == 1 { ("arm", "needs") } else { ("arms", "need") };
        let message =
            format!("the {noun} {} {verb} {lack} the students' {} examples", names.join(", "), students.len());
        let help = "give `data.student_examples` a larger number or `data.split_seed` another one, or leave out what \
                    needs more";
        unfit.add(&arms[0].place, message, "too few examples of a class", Some(help.to_owned()));
    }
}

/// What of the labels an arm cannot do with, before `the students' N examples`. It is tried with a teacher that knows
/// the labels: what the real one knows is another question.
fn lack(arm: &Arm, labels: &[u16], names: &[String]) -> Option<String> {
    let classes = names.len();
    let off = 0.1 / (classes - 1).max(1) as f64;
    let knows = |&label: &u16| (0..classes).map(move |class| if class == usize::from(label) { 0.9 } else { off });
    let teacher = TeacherProbabilities::from_probabilities(labels.iter().flat_map(knows).collect(), classes).ok()?;
    let inputs = ArmInputs {
        teacher: Some(&teacher),
        teacher_at_one: Some(&teacher),
        teacher_classifier: None,
        labels,
        classes,
        statistics: None,
        seed: Seed(0),
    };
    match arm.targets(&inputs).err()? {
        ArmError::ClassAbsent { class, .. } => {
            Some(format!("an example of every class, and class {class} (`{}`) has none among", names[class]))
        }
        ArmError::LoneExample { class, .. } => {
            Some(format!("two examples of every class, and class {class} (`{}`) has one among", names[class]))
        }
        ArmError::NothingToShuffle => Some("two examples, which are more than".to_owned()),
        // Of the teacher, or of its last layer.
        _ => None,
    }
}

/// More examples of a class than two are as good as two.
fn at_most_two_of_each(labels: &[u16], classes: usize) -> Vec<u16> {
    let mut counts = vec![0usize; classes];
    let mut taken = |label: u16| {
        counts[usize::from(label)] += 1;
        counts[usize::from(label)] <= 2
    };
    labels.iter().copied().filter(|&label| taken(label)).collect()
}
