//! Teachers trained here.

use fractionate_records::{
    DeviceKind, EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, Scaling, TeacherConfig, Temperature,
    TrainedTeacherConfig,
};

use super::kept::{MadeTeacher, SplitLogits};
use crate::cohort::{Cohort, Training, TrainingError, train_model};
use crate::evaluation::all_logits;
use crate::member::{Member, MemberSettings};
use crate::objective::Objective;
use crate::splits::Splits;
use crate::weights::to_host;
use crate::{Checkpoints, DeviceChoice, Progress, TargetTable};

/// Trains a teacher: a cohort of one, on a thread of its own with the configuration's number of libtorch threads.
/// `config` is the teacher's own, `trained` the origin in it. Saved and resumed as [`crate::train_resumably`] does it.
///
/// # Errors
/// [`TrainingError::Stopped`] if `progress` was asked to stop; [`TrainingError::NotSaved`] if a checkpoint cannot be
/// written.
///
/// # Panics
/// If the teacher's thread panics, which only a failure inside libtorch makes it do.
pub fn train_teacher(
    config: &TeacherConfig,
    trained: &TrainedTeacherConfig,
    splits: &Splits,
    device: DeviceChoice,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<MadeTeacher, TrainingError> {
    // A tensor may be sent to a thread but not shared with it.
    let splits = splits.shallow_clone();
    std::thread::scope(|scope| {
        let teacher = scope.spawn(move || {
            crate::use_threads(trained.threads);
            train_here(config, trained, &splits, device, checkpoints, progress)
        });
        teacher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn train_here(
    config: &TeacherConfig,
    trained: &TrainedTeacherConfig,
    splits: &Splits,
    device: DeviceChoice,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<MadeTeacher, TrainingError> {
    // Label smoothing is (1 - e) CE(onehot) + e CE(uniform): a soft target with weight e at T = 1.
    let lambda = Lambda::try_from(trained.label_smoothing).expect("checked with the suite");
    let targets: Vec<TargetTable> = (lambda != Lambda::ZERO).then(|| uniform(splits, device)).into_iter().collect();
    let objective = if targets.is_empty() { Objective::Hard } else { Objective::Soft { targets: 0 } };
    let settings = MemberSettings {
        loss: LossConfig { temperature: Temperature::ONE, lambda, scaling: Scaling::None },
        learning_rate: trained.training.learning_rate,
        weight_decay: trained.training.weight_decay,
    };
    let cohort = Cohort {
        student: trained.model.clone(),
        training: trained.training.clone(),
        evaluation: EvaluationConfig { plan: EvaluationPlan::ValidationAtEnd, epoch_rule: EpochRule::Last },
        seed: trained.seed,
        members: vec![Member { settings, objective }],
    };
    let training =
        Training { splits, examples: splits.train.len(), targets: &targets, weights: &[], diagnostics: &[], device };
    let (result, network) = train_model(&cohort, &training, checkpoints, progress)?;
    let logits = |examples| to_host(&all_logits(&*network, examples, splits.classes).squeeze_dim(0));
    let logits = SplitLogits {
        train: logits(&splits.train),
        validation: Some(logits(&splits.validation)),
        test: Some(logits(&splits.test)),
        probabilities: None,
    };
    let weights = Some(network.weights_of(0).to_safetensors());
    Ok(MadeTeacher::new(config, &logits, splits, weights, result.seconds))
}

/// 1 / K for every class of every training example.
fn uniform(splits: &Splits, device: DeviceChoice) -> TargetTable {
    let classes = splits.classes;
    let targets = vec![(1.0 / classes as f64) as f32; splits.train.len() * classes];
    TargetTable::new(&targets, classes, (classes as f64).ln(), device)
}

/// How many threads a teacher gets on a device: a GPU's results do not depend on them.
pub fn teacher_threads(asked: usize, device: DeviceKind) -> usize {
    match device {
        DeviceKind::Cpu => asked,
        DeviceKind::Cuda => 1,
    }
}
