//! Teachers trained here.

use fractionate_ablation::{
    Cohort, Member, MemberSettings, NamedWeights, Objective, Progress, SplitLogits, TeacherResult, TrainingError,
};
use fractionate_records::{
    EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, Scaling, Temperature, TrainedTeacherConfig,
};

use crate::DeviceChoice;
use crate::checkpoint::Checkpoints;
use crate::cohort::{Training, train_model};
use crate::evaluation::all_logits;
use crate::loss::TargetTable;
use crate::model::{self, Network};
use crate::splits::Splits;
use crate::weights::to_host;

/// Trains a teacher: a cohort of one, on a thread of its own with the configuration's number of libtorch threads.
/// Saved and resumed as [`crate::train_resumably`] does it.
///
/// # Errors
/// [`TrainingError::Stopped`] if `progress` was asked to stop; [`TrainingError::NotSaved`] if a checkpoint cannot be
/// written.
///
/// # Panics
/// If the teacher's thread panics, which only a failure inside libtorch makes it do.
pub fn train_teacher(
    trained: &TrainedTeacherConfig,
    splits: &Splits,
    device: DeviceChoice,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<TeacherResult, TrainingError> {
    with_threads(trained.threads, splits, |splits| train_here(trained, splits, device, checkpoints, progress))
}

/// The logits of a teacher with these weights, on a thread as that of its training: the same bits.
///
/// # Errors
/// What is wrong with the weights, to stand after the name of their file.
///
/// # Panics
/// As [`train_teacher`].
pub(crate) fn teacher_logits(
    trained: &TrainedTeacherConfig,
    weights: &NamedWeights,
    splits: &Splits,
    device: DeviceChoice,
) -> Result<SplitLogits, String> {
    with_threads(trained.threads, splits, |splits| {
        let (mut network, _) = model::build(&trained.model, splits.shape(), 1, trained.seed, device);
        network.load(0, weights)?;
        Ok(logits_of(&*network, splits))
    })
}

/// Works on a thread of its own with so many libtorch threads: a convolution's sums depend on it.
pub(super) fn with_threads<T: Send>(threads: usize, splits: &Splits, work: impl FnOnce(&Splits) -> T + Send) -> T {
    // A tensor may be sent to a thread but not shared with it.
    let splits = splits.shallow_clone();
    std::thread::scope(|scope| {
        let teacher = scope.spawn(move || {
            crate::use_threads(threads);
            work(&splits)
        });
        teacher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

pub(super) fn logits_of(network: &dyn Network, splits: &Splits) -> SplitLogits {
    let logits = |examples| to_host(&all_logits(network, examples, splits.classes).squeeze_dim(0));
    SplitLogits {
        train: logits(&splits.train),
        validation: Some(logits(&splits.validation)),
        test: Some(logits(&splits.test)),
        probabilities: None,
    }
}

fn train_here(
    trained: &TrainedTeacherConfig,
    splits: &Splits,
    device: DeviceChoice,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<TeacherResult, TrainingError> {
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
    let training = Training {
        splits,
        examples: splits.train.len(),
        targets: &targets,
        weights: &[],
        on_views: &[],
        diagnostics: &[],
        device,
    };
    let (result, network) = train_model(&cohort, &training, checkpoints, progress)?;
    let logits = logits_of(&*network, splits);
    Ok(TeacherResult { logits, weights: network.weights_of(0), seconds: result.seconds })
}

/// 1 / K for every class of every training example.
fn uniform(splits: &Splits, device: DeviceChoice) -> TargetTable {
    let classes = splits.classes;
    let targets = vec![(1.0 / classes as f64) as f32; splits.train.len() * classes];
    TargetTable::new(&targets, classes, (classes as f64).ln(), device)
}
