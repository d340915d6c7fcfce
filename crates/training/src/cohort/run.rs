//! A cohort in training, step by step.

use std::collections::HashMap;
use std::ops::Range;

use fractionate_ablation::{Cohort, NamedWeights, TrainingError};
use fractionate_data::{EpochMixing, EpochViews, Purpose, RandomStream};
use fractionate_records::EpochRule;
use tch::{Kind, Tensor, no_grad};

use super::batch_order::BatchOrder;
use super::definition::Training;
use super::part::Part;
use super::student::Student;
use crate::checkpoint::{MemberTensor, Position, State};
use crate::diagnostics::Observer;
use crate::evaluation::evaluate;
use crate::loss::{Loss, MixedRows, Tables, TargetTable, WeightTable};
use crate::model::{self, Network, ProductStrategy, StepLoss};
use crate::optimiser::{Sgd, WeightAverage, WholeGradient, learning_rate_factors};
use crate::views::{AskedTeacher, see_rows};

/// A cohort in training.
pub(super) struct Run<'a> {
    pub(super) cohort: &'a Cohort,
    training: &'a Training<'a>,
    pub(super) network: Box<dyn Network>,
    pub(super) initial_weights: String,
    pub(super) order: BatchOrder,
    pub(super) sgd: Sgd,
    /// Where plain SGD is not the optimiser.
    whole_gradient: Option<WholeGradient>,
    average: Option<WeightAverage>,
    pub(super) loss: Loss,
    /// Of the batch at hand, [padded batch, padded features].
    inputs: Tensor,
    /// Of the epoch at hand, where the training has any.
    views: Option<EpochViews>,
    /// How the views of the epoch at hand are mixed, where they are.
    mixing: Option<EpochMixing>,
    /// Those that are asked about the views of each epoch.
    teachers: Vec<AskedTeacher<'a>>,
}

impl<'a> Run<'a> {
    pub(super) fn new(cohort: &'a Cohort, training: &'a Training<'a>, forced: Option<ProductStrategy>) -> Self {
        let Training { splits, examples, targets, weights, device, .. } = training;
        let shape = splits.shape();
        let (mut network, initial_weights) =
            model::build(&cohort.student, shape, cohort.members.len(), cohort.seed, *device);
        if let Some(strategy) = forced {
            network.force(strategy);
        }
        let order = BatchOrder::new(cohort.seed, *examples, cohort.training.batch_size);
        let factors = learning_rate_factors(&cohort.training, order.steps());
        let labels = &splits.train.labels[..*examples];
        let tables = Tables { labels, classes: splits.classes, targets, weights };
        let batch_size = cohort.training.batch_size.min(*examples);
        let members = cohort.members.len();
        // Biases and the factors and offsets of batch normalisation have one axis.
        let is_weight: Vec<bool> = network.named_parameters(0).iter().map(|(_, value)| value.dim() > 1).collect();
        let parameters = (&*network.parameters(), &*is_weight);
        let whole_gradient = WholeGradient::new(&cohort.training, &cohort.members, &factors, parameters);
        let sgd = match whole_gradient {
            Some(_) => Sgd::collecting_gradients(members, factors.len(), device.device()),
            None => Sgd::new(&cohort.training, &cohort.members, &factors, device.device()),
        };
        let tensors = || (0..members).flat_map(|member| network.tensors_of(member)).collect();
        let average = cohort.training.ema.map(|decay| WeightAverage::new(decay, tensors()));
        Self {
            cohort,
            training,
            network,
            initial_weights,
            order,
            sgd,
            whole_gradient,
            average,
            loss: Loss::new(&cohort.members, tables, order.steps(), batch_size, *device),
            inputs: Tensor::empty([0], (Kind::Float, device.device())),
            views: None,
            mixing: None,
            teachers: training.on_views.iter().map(|of| AskedTeacher::new(of, splits, *device)).collect(),
        }
    }

    /// The steps of an epoch from `first` (from 0) on, until `before_step` fails.
    pub(super) fn train_epoch(
        &mut self,
        epoch: usize,
        first: usize,
        before_step: &mut dyn FnMut(&Self, usize) -> Result<(), TrainingError>,
    ) -> Result<(), TrainingError> {
        self.see(epoch)?;
        let index = self.epoch_index(epoch);
        for step in first..self.order.steps() {
            before_step(self, step)?;
            self.step(epoch, step, &index);
        }
        Ok(())
    }

    /// Draws the epoch's views, asks the teachers about them, and mixes labels, soft targets and weights as the views are.
    fn see(&mut self, epoch: usize) -> Result<(), TrainingError> {
        let Some(config) = self.cohort.training.views else { return Ok(()) };
        let Training { splits, examples, targets, weights, device, .. } = *self.training;
        let shape = splits.shape();
        let views = EpochViews::draw(config, shape, examples, self.cohort.seed, epoch);
        self.mixing = EpochMixing::draw(config, shape, examples, self.cohort.seed, epoch);
        if !self.teachers.is_empty() || self.mixing.is_some() {
            let mut targets: Vec<TargetTable> = targets.iter().map(TargetTable::shallow_clone).collect();
            let mut weights: Vec<WeightTable> = weights.iter().map(WeightTable::shallow_clone).collect();
            for teacher in &self.teachers {
                let made = teacher.answer(&views, splits, examples).map_err(TrainingError::OnViews)?;
                for (at, made) in made.targets {
                    targets[at] = TargetTable::new(made.as_slice(), splits.classes, made.mean_entropy(), device);
                }
                for (at, made) in made.weights {
                    weights[at] = WeightTable::new(made.as_slice(), device);
                }
            }
            if let Some(mixing) = &self.mixing {
                let mixed = MixedRows::new(&mixing.partners(), &mixing.shares(), device.device());
                targets = targets.iter().map(|table| table.mixed(&mixed)).collect();
                weights = weights.iter().map(|table| table.mixed(&mixed)).collect();
                self.loss.mix_labels(&mixed);
            }
            let labels = &splits.train.labels[..examples];
            self.loss.renew(Tables { labels, classes: splits.classes, targets: &targets, weights: &weights });
        }
        self.views = Some(views);
        Ok(())
    }

    /// What steps change, sharing memory.
    fn tensors(&self) -> Vec<MemberTensor> {
        let mut tensors = self.network.state();
        for (name, moments) in self.whole_gradient.iter().flat_map(WholeGradient::state) {
            let of_member =
                |(member, moment): (usize, &Tensor)| MemberTensor::new(name.clone(), member, moment.shallow_clone());
            tensors.extend(moments.iter().enumerate().map(of_member));
        }
        if let Some(average) = &self.average {
            // Member by member, as they were given.
            let of_member = average.state().len() / self.cohort.members.len();
            let one = |(at, average): (usize, &Tensor)| {
                MemberTensor::new(format!("average {}", at % of_member), at / of_member, average.shallow_clone())
            };
            tensors.extend(average.state().iter().enumerate().map(one));
        }
        tensors.extend(self.loss.state().0);
        tensors
    }

    pub(super) fn state(
        &self,
        position: Position,
        seconds: f64,
        students: &[Student],
        observer: Option<&Observer<'_>>,
    ) -> State {
        State {
            position,
            seconds,
            seen: self.loss.state().1,
            students: students.to_vec(),
            observed: observer.map(Observer::state).unwrap_or_default(),
            numbers: self.tensors().iter().map(MemberTensor::numbers).collect(),
            best_weights: students.iter().map(|student| student.weights.values().collect()).collect(),
        }
    }

    /// Takes up a saved state; false, and nothing is changed, if it is not one of such a cohort.
    pub(super) fn restore(
        &mut self,
        saved: &State,
        students: &mut [Student],
        observer: Option<&mut Observer<'_>>,
    ) -> bool {
        if !self.can_be_in(saved) {
            return false;
        }
        let tensors = self.tensors();
        let numbers: HashMap<(&str, usize), &[f32]> =
            saved.numbers.iter().map(|part| ((&*part.name, part.member), &*part.values)).collect();
        let of_tensor = |own: &MemberTensor| numbers.get(&(&*own.name, own.member)).copied();
        let fits = tensors.iter().all(|own| of_tensor(own).is_some_and(|values| values.len() == own.tensor.numel()));
        let observed = observer.as_ref().map_or(saved.observed.is_empty(), |observer| observer.can_have(saved));
        let counts = [saved.students.len(), saved.best_weights.len()] == [students.len(); 2];
        let weights_of = |(member, values): (usize, &Vec<f32>)| {
            if values.is_empty() {
                Some(NamedWeights::default())
            } else {
                self.network.weights_of(member).with_values(values)
            }
        };
        let weights: Option<Vec<NamedWeights>> =
            if counts { saved.best_weights.iter().enumerate().map(weights_of).collect() } else { None };
        let Some(weights) = weights.filter(|_| fits && observed) else { return false };
        for own in &tensors {
            let shape = own.tensor.size();
            let values = Tensor::from_slice(of_tensor(own).expect("it fits")).view(&shape[..]);
            no_grad(|| own.tensor.shallow_clone().copy_(&values));
        }
        self.loss.set_seen(saved.seen);
        for ((student, saved), weights) in students.iter_mut().zip(&saved.students).zip(weights) {
            *student = saved.clone();
            student.weights = weights;
        }
        if let Some(observer) = observer {
            observer.restore(&saved.observed);
        }
        true
    }

    /// Whether the cohort's students can be in this state: of a training that is not over, with nothing of epochs to come.
    fn can_be_in(&self, saved: &State) -> bool {
        let State { position: Position { epoch, step }, seconds, seen, .. } = *saved;
        let is_in_time = (1..=self.cohort.training.epochs).contains(&epoch) && step < self.order.steps();
        let splits = self.training.splits;
        let students = saved.students.iter().zip(&saved.best_weights);
        is_in_time
            && seconds.is_finite()
            && seconds >= 0.0
            && seen == (0..step).map(|step| self.order.batch(step).len()).sum::<usize>()
            && students
                .into_iter()
                .all(|(student, best)| student.can_be_in(epoch, self.cohort, splits, !best.is_empty()))
    }

    /// The epoch's order on the device, each batch padded with the first example where the network accepts it.
    pub(super) fn epoch_index(&self, epoch: usize) -> Tensor {
        let order = self.order.epoch(epoch);
        let batches = (0..self.order.steps()).map(|step| self.order.batch(step));
        let mut index: Vec<i64> = Vec::with_capacity(batches.clone().map(|batch| self.rows(batch.len())).sum());
        for batch in batches {
            let padding = self.rows(batch.len()) - batch.len();
            index.extend(order[batch].iter().map(|&example| example as i64));
            index.extend(std::iter::repeat_n(0, padding));
        }
        Tensor::from_slice(&index).to_device(self.training.device.device())
    }

    /// Rows of a batch of so many examples.
    fn rows(&self, examples: usize) -> usize {
        self.network.batch_rows(examples)
    }

    pub(super) fn step(&mut self, epoch: usize, step: usize, epoch_index: &Tensor) {
        self.step_by_parts(epoch, step, epoch_index, &mut |_| ());
    }

    /// A step; `ended` is called at the end of each part.
    pub(super) fn step_by_parts(
        &mut self,
        epoch: usize,
        step: usize,
        epoch_index: &Tensor,
        ended: &mut dyn FnMut(Part),
    ) {
        let examples = self.order.batch(step).len();
        // All batches but the last are whole.
        let start = step * self.rows(self.order.batch(0).len());
        let index = epoch_index.narrow(0, start as i64, self.rows(examples) as i64);
        match &self.views {
            Some(views) => see_rows(views, self.mixing.as_ref(), self.training.splits, &index, &mut self.inputs),
            None => self.training.splits.train.take(&index, &mut self.inputs),
        }
        ended(Part::Examples);
        self.loss.take_batch(epoch, step, &index, examples);
        let global_step = (epoch - 1) * self.order.steps() + step;
        let dropped = self.dropout_mask(global_step, self.rows(examples));
        ended(Part::Targets);
        let sgd = self.sgd.step(global_step);
        let mut loss = TimedLoss { loss: &mut self.loss, ended };
        self.network.step(&self.inputs, dropped.as_ref(), &mut loss, &sgd);
        if let Some(optimiser) = &mut self.whole_gradient {
            optimiser.step(&self.network.parameters(), global_step);
        }
        if let Some(average) = &mut self.average {
            average.take_up(global_step);
        }
    }

    /// Puts the averaged weights, if any are kept, in the place of the network's own; a second call puts both back.
    pub(super) fn swap_average(&mut self) {
        if let Some(average) = &mut self.average {
            average.swap();
        }
    }

    /// [padded batch, padded width]: 0 for dropped units, 1 / (1 - rate) for kept ones; the same for all members.
    fn dropout_mask(&self, step: usize, rows: usize) -> Option<Tensor> {
        let (width, rate) = self.network.dropout()?;
        let mut stream = RandomStream::new(self.cohort.seed, Purpose::Dropout, step as u64);
        let kept = (1.0 / (1.0 - rate)) as f32;
        let mask: Vec<f32> = (0..rows * width).map(|_| if stream.uniform() < rate { 0.0 } else { kept }).collect();
        let mask = Tensor::from_slice(&mask).view([rows as i64, width as i64]);
        Some(mask.to_kind(Kind::Float).to_device(self.training.device.device()))
    }

    pub(super) fn evaluate(&self, students: &mut [Student], epoch: usize) {
        let members = students.len();
        let splits = self.training.splits;
        let validation = evaluate(&*self.network, &splits.validation, members);
        let test = self.cohort.evaluation.plan.tests().then(|| evaluate(&*self.network, &splits.test, members));
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
                student.weights = self.network.weights_of(member);
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
