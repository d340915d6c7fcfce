//! The set-up of a suite, taken from its records and its manifest.

use fractionate_arms::Arm;
use fractionate_records::{DecayedParameters, OptimiserConfig, StoreError, TeacherKey, TeacherRecord, TrainingConfig};

use crate::model::setup::{ImportSetUp, LossSetUp, SetUp, SoftTargetSetUp, StudentSetUp, TeacherSetUp};
use crate::source::suite_runs::SuiteRuns;

/// The set-up of the runs that are compared or, before there are any, of the tuning's.
pub(crate) fn setup(suite: &SuiteRuns) -> SetUp {
    let compared = suite.found().any(|(run, _)| run.role.is_compared());
    let (mut students, mut soft_targets, mut teacher_views) = (Vec::new(), Vec::new(), None);
    for (_, record) in suite.found().filter(|(run, _)| !compared || run.role.is_compared()) {
        let Some(config) = &record.config else { continue };
        let student = StudentSetUp {
            model: config.student.clone(),
            epochs: config.training.epochs,
            batch_size: config.training.batch_size,
            views: config.training.views,
            optimiser: optimiser(&config.training),
        };
        teacher_views = teacher_views.or(config.teacher_views);
        if !students.contains(&student) {
            students.push(student);
        }
        let loss = config.loss;
        let soft = SoftTargetSetUp {
            temperature: loss.temperature.get(),
            scaling: loss.scaling,
            factor: loss.scaling.factor(loss.temperature),
        };
        // Without a weight, T and s are nothing that anybody chose.
        if loss.lambda.get() > 0.0 && !soft_targets.contains(&soft) {
            soft_targets.push(soft);
        }
    }
    let (teacher, without_teacher) = match (&suite.configuration.teacher, &suite.teacher) {
        (_, Some(Ok(record))) => (Some(TeacherSetUp::of(record)), None),
        (Some(key), Some(Err(error))) => (None, Some(unread_teacher(key, error))),
        _ if suite.manifest.imported.is_some() => (None, None),
        _ => (None, Some("none; no arm of this suite asks one.".to_owned())),
    };
    let data = suite.configuration.data.clone();
    let losses = losses(suite);
    let others = suite.each_teacher().into_iter().skip(1).filter_map(|own| own.teacher.as_ref()?.as_ref().ok());
    let more_teachers = others.map(TeacherSetUp::of).collect();
    SetUp {
        imported: imported(suite),
        teacher,
        more_teachers,
        without_teacher,
        data,
        students,
        teacher_views,
        soft_targets,
        losses,
    }
}

/// What the students of each arm minimise, as their runs say.
fn losses(suite: &SuiteRuns) -> Vec<LossSetUp> {
    let mut losses: Vec<LossSetUp> = Vec::new();
    for arm in &suite.manifest.arms {
        let config = suite.found().find_map(|(_, record)| record.config.as_ref().filter(|config| config.arm == *arm));
        let Some((known, config)) = Arm::parse(arm).ok().zip(config) else { continue };
        let formula = known.loss_formula(config.loss);
        match losses.iter_mut().find(|loss| loss.formula == formula) {
            Some(loss) => loss.arms.push(arm.clone()),
            None => losses.push(LossSetUp { formula, arms: vec![arm.clone()] }),
        }
    }
    losses
}

pub(crate) fn imported(suite: &SuiteRuns) -> Option<ImportSetUp> {
    let table = suite.manifest.imported.as_ref()?;
    let mut counts = suite.found().map(|(_, run)| run.test_examples);
    let first = counts.next().flatten();
    Some(ImportSetUp {
        table: table.name.clone(),
        hash: table.hash.clone(),
        arms: suite.manifest.arms.len(),
        seeds: suite.manifest.seeds.len(),
        test_examples: first.filter(|_| counts.all(|count| count == first)),
    })
}

/// `AdamW (betas 0.9 and 0.999), weights averaged with decay 0.99`; nothing of plain SGD.
fn optimiser(training: &TrainingConfig) -> String {
    let adamw = match training.optimiser {
        OptimiserConfig::Sgd => None,
        OptimiserConfig::AdamW { betas: (first, second), .. } => Some(format!("AdamW (betas {first} and {second})")),
    };
    let alone = training.weight_decay_on == DecayedParameters::Weights;
    let parts = [
        adamw,
        alone.then(|| "weight decay on weights alone".to_owned()),
        training.gradient_clipping.map(|norm| format!("gradients clipped at norm {norm}")),
        training.ema.map(|decay| format!("weights averaged with decay {decay}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Why a teacher is not described, with paths as seen from the store.
fn unread_teacher(key: &TeacherKey, error: &StoreError) -> String {
    let why = match error {
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => "is not there",
        StoreError::Damaged { .. } => "is damaged",
        StoreError::Newer { .. } => "was written by a newer fractionate",
        _ => "cannot be read",
    };
    format!("its architecture and accuracy are not given, because teacher/{key}/record.json {why}.")
}

impl TeacherSetUp {
    pub(crate) fn of(record: &TeacherRecord) -> Self {
        Self {
            key: record.key.clone(),
            origin: record.config.origin.clone(),
            examples: record.config.data.examples,
            train: record.train,
            validation: record.validation,
            test: record.test,
        }
    }
}
