//! The unit of training: students of one architecture that see the same batches and differ in their targets and in
//! their own numbers. A lone student is a cohort of one.

mod batch_order;
mod by_parts;
mod self_check;
mod strategy;

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use fractionate_records::{
    Diagnosed, EpochRow, EpochRule, EvaluationConfig, ModelConfig, Outcome, Predictions, Seed, TrainingConfig,
};
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor, no_grad};

pub use self::batch_order::BatchOrder;
pub use self::by_parts::{ByParts, Part};
pub use self::self_check::{Company, company};
pub use self::strategy::Strategy;
use crate::checkpoint::{Checkpoints, Keeper, Position, State};
use crate::diagnostics::{DiagnosticsBasis, Observer};
use crate::evaluation::{Evaluated, evaluate, logits_of};
use crate::host::gather::take_rows;
use crate::loss::{Loss, Tables, TargetTable, WeightTable};
use crate::member::Member;
use crate::model::{Model, StepLoss, Way};
use crate::optimiser::Sgd;
use crate::padding::padded;
use crate::splits::Splits;
use crate::weights::{NamedWeights, to_host};
use crate::{DeviceChoice, Progress, Purpose, RandomStream, rate_factors};

/// What the students of a cohort share, and who they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    /// The architecture.
    pub student: ModelConfig,
    /// Momentum, schedule, batches, epochs; its learning rate and weight decay are not used: members have their own.
    pub training: TrainingConfig,
    /// When students are evaluated, and which epoch's counts.
    pub evaluation: EvaluationConfig,
    /// Of initial weights, batch order and dropout.
    pub seed: Seed,
    /// The students.
    pub members: Vec<Member>,
}

/// What a cohort is trained on.
#[derive(Debug)]
pub struct Training<'a> {
    /// The examples.
    pub splits: &'a Splits,
    /// How many of the training examples, from the first.
    pub examples: usize,
    /// Soft targets for those examples; members name them by position.
    pub targets: &'a [TargetTable],
    /// Weights of those examples; members name them by position.
    pub weights: &'a [WeightTable],
    /// What is recorded of each member beside its scores, in the cohort's order; empty where nothing is of any. Changes
    /// no number of theirs.
    pub diagnostics: &'a [Option<Arc<DiagnosticsBasis>>],
    /// Where the tensors are.
    pub device: DeviceChoice,
}

/// What came out of a cohort.
#[derive(Debug)]
pub struct CohortResult {
    /// One per member, in the cohort's order.
    pub members: Vec<MemberResult>,
    /// Hash of the initial weights.
    pub initial_weights: String,
    /// Hash of the batch order.
    pub batch_order: String,
    /// How products were formed, layer by layer.
    pub strategy: String,
    /// Wall-clock seconds of the whole cohort.
    pub seconds: f64,
}

/// What came out of one student.
#[derive(Debug)]
pub struct MemberResult {
    /// How it ended.
    pub outcome: Outcome,
    /// One row per epoch.
    pub curve: Vec<EpochRow>,
    /// Predictions at the epoch that counts; none if it diverged.
    pub predictions: Option<Predictions>,
    /// Weights at the epoch that counts.
    pub weights: NamedWeights,
    /// The diagnostics that were asked of it; none if it diverged.
    pub diagnostics: Option<Diagnosed>,
}

/// Why a cohort gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainingError {
    /// It was asked to stop.
    #[error("stopped before the end")]
    Stopped,
    /// Its state in the middle could not be written.
    #[error("cannot write {}: {reason}", path.display())]
    NotSaved {
        /// The checkpoint's file.
        path: PathBuf,
        /// What kind of failure it was.
        kind: io::ErrorKind,
        /// What the system said.
        reason: String,
    },
}

/// Trains a cohort.
///
/// Each student's numbers are, bit for bit, those that it would have alone: checked at the start on the cohort's own
/// batches; a cohort that fails the check forms its products member by member, and one that fails that too is trained
/// student by student.
///
/// # Errors
/// [`TrainingError::Stopped`] if `progress` was asked to stop.
///
/// # Panics
/// If there are no members, or libtorch runs out of memory.
pub fn train(cohort: &Cohort, training: &Training<'_>, progress: &Progress) -> Result<CohortResult, TrainingError> {
    train_resumably(cohort, training, Strategy::Auto, None, progress)
}

/// Trains a cohort as [`train`] does, goes on from where `checkpoints` have it, and saves it there as often as they say
/// and where it is stopped: the result is, bit for bit, that of a training that nothing disturbed. Students that have to
/// be trained apart ([`Company::Apart`]) are not saved.
///
/// # Errors
/// [`TrainingError::Stopped`] if `progress` was asked to stop; [`TrainingError::NotSaved`] if a checkpoint cannot be
/// written.
///
/// # Panics
/// If there are no members, or libtorch runs out of memory.
pub fn train_resumably(
    cohort: &Cohort,
    training: &Training<'_>,
    strategy: Strategy,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<CohortResult, TrainingError> {
    let started = Instant::now();
    let company = strategy.company(cohort, training);
    let check = started.elapsed().as_secs_f64();
    let result = train_in(company, cohort, training, checkpoints, progress)?;
    Ok(CohortResult { seconds: check + result.seconds, ..result })
}

/// Trains a cohort as [`train`] does, in the way that [`company`](crate::company) found for a cohort of the same students with another
/// seed: the check is one of shapes, and need not be repeated where thousands of cohorts have the same.
///
/// # Errors
/// [`TrainingError::Stopped`] if `progress` was asked to stop.
///
/// # Panics
/// If there are no members, or libtorch runs out of memory.
pub fn train_checked(
    cohort: &Cohort,
    training: &Training<'_>,
    company: Company,
    progress: &Progress,
) -> Result<CohortResult, TrainingError> {
    train_in(company, cohort, training, None, progress)
}

fn train_in(
    company: Company,
    cohort: &Cohort,
    training: &Training<'_>,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<CohortResult, TrainingError> {
    let forced = match company {
        Company::AsItIs => None,
        Company::Together => Some(Way::Together),
        Company::InTurn => Some(Way::InTurn),
        Company::Apart => return train_apart(cohort, training, progress),
    };
    train_by(cohort, training, forced, checkpoints, progress).map(|(result, _)| result)
}

/// Trains as a lone student is trained, without the check of company; also the model as it was after the last epoch.
pub(crate) fn train_model(
    cohort: &Cohort,
    training: &Training<'_>,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<(CohortResult, Model), TrainingError> {
    train_by(cohort, training, None, checkpoints, progress)
}

/// Each student as a cohort of one, one after the other.
fn train_apart(cohort: &Cohort, training: &Training<'_>, progress: &Progress) -> Result<CohortResult, TrainingError> {
    let mut whole: Option<CohortResult> = None;
    for (position, &member) in cohort.members.iter().enumerate() {
        let alone = Cohort { members: vec![member], ..cohort.clone() };
        let diagnostics = training.diagnostics.get(position..=position).unwrap_or_default();
        let (result, _) = train_model(&alone, &Training { diagnostics, ..*training }, None, progress)?;
        match &mut whole {
            Some(whole) => {
                whole.members.extend(result.members);
                whole.seconds += result.seconds;
            }
            None => whole = Some(CohortResult { strategy: format!("apart: {}", result.strategy), ..result }),
        }
    }
    Ok(whole.expect("a cohort has members"))
}

/// Trains with every layer's products formed in one way, or each layer's in the way of its size.
fn train_by(
    cohort: &Cohort,
    training: &Training<'_>,
    forced: Option<Way>,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<(CohortResult, Model), TrainingError> {
    let started = Instant::now();
    let mut run = Run::new(cohort, training, forced);
    let mut students = vec![Student::default(); cohort.members.len()];
    let mut observer = Observer::new(cohort, training);
    let epochs = cohort.training.epochs;
    let saved = checkpoints.and_then(Checkpoints::saved);
    let saved = saved.filter(|saved| run.restore(saved, &mut students, observer.as_mut()));
    let (begin, seconds_before) = saved.map_or((Position::START, 0.0), |saved| (saved.position, saved.seconds));
    let seconds = || seconds_before + started.elapsed().as_secs_f64();
    progress.add_member_epochs((begin.epoch - 1) * cohort.members.len());
    let mut keeper = Keeper::new(checkpoints, begin);
    for epoch in begin.epoch..=epochs {
        let first = if epoch == begin.epoch { begin.step } else { 0 };
        run.train_epoch(epoch, first, &mut |run, step| {
            let position = Position { epoch, step };
            let state = || run.state(position, seconds(), &students, observer.as_ref());
            keeper.before_step(position, progress.is_stopping(), state)
        })?;
        let parts = run.loss.end_epoch();
        for (student, parts) in students.iter_mut().zip(parts) {
            student.end_epoch(epoch, parts);
        }
        if let Some(observer) = &mut observer {
            observer.after_epoch(&run.model, epoch);
        }
        if cohort.evaluation.plan.is_due(epoch, epochs) {
            run.evaluate(&mut students, epoch);
        }
        progress.add_member_epochs(cohort.members.len());
    }
    let mut members: Vec<MemberResult> = students.into_iter().map(Student::finish).collect();
    let strategy = run.model.strategy();
    if let Some(observer) = observer {
        diagnose(&mut members, observer, &mut run.model, cohort.evaluation.epoch_rule);
    }
    let result = CohortResult {
        members,
        initial_weights: run.initial_weights.clone(),
        batch_order: run.order.hash(epochs),
        strategy,
        seconds: seconds(),
    };
    Ok((result, run.model))
}

/// Adds the diagnostics of the members that finished, of their weights at the epoch that counts.
fn diagnose(members: &mut [MemberResult], observer: Observer<'_>, model: &mut Model, rule: EpochRule) {
    let finished = |member: &MemberResult| matches!(member.outcome, Outcome::Finished { .. });
    if rule == EpochRule::BestValidation {
        for (position, member) in members.iter().enumerate().filter(|(_, member)| finished(member)) {
            model.load(position, &member.weights).expect("the weights are those of such a model");
        }
    }
    let found = observer.finish(model, members.len());
    for (member, found) in members.iter_mut().zip(found) {
        member.diagnostics = found.filter(|_| finished(member));
    }
}

/// The model after two steps of the cohort, and its logits on the last validation examples: what the self-check compares.
/// The steps are the first and the last of the first epoch, so that both sizes of a batch are met, and momentum too.
pub(crate) fn two_steps(cohort: &Cohort, training: &Training<'_>, forced: Option<Way>) -> (Model, Tensor) {
    let mut run = Run::new(cohort, training, forced);
    let index = run.epoch_index(1);
    run.step(1, 0, &index);
    run.step(1, run.order.steps() - 1, &index);
    let validation = &training.splits.validation;
    let logits = logits_of(&run.model, validation, &(validation.len().saturating_sub(100)..validation.len()));
    (run.model, logits)
}

/// A cohort in training.
struct Run<'a> {
    cohort: &'a Cohort,
    training: &'a Training<'a>,
    model: Model,
    initial_weights: String,
    order: BatchOrder,
    sgd: Sgd,
    loss: Loss,
    /// Of the batch at hand, [padded batch, padded features].
    inputs: Tensor,
}

impl<'a> Run<'a> {
    fn new(cohort: &'a Cohort, training: &'a Training<'a>, forced: Option<Way>) -> Self {
        let Training { splits, examples, targets, weights, device, .. } = training;
        let shape = splits.shape();
        let (mut model, initial_weights) =
            Model::new(&cohort.student, shape, cohort.members.len(), cohort.seed, *device);
        if let Some(way) = forced {
            model.force(way);
        }
        let order = BatchOrder::new(cohort.seed, *examples, cohort.training.batch_size);
        let factors = rate_factors(&cohort.training, order.steps());
        let labels = &splits.train.labels[..*examples];
        let tables = Tables { labels, classes: splits.classes, targets, weights };
        let batch_size = cohort.training.batch_size.min(*examples);
        Self {
            cohort,
            training,
            model,
            initial_weights,
            order,
            sgd: Sgd::new(&cohort.training, &cohort.members, &factors, device.device()),
            loss: Loss::new(&cohort.members, tables, order.steps(), batch_size, *device),
            inputs: Tensor::empty([0], (Kind::Float, device.device())),
        }
    }

    /// The steps of an epoch from `first` (from 0) on, until `before_step` fails.
    fn train_epoch(
        &mut self,
        epoch: usize,
        first: usize,
        before_step: &mut dyn FnMut(&Self, usize) -> Result<(), TrainingError>,
    ) -> Result<(), TrainingError> {
        let index = self.epoch_index(epoch);
        for step in first..self.order.steps() {
            before_step(self, step)?;
            self.step(epoch, step, &index);
        }
        Ok(())
    }

    /// What steps change, sharing memory.
    fn tensors(&self) -> Vec<Tensor> {
        self.model.state().into_iter().chain(self.loss.state().0).collect()
    }

    fn state(&self, position: Position, seconds: f64, students: &[Student], observer: Option<&Observer<'_>>) -> State {
        State {
            position,
            seconds,
            seen: self.loss.state().1,
            students: students.to_vec(),
            observed: observer.map(Observer::state).unwrap_or_default(),
            tensors: self.tensors().iter().map(to_host).collect(),
            best_weights: students.iter().map(|student| student.weights.values().collect()).collect(),
        }
    }

    /// Takes up a saved state; false, and nothing is changed, if it is not one of such a cohort.
    fn restore(&mut self, saved: &State, students: &mut [Student], observer: Option<&mut Observer<'_>>) -> bool {
        let tensors = self.tensors();
        let fits = tensors.iter().map(Tensor::numel).eq(saved.tensors.iter().map(Vec::len));
        let observed = observer.as_ref().map_or(0, |observer| observer.observed());
        let counts = [saved.students.len(), saved.best_weights.len()] == [students.len(); 2];
        let of_member = |(member, values): (usize, &Vec<f32>)| {
            if values.is_empty() {
                Some(NamedWeights::default())
            } else {
                self.model.weights_of(member).with_values(values)
            }
        };
        let weights: Option<Vec<NamedWeights>> =
            if counts { saved.best_weights.iter().enumerate().map(of_member).collect() } else { None };
        let Some(weights) = weights.filter(|_| fits && saved.observed.len() == observed) else { return false };
        for (tensor, values) in tensors.into_iter().zip(&saved.tensors) {
            let shape = tensor.size();
            no_grad(|| tensor.shallow_clone().copy_(&Tensor::from_slice(values).view(&shape[..])));
        }
        self.loss.set_seen(saved.seen);
        for ((student, saved), weights) in students.iter_mut().zip(&saved.students).zip(weights) {
            *student = Student { weights, ..saved.clone() };
        }
        if let Some(observer) = observer {
            observer.restore(&saved.observed);
        }
        true
    }

    /// The epoch's order on the device, each batch padded with the first example to a multiple of 16.
    fn epoch_index(&self, epoch: usize) -> Tensor {
        let order = self.order.epoch(epoch);
        let mut index: Vec<i64> = Vec::with_capacity(padded(order.len()) + 16 * self.order.steps());
        for step in 0..self.order.steps() {
            let batch = self.order.batch(step);
            let padding = padded(batch.len()) - batch.len();
            index.extend(order[batch].iter().map(|&example| example as i64));
            index.extend(std::iter::repeat_n(0, padding));
        }
        Tensor::from_slice(&index).to_device(self.training.device.device())
    }

    fn step(&mut self, epoch: usize, step: usize, epoch_index: &Tensor) {
        self.step_by_parts(epoch, step, epoch_index, &mut |_| ());
    }

    /// A step; `ended` is called at the end of each part.
    fn step_by_parts(&mut self, epoch: usize, step: usize, epoch_index: &Tensor, ended: &mut dyn FnMut(Part)) {
        let examples = self.order.batch(step).len();
        // All batches but the last are whole.
        let start = step * padded(self.order.batch(0).len());
        let index = epoch_index.narrow(0, start as i64, padded(examples) as i64);
        take_rows(&self.training.splits.train.inputs, &index, &mut self.inputs);
        ended(Part::Examples);
        self.loss.take_batch(epoch, step, &index, examples);
        let global_step = (epoch - 1) * self.order.steps() + step;
        let dropped = self.dropout_mask(global_step, padded(examples));
        ended(Part::Targets);
        let sgd = self.sgd.step(global_step);
        let mut loss = TimedLoss { loss: &mut self.loss, ended };
        self.model.step(&self.inputs, dropped.as_ref(), &mut loss, &sgd);
    }

    /// [padded batch, padded width]: 0 for dropped units, 1 / (1 - rate) for kept ones; the same for all members.
    fn dropout_mask(&self, step: usize, rows: usize) -> Option<Tensor> {
        let (width, rate) = self.model.dropout()?;
        let mut stream = RandomStream::new(self.cohort.seed, Purpose::Dropout, step as u64);
        let kept = (1.0 / (1.0 - rate)) as f32;
        let mask: Vec<f32> = (0..rows * width).map(|_| if stream.uniform() < rate { 0.0 } else { kept }).collect();
        let mask = Tensor::from_slice(&mask).view([rows as i64, width as i64]);
        Some(mask.to_kind(Kind::Float).to_device(self.training.device.device()))
    }

    fn evaluate(&self, students: &mut [Student], epoch: usize) {
        let members = students.len();
        let splits = self.training.splits;
        let validation = evaluate(&self.model, &splits.validation, members);
        let test = self.cohort.evaluation.plan.tests().then(|| evaluate(&self.model, &splits.test, members));
        let mut test = test.map(Vec::into_iter);
        let rule = self.cohort.evaluation.epoch_rule;
        // Weights are not fetched from the device for nothing.
        let may_count = rule == EpochRule::BestValidation || epoch == self.cohort.training.epochs;
        for (member, (student, validation)) in students.iter_mut().zip(validation).enumerate() {
            let test = test.as_mut().and_then(Iterator::next);
            // The last step may have led out of the finite numbers; its own gradient was still good.
            if !validation.is_sound(splits.classes) || test.as_ref().is_some_and(|t| !t.is_sound(splits.classes)) {
                student.diverge(epoch, self.order.steps());
            } else if student.evaluate(epoch, validation, test, rule) && may_count {
                student.weights = self.model.weights_of(member);
            }
        }
    }
}

/// The loss, and whoever wants to know when which part of a step ends.
struct TimedLoss<'a> {
    loss: &'a mut Loss,
    ended: &'a mut dyn FnMut(Part),
}

impl StepLoss for TimedLoss<'_> {
    fn gradient(&mut self, members: Range<usize>, logits: &Tensor) -> Tensor {
        (self.ended)(Part::Forward);
        let gradient = self.loss.gradient(members, logits);
        (self.ended)(Part::Loss);
        gradient
    }

    fn moved(&mut self) {
        (self.ended)(Part::Backward);
    }
}

/// A cohort whose steps can be made one by one, to be timed.
pub(crate) struct StepTimer<'a> {
    run: Run<'a>,
    order: Tensor,
}

impl<'a> StepTimer<'a> {
    pub(crate) fn new(cohort: &'a Cohort, training: &'a Training<'a>) -> Self {
        let run = Run::new(cohort, training, None);
        let order = run.epoch_index(1);
        Self { run, order }
    }

    /// The first step, again and again.
    pub(crate) fn step(&mut self) {
        self.run.step(1, 0, &self.order);
        if let Device::Cuda(index) = self.order.device() {
            tch::Cuda::synchronize(index as i64);
        }
    }
}

/// What is known of a student so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Student {
    curve: Vec<EpochRow>,
    diverged: Option<(usize, usize)>,
    /// At the epoch that counts so far.
    best: Option<(usize, Evaluated, Option<Evaluated>)>,
    #[serde(skip)]
    weights: NamedWeights,
}

impl Student {
    fn end_epoch(&mut self, epoch: usize, parts: Result<fractionate_records::LossParts, usize>) {
        if self.diverged.is_some() {
            return;
        }
        if let Err(step) = parts {
            self.diverge(epoch, step);
        }
        self.curve.push(EpochRow { epoch, train: parts.ok(), validation: None, test: None });
    }

    /// Notes the first bad step.
    fn diverge(&mut self, epoch: usize, step: usize) {
        self.diverged.get_or_insert((epoch, step));
    }

    /// Notes the scores; true if this epoch is now the one that counts.
    fn evaluate(&mut self, epoch: usize, validation: Evaluated, test: Option<Evaluated>, rule: EpochRule) -> bool {
        if self.diverged.is_some() {
            return false;
        }
        if let Some(row) = self.curve.last_mut() {
            row.validation = Some(validation.scores);
            row.test = test.as_ref().map(|t| t.scores);
        }
        let counts = match (rule, &self.best) {
            (EpochRule::Last, _) | (_, None) => true,
            (EpochRule::BestValidation, Some((_, best, _))) => validation.scores.accuracy > best.scores.accuracy,
        };
        if counts {
            self.best = Some((epoch, validation, test));
        }
        counts
    }

    fn finish(self) -> MemberResult {
        let (outcome, predictions) = match (self.diverged, self.best) {
            (None, Some((epoch, validation, test))) => (
                Outcome::Finished { epoch, validation: validation.scores, test: test.as_ref().map(|t| t.scores) },
                Some(Predictions { validation: validation.predictions, test: test.map(|t| t.predictions) }),
            ),
            (diverged, _) => {
                let (epoch, step) =
                    diverged.expect("a student that did not diverge was evaluated after the last epoch");
                (Outcome::Diverged { epoch, step }, None)
            }
        };
        MemberResult { outcome, curve: self.curve, predictions, weights: self.weights, diagnostics: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd, ten_members};

    /// Each layer in the way of its size, all together, all in turn.
    fn train_by_all_ways(world: &World, cohort: &Cohort) -> [(CohortResult, Model); 3] {
        crate::use_threads(1);
        let (tables, weights) = (world.tables(), world.weight_tables());
        let examples = world.splits.train.len();
        let device = DeviceChoice::CPU;
        let training =
            Training { splits: &world.splits, examples, targets: &tables, weights: &weights, diagnostics: &[], device };
        [None, Some(Way::Together), Some(Way::InTurn)]
            .map(|way| train_by(cohort, &training, way, None, &Progress::default()).expect("nobody asks it to stop"))
    }

    fn odd_training() -> TrainingConfig {
        TrainingConfig { nesterov: true, warmup_epochs: 1, ..plain_sgd(50) }
    }

    fn assert_ways_agree(world: &World, cohort: &Cohort) {
        let results = train_by_all_ways(world, cohort).map(|(result, _)| result);
        assert!(!results[1].strategy.contains("in turn") && !results[2].strategy.contains("together"));
        for other in &results[1..] {
            for (position, (a, b)) in results[0].members.iter().zip(&other.members).enumerate() {
                let context = format!("member {position} of {:?}, {}", cohort.student, other.strategy);
                assert!(a.weights == b.weights, "{context}");
                assert_eq!((&a.outcome, &a.curve, &a.predictions), (&b.outcome, &b.curve, &b.predictions), "{context}");
            }
        }
    }

    #[test]
    fn members_in_turn_get_the_same_bits_as_together() {
        let usual = cohort(mlp(&[32], 0.0), plain_sgd(128), members_of_all_kinds());
        assert_ways_agree(&World::new(200, (28, 28), 10), &usual);
        let large = cohort(mlp(&[65], 0.0), TrainingConfig { epochs: 2, ..plain_sgd(50) }, members_of_all_kinds());
        assert_ways_agree(&World::new(200, (32, 32), 7), &large);
    }

    #[test]
    fn members_in_turn_get_the_same_bits_as_together_at_odd_widths_and_with_a_last_batch_of_3() {
        let world = World::new(203, (5, 9), 7);
        for hidden in [vec![], vec![10], vec![33], vec![33, 17], vec![10, 48]] {
            for members in [1, 2, 17] {
                let members = members_of_all_kinds()[..members].to_vec();
                assert_ways_agree(&world, &cohort(mlp(&hidden, 0.0), plain_sgd(50), members.clone()));
                assert_ways_agree(&world, &cohort(mlp(&hidden, 0.2), odd_training(), members));
            }
        }
    }

    /// Whether a matrix is zero beyond its first `rows` and `columns`, and not within.
    fn is_padded_with_zeros(matrix: &Tensor, (rows, columns): (usize, usize)) -> bool {
        let all = matrix.count_nonzero(None).int64_value(&[]);
        let real = matrix.narrow(0, 0, rows as i64).narrow(1, 0, columns as i64).count_nonzero(None).int64_value(&[]);
        real > 0 && all == real
    }

    #[test]
    fn padded_parameters_of_an_mlp_stay_exactly_zero() {
        let world = World::new(203, (5, 9), 7);
        let cohort = cohort(mlp(&[33, 17], 0.2), odd_training(), members_of_all_kinds());
        let sizes = [(45, 33), (1, 33), (33, 17), (1, 17), (17, 7), (1, 7)];
        for (_, model) in train_by_all_ways(&world, &cohort) {
            for member in 0..17 {
                for (parameter, size) in model.parameters_of(member).iter().zip(sizes) {
                    assert!(parameter.numel() > size.0 * size.1, "{size:?} is not padded");
                    assert!(is_padded_with_zeros(parameter, size), "member {member}, {size:?}");
                }
            }
        }
    }

    #[test]
    fn padded_parameters_of_a_cnn_stay_exactly_zero() {
        let world = World::new(103, (8, 8), 7);
        let student = ModelConfig::Cnn { channels: vec![3], dense: 18, dropout: 0.5 };
        let cohort = cohort(student, odd_training(), members_of_all_kinds());
        let [(_, model), ..] = train_by_all_ways(&world, &cohort);
        let sizes = [(48, 18), (1, 18), (18, 7), (1, 7)];
        for member in 0..17 {
            for (parameter, size) in model.parameters_of(member)[2..].iter().zip(sizes) {
                let matrix = parameter.view([if size.0 == 1 { 1 } else { parameter.size()[0] }, -1]);
                assert!(is_padded_with_zeros(&matrix, size), "member {member}, {size:?}");
            }
        }
    }

    #[test]
    fn a_training_that_is_asked_to_stop_stops() {
        let world = World::new(103, (5, 9), 7);
        let cohort = cohort(mlp(&[12], 0.0), plain_sgd(50), ten_members());
        let training = Training {
            splits: &world.splits,
            examples: 103,
            targets: &world.tables(),
            weights: &world.weight_tables(),
            diagnostics: &[],
            device: DeviceChoice::CPU,
        };
        let progress = Progress::default();
        progress.stop();
        assert_eq!(train(&cohort, &training, &progress).unwrap_err(), TrainingError::Stopped);
        assert_eq!(progress.member_epochs(), 0);
    }
}
