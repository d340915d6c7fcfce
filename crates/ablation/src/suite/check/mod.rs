//! From a suite as written to one that can be run. Every check goes on after a problem, so that all are found.

mod arm_options;
mod arms;
mod arrays;
mod calibration;
mod classes;
mod data;
mod diagnostics;
mod ensemble;
mod kind;
mod model;
mod optimiser;
mod output_kind;
mod pictures;
mod program;
pub(super) mod ranges;
pub(super) mod seeds;
mod super_classes;
mod teacher;
mod trained;
mod training;
mod tune;
mod views;
mod weights;
mod world;

use std::sync::Arc;

use fractionate_records::{
    Comparison, EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, Metric, Scaling, Temperature,
};

pub(super) use calibration::check as check_calibration;

use super::Suite;
use super::files::Files;
use super::place::Place;
use super::problems::Problems;
use super::program::ProgramSettings;
use super::reader::{Field, Given};
use super::spec::{DistillationSpec, StudentSpec, SuiteSpec};
use ranges::{in_range, one_of, ranged, word};
use trained::Trained;

/// The suite, or `None` if a problem keeps it from being one. Files that it names are looked at too. What keeps it from
/// being run although it is well written goes to `unfit`: of a sweep the other configurations can still be run.
pub(super) fn check(
    spec: &SuiteSpec,
    files: &Files<'_>,
    unfit: &mut Problems,
    problems: &mut Problems,
) -> Option<Suite> {
    // No `?` before all parts were looked at.
    let name = name(&spec.name, problems);
    let question = spec.question.value_or(String::new());
    let arms = arms::check(&spec.arms, problems);
    let reference = arms::reference(&spec.reference, arms.as_ref(), problems);
    arms::need_teacher(arms.as_ref(), &spec.teacher, problems);
    arms::need_classifier(arms.as_ref(), &spec.teacher, problems);
    let seeds = seeds::suite_seeds(&spec.seeds, problems);
    let metrics = [("test-accuracy", Metric::TestAccuracy), ("test-nll", Metric::TestNll)];
    let metric = word(&spec.metric, Metric::TestAccuracy, &metrics, problems);
    let above_0 = |margin: &Given<f64>| in_range(margin, "above 0, in points or nats", |margin| margin > 0.0, problems);
    let margin = spec.margin.check(above_0);
    let evaluation = evaluation(spec, problems);
    let comparisons = comparisons(spec, problems);
    let data = spec.data.value();
    let (source, sizes) = data.map_or((None, None), |data| data::check(data, files, problems));
    let super_classes =
        data.and_then(|data| super_classes::check(&data.common.super_classes, source.as_ref(), problems));
    arms::fit_classes(arms.as_ref(), source.as_ref().map(|source| source.classes().len()), problems);
    let (student, program) = match spec.student.value() {
        Some(StudentSpec::Network(network)) => (model::check(network, source.as_ref(), problems), Some(None)),
        Some(StudentSpec::Program(program)) => {
            let program = program::check(program, "student", spec.training.value(), files, problems);
            (program.as_ref().map(ProgramSettings::model), program.map(|program| Some(Arc::new(program))))
        }
        None => (None, None),
    };
    let by_program = matches!(spec.student.value(), Some(StudentSpec::Program(_)));
    let loss = spec.distillation.value().and_then(|distillation| loss(distillation, problems));
    let student_examples = sizes.map(|sizes| sizes.student_examples);
    let training = spec.training.given().and_then(|given| {
        let trained = Trained { table: &given.name, place: &given.place, by_program, source: source.as_ref() };
        training::check(&given.value, trained, student_examples, problems)
    });
    let teacher = spec.teacher.check(|teacher| teacher::check(teacher, source.as_ref(), sizes, files, problems));
    let teacher_views =
        views::of_teacher(spec.distillation.value(), training.as_ref(), teacher.as_ref().map(Option::as_ref), problems);
    views::fit_arms(arms.as_ref(), training.as_ref(), problems);
    let epochs = training.as_ref().map(|training| training.epochs);
    let diagnostics = spec
        .diagnostics
        .check(|given| diagnostics::check(given, by_program, epochs, student_examples, arms.as_ref(), problems));
    let tune = spec.tune.check(|tune| tune::check(tune, training.as_ref(), loss, seeds.as_deref(), problems));

    if let (Some(sizes), Some(Some(_))) = (sizes, &tune) {
        tune::few_validation_examples(sizes.validation_examples).into_iter().for_each(|warning| problems.warn(warning));
    }
    if let (Some(arms), Some(source), Some(sizes)) = (&arms, &source, sizes) {
        classes::check(arms, source, sizes, files, unfit, problems);
    }

    Some(Suite {
        name: name?,
        question: question?,
        arms: arms?.value.into_iter().map(|arm| arm.value).collect(),
        reference: reference?,
        metric: metric?,
        margin: margin?,
        seeds: seeds?,
        evaluation: evaluation?,
        comparisons: comparisons?,
        source: source?,
        super_classes: super_classes?,
        data: sizes?,
        teacher: teacher?,
        student: student?,
        program: program?,
        loss: loss?,
        training: training?,
        teacher_views: teacher_views?,
        tune: tune?,
        diagnostics: diagnostics?,
    })
}

fn name(field: &Field<String>, problems: &mut Problems) -> Option<String> {
    let Given { value: name, place, .. } = field.given()?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let safe = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(allowed) && name.len() <= 64;
    if safe {
        return Some(name.clone());
    }
    let help = "letters, digits, `-`, `_` and `.`, at most 64, a letter or digit first";
    problems.refuse(place, format!("`name` cannot name a folder: {name:?}"), "not a name", Some(help.into()))
}

fn evaluation(spec: &SuiteSpec, problems: &mut Problems) -> Option<EvaluationConfig> {
    let rules = [("last", EpochRule::Last), ("best-validation", EpochRule::BestValidation)];
    let epoch_rule = word(&spec.epoch_rule, EpochRule::Last, &rules, problems);
    let every = ranged(&spec.evaluate_every, Some(1), "at least 1", |n| n >= 1, problems);
    Some(EvaluationConfig { plan: EvaluationPlan::Curve { every: every? }, epoch_rule: epoch_rule? })
}

fn comparisons(spec: &SuiteSpec, problems: &mut Problems) -> Option<Vec<Comparison>> {
    let written = match &spec.compare {
        Field::Bad => return None,
        Field::Given(written) => written,
        Field::Absent if spec.tune.is_absent() => return Some(vec![Comparison::Fixed]),
        Field::Absent => return Some(vec![Comparison::Tuned]),
    };
    if written.value.is_empty() {
        let help = "`compare = [\"tuned\"]`, `[\"fixed\"]` or both";
        return problems.refuse(&written.place, "`compare` is empty", "nothing to compare", Some(help.into()));
    }
    let choices = [Comparison::Tuned, Comparison::Fixed].map(|comparison| (comparison.name(), comparison));
    let mut comparisons = Vec::new();
    let mut sound = true;
    for entry in &written.value {
        let Some(comparison) = one_of(entry, &choices, problems) else {
            sound = false;
            continue;
        };
        if comparisons.contains(&comparison) {
            problems.add(&entry.place, format!("`{}` is compared twice", entry.value), "again here", None);
            sound = false;
        }
        if comparison == Comparison::Tuned && spec.tune.is_absent() {
            let help = "add a table `[tune]` with a grid and its seeds, or compare only `fixed`";
            let message = "the comparison `tuned` needs a table `[tune]`, and there is none";
            problems.add(&entry.place, message, "nothing to tune", Some(help.into()));
            sound = false;
        }
        comparisons.push(comparison);
    }
    sound.then_some(comparisons)
}

fn loss(spec: &DistillationSpec, problems: &mut Problems) -> Option<LossConfig> {
    let scaling =
        word(&spec.scaling, Scaling::Hinton, &[("hinton", Scaling::Hinton), ("none", Scaling::None)], problems);
    let possible = |t: f64| (0.01..=1000.0).contains(&t);
    let temperature = ranged(&spec.temperature, None, "between 0.01 and 1000", possible, problems);
    let lambda = ranged(&spec.lambda, None, "above 0 and at most 1", |l| l > 0.0 && l <= 1.0, problems);
    Some(LossConfig {
        temperature: Temperature::try_from(temperature?).ok()?,
        lambda: Lambda::try_from(lambda?).ok()?,
        scaling: scaling?,
    })
}

/// Where a problem of two values is shown: at the one that the command line gave, if it gave one.
fn blame<'a>(first: &'a Place, second: &'a Place) -> &'a Place {
    if matches!(second, Place::Flag(_)) { second } else { first }
}
