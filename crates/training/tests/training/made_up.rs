//! Small made-up worlds: examples, soft targets and cohorts that train in milliseconds.

use std::sync::Arc;

use fractionate_ablation::{
    Cohort, CohortResult, EpochTables, Member, MemberSettings, Objective, Progress, TeacherNetwork, TeacherOnViews,
};
use fractionate_arms::{Arm, ArmInputs, ArmOutput, Decoupling, TeacherProbabilities, WeightNormalisation};
use fractionate_data::{Purpose, RandomStream};
use fractionate_records::{
    DecayedParameters, EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, ModelConfig, OptimiserConfig,
    Scaling, ScheduleConfig, Seed, Temperature, TrainingConfig, ViewsConfig,
};
use fractionate_training::{
    DeviceChoice, DiagnosticsBasis, Examples, Splits, TargetTable, Training, WeightTable, train,
};

/// Examples, and the soft targets of some arms.
pub(crate) struct World {
    pub(crate) splits: Splits,
    /// Rows of the features of train, validation and test, as they were given to the splits.
    pub(crate) rows: [Vec<f32>; 3],
    /// Soft targets of the training examples by arm, examples x classes.
    pub(crate) arms: Vec<Vec<f32>>,
    /// Weights of the training examples, several draws; the first are all 1.
    pub(crate) weights: Vec<Vec<f32>>,
    pub(crate) features: usize,
    pub(crate) picture: (usize, usize),
    /// A network that is asked about the views of each epoch, if any is.
    pub(crate) teacher: Option<Arc<TeacherNetwork>>,
}

impl World {
    /// The same with a teacher that is asked about views: a small convolutional network as it begins.
    pub(crate) fn with_teacher(self) -> Self {
        let model = ModelConfig::new("cnn").with("channels", vec![4]).with("dense", 8).with("dropout", 0.0);
        let lone = Cohort {
            members: vec![member(None, 0.0, 1.0, Scaling::None, 0.05, 0.0)],
            ..cohort(model.clone(), plain_sgd(50), vec![])
        };
        let trained = self.train(&lone).members.remove(0);
        Self {
            teacher: Some(Arc::new(TeacherNetwork { model, normalisation: None, weights: trained.weights })),
            ..self
        }
    }

    /// What the arms of the tables make of the teacher's answers: each table another arm, or the weights of one.
    pub(crate) fn on_views(&self) -> Vec<TeacherOnViews<'_>> {
        let Some(teacher) = &self.teacher else { return Vec::new() };
        let (labels, classes) = (&self.splits.train.labels, self.splits.classes);
        let tables = move |logits: &[f32]| {
            let probabilities = TeacherProbabilities::from_logits(logits, classes, Temperature::try_from(2.0).unwrap());
            let probabilities = probabilities.map_err(|error| error.to_string())?;
            let inputs = ArmInputs {
                teacher: Some(&probabilities),
                teacher_at_one: Some(&probabilities),
                teacher_classifier: None,
                labels,
                classes,
                statistics: None,
                seed: Seed(3),
            };
            let made = |arm: &str| Arm::parse(arm).unwrap().targets(&inputs).unwrap();
            let targets = ["teacher", "class-mean", "shuffled"].map(|arm| made(arm).into_targets().unwrap());
            let weights = ["target-weighted", "target-weighted(shuffled)"].map(made).into_iter().enumerate();
            let weights = weights.map(|(at, output)| match output {
                ArmOutput::Weights(weights) => (at + 1, weights),
                other => unreachable!("{other:?} are no weights"),
            });
            Ok(EpochTables { targets: targets.into_iter().enumerate().collect(), weights: weights.collect() })
        };
        vec![TeacherOnViews { teacher: Arc::clone(teacher), tables: Box::new(tables) }]
    }

    /// `examples` to train on, 77 to validate, 61 to test; each class has its own direction, under much noise.
    pub(crate) fn new(examples: usize, picture: (usize, usize), classes: usize) -> Self {
        let features = picture.0 * picture.1;
        let split = |index: u64, n: usize| {
            let mut stream = RandomStream::new(Seed(11), Purpose::Split, index);
            let labels: Vec<u16> = (0..n).map(|_| stream.below(classes as u64) as u16).collect();
            let feature = |(&label, j): (&u16, usize)| {
                let noise: f64 = (0..3).map(|_| 2.0 * stream.uniform() - 1.0).sum();
                let signal = if j % classes == usize::from(label) { 0.7 } else { 0.0 };
                (noise + signal) as f32
            };
            let rows: Vec<f32> = labels.iter().flat_map(|l| (0..features).map(move |j| (l, j))).map(feature).collect();
            (rows, labels)
        };
        let drawn = [split(0, examples), split(1, 77), split(2, 61)];
        let arms = (0..3).map(|arm| soft_targets(&drawn[0].1, classes, arm)).collect();
        let weights = (0..3).map(|draw| weights(examples, draw)).collect();
        let rows = drawn.each_ref().map(|(rows, _)| rows.clone());
        let of = |(rows, labels): (Vec<f32>, Vec<u16>)| Examples::from_rows(&rows, features, labels, DeviceChoice::CPU);
        Self {
            splits: Splits::from_examples(drawn.map(of), classes, features, picture),
            rows,
            arms,
            weights,
            features,
            picture,
            teacher: None,
        }
    }

    pub(crate) fn tables(&self) -> Vec<TargetTable> {
        let classes = self.splits.classes;
        let table = |rows: &Vec<f32>| TargetTable::new(rows, classes, mean_entropy(rows, classes), DeviceChoice::CPU);
        self.arms.iter().map(table).collect()
    }

    pub(crate) fn weight_tables(&self) -> Vec<WeightTable> {
        self.weights.iter().map(|weights| WeightTable::new(weights, DeviceChoice::CPU)).collect()
    }

    pub(crate) fn train(&self, cohort: &Cohort) -> CohortResult {
        self.train_and_diagnose(cohort, &[])
    }

    /// With diagnostics of the members that have a basis.
    pub(crate) fn train_and_diagnose(
        &self,
        cohort: &Cohort,
        diagnostics: &[Option<Arc<DiagnosticsBasis>>],
    ) -> CohortResult {
        let (tables, weights) = (self.tables(), self.weight_tables());
        let training = Training {
            on_views: &self.on_views(),
            splits: &self.splits,
            examples: self.splits.train.len(),
            targets: &tables,
            weights: &weights,
            diagnostics,
            device: DeviceChoice::CPU,
        };
        train(cohort, &training, &Progress::default()).expect("nobody asks it to stop")
    }

    /// The same examples and targets for another thread.
    pub(crate) fn shallow_clone(&self) -> Self {
        Self {
            splits: self.splits.shallow_clone(),
            rows: self.rows.clone(),
            arms: self.arms.clone(),
            weights: self.weights.clone(),
            features: self.features,
            picture: self.picture,
            teacher: self.teacher.clone(),
        }
    }
}

/// Uneven probabilities with the most on the label, another draw for each arm.
fn soft_targets(labels: &[u16], classes: usize, arm: u64) -> Vec<f32> {
    let mut stream = RandomStream::new(Seed(5), Purpose::ArmShuffle, arm);
    let row = |&label: &u16| {
        let mut weights: Vec<f64> = (0..classes).map(|_| 0.01 + stream.uniform()).collect();
        weights[usize::from(label)] += 2.0 + arm as f64;
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(move |w| (w / sum) as f32).collect::<Vec<_>>()
    };
    labels.iter().flat_map(row).collect()
}

/// Uneven weights from near 0 to 3; all 1 in draw 0.
fn weights(examples: usize, draw: u64) -> Vec<f32> {
    let mut stream = RandomStream::new(Seed(6), Purpose::ArmShuffle, draw);
    (0..examples).map(|_| if draw == 0 { 1.0 } else { (0.01 + 3.0 * stream.uniform()) as f32 }).collect()
}

/// Of the rows, in nats.
pub(crate) fn mean_entropy(rows: &[f32], classes: usize) -> f64 {
    let sum: f64 = rows.iter().map(|&p| f64::from(p)).map(|p| -p * p.ln()).sum();
    sum * classes as f64 / rows.len() as f64
}

pub(crate) fn mlp(hidden: &[usize], dropout: f64) -> ModelConfig {
    ModelConfig::new("mlp").with("hidden", hidden.to_vec()).with("dropout", dropout)
}

/// Three epochs of Nesterov-free SGD with momentum and a cosine.
pub(crate) fn plain_sgd(batch_size: usize) -> TrainingConfig {
    TrainingConfig {
        learning_rate: f64::NAN,
        momentum: 0.9,
        nesterov: false,
        weight_decay: f64::NAN,
        schedule: ScheduleConfig::Cosine,
        warmup_epochs: 0,
        batch_size,
        epochs: 3,
        views: None,
        optimiser: OptimiserConfig::Sgd,
        weight_decay_on: DecayedParameters::All,
        gradient_clipping: None,
        ema: None,
    }
}

/// A small network with batch normalisation, for pictures of 8x8 pixels at least.
pub(crate) fn resnet() -> ModelConfig {
    ModelConfig::new("resnet").with("depth", 8).with("width", 1).with("shortcut", "B")
}

/// Random crops, flips and cutouts, and pictures mixed in both ways.
pub(crate) fn views() -> ViewsConfig {
    ViewsConfig {
        crop_padding: 2,
        flip: true,
        cutout: 3,
        mixup: Some(0.5),
        cutmix: Some(1.0),
        ..ViewsConfig::default()
    }
}

/// Evaluated after every epoch.
pub(crate) fn cohort(student: ModelConfig, training: TrainingConfig, members: Vec<Member>) -> Cohort {
    let evaluation = EvaluationConfig { plan: EvaluationPlan::Curve { every: 1 }, epoch_rule: EpochRule::Last };
    Cohort { student, training, evaluation, seed: Seed(3), members }
}

/// On soft targets of an arm, or on labels alone for `None`.
pub(crate) fn member(
    arm: Option<usize>,
    lambda: f64,
    temperature: f64,
    scaling: Scaling,
    rate: f64,
    decay: f64,
) -> Member {
    let loss = LossConfig {
        temperature: Temperature::try_from(temperature).expect("above 0"),
        lambda: Lambda::try_from(lambda).expect("in [0, 1]"),
        scaling,
    };
    let objective = arm.map_or(Objective::Hard, |targets| Objective::Soft { targets });
    Member { settings: MemberSettings { loss, learning_rate: rate, weight_decay: decay }, objective }
}

/// Ten members that differ in everything a member may differ in, two of them on hard labels.
pub(crate) fn ten_members() -> Vec<Member> {
    use Scaling::{Hinton, None as Unscaled};
    vec![
        member(Some(0), 0.9, 2.0, Hinton, 0.03, 5e-4),
        member(None, 0.0, 2.0, Hinton, 0.03, 5e-4),
        member(Some(1), 0.3, 4.0, Hinton, 0.01, 0.0),
        member(Some(2), 1.0, 1.0, Unscaled, 0.1, 1e-3),
        member(Some(0), 0.5, 3.0, Unscaled, 0.05, 5e-4),
        member(Some(1), 0.9, 2.0, Hinton, 0.1, 1e-2),
        member(None, 0.0, 1.0, Unscaled, 0.2, 0.0),
        member(Some(2), 0.6, 2.5, Hinton, 0.003, 5e-4),
        member(Some(2), 0.6, 2.5, Hinton, 0.03, 5e-4),
        member(Some(0), 0.1, 8.0, Unscaled, 0.07, 1e-4),
    ]
}

/// Members of every objective that differ in everything a member may differ in: the ten, three with weights and four
/// decoupled.
pub(crate) fn members_of_all_kinds() -> Vec<Member> {
    use Scaling::{Hinton, None as Unscaled};
    let with = |objective, member| Member { objective, ..member };
    let weighted = |weights, normalisation, rate, decay| {
        with(Objective::Weighted { weights, normalisation }, member(None, 0.0, 2.0, Hinton, rate, decay))
    };
    let decoupled = |targets, (alpha, beta, warmup_epochs), temperature, scaling, rate, decay| {
        let decoupling = Decoupling { alpha, beta, warmup_epochs };
        with(Objective::Decoupled { targets, decoupling }, member(None, 0.0, temperature, scaling, rate, decay))
    };
    let mut members = ten_members();
    members.extend([
        weighted(0, WeightNormalisation::BatchSize, 0.04, 0.0),
        weighted(1, WeightNormalisation::BatchSize, 0.1, 5e-4),
        weighted(2, WeightNormalisation::SumOverBatch, 0.15, 1e-3),
        decoupled(0, (1.0, 8.0, 0), 2.0, Hinton, 0.01, 5e-4),
        decoupled(1, (1.0, 0.0, 2), 4.0, Hinton, 0.05, 0.0),
        decoupled(0, (0.0, 1.0, 3), 1.0, Unscaled, 0.1, 1e-3),
        decoupled(2, (1.0, 2.0, 1), 3.0, Unscaled, 0.1, 1e-3),
    ]);
    members
}
