//! A training that says where in a step it is, for the benchmark that asks where time goes.

use fractionate_ablation::Cohort;
use tch::{Device, Kind, Tensor};

use super::definition::Training;
use super::part::Part;
use super::run::Run;
use super::student::Student;
use crate::host::matrix::Matrices;
use crate::model::ProductStrategy;
use crate::optimiser::Parameter;

/// A cohort that can be trained part by part.
pub struct ByParts<'a> {
    run: Run<'a>,
    students: Vec<Student>,
    /// Of the first epoch.
    order: Tensor,
    /// Weights of the network's sizes, for the optimiser's passes alone.
    weights: Vec<Parameter>,
}

impl<'a> ByParts<'a> {
    /// Prepares a training without the self-check.
    ///
    /// # Panics
    /// If there are no members.
    pub fn new(cohort: &'a Cohort, training: &'a Training<'a>) -> Self {
        let run = Run::new(cohort, training, Some(ProductStrategy::Sequential));
        let order = run.epoch_index(1);
        let alike = |weight: &&Parameter| Parameter::repeated(&weight.members[0].0, weight.members.len());
        let weights = run.network.parameters().iter().map(alike).collect();
        Self { run, students: vec![Student::default(); cohort.members.len()], order, weights }
    }

    /// Steps and evaluation of an epoch (from 1), as [`train`](crate::train) makes them; `ended` is called at the end of
    /// each part.
    pub fn epoch(&mut self, epoch: usize, ended: &mut dyn FnMut(Part)) {
        let index = self.run.epoch_index(epoch);
        ended(Part::Order);
        for step in 0..self.run.order.steps() {
            self.run.step_by_parts(epoch, step, &index, ended);
        }
        for (student, parts) in self.students.iter_mut().zip(self.run.loss.end_epoch()) {
            student.end_epoch(epoch, parts);
        }
        ended(Part::EpochEnd);
        self.run.evaluate(&mut self.students, epoch);
        ended(Part::Evaluation);
    }

    /// One whole step: the one of that number among those of the first epoch, the last of which may be small and is left
    /// out; after them comes the first again.
    ///
    /// # Panics
    /// If an epoch has but one step.
    pub fn step(&mut self, number: usize) {
        self.run.step(1, number % (self.run.order.steps() - 1), &self.order);
    }

    /// The optimiser's passes of one step over all weights, with gradients of no examples.
    ///
    /// # Panics
    /// If the students are no MLPs.
    pub fn optimise(&mut self) {
        let sgd = self.run.sgd.step(0);
        for parameter in &mut self.weights {
            let [_, rows, columns] = parameter.value.size()[..] else { panic!("an MLP's parameters have three axes") };
            let [left, right] = [rows, columns].map(|size| Tensor::zeros([0, size], (Kind::Float, Device::Cpu)));
            let [left, right] = [&left, &right].map(|nothing| Matrices::from_tensor(nothing).member(0));
            for member in 0..parameter.members.len() {
                sgd.update_in_place_by_product(&mut parameter.on_host(), member, left.transposed(), right);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviceChoice;
    use crate::cohort::train_model;
    use crate::host::is_for;
    use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd};
    use fractionate_ablation::Progress;

    #[test]
    fn a_training_by_parts_is_the_training_and_says_each_part_of_each_step() {
        crate::use_threads(1);
        let world = World::new(103, (5, 9), 7);
        let (targets, weights) = (world.tables(), world.weight_tables());
        let training = Training {
            splits: &world.splits,
            examples: 103,
            targets: &targets,
            weights: &weights,
            on_views: &[],
            diagnostics: &[],
            device: DeviceChoice::CPU,
        };
        let cohort = cohort(mlp(&[33], 0.0), plain_sgd(50), members_of_all_kinds());
        let (_, whole) = train_model(&cohort, &training, None, &Progress::default()).unwrap();
        let mut by_parts = ByParts::new(&cohort, &training);
        let mut parts = Vec::new();
        for epoch in 1..=cohort.training.epochs {
            by_parts.epoch(epoch, &mut |part| parts.push(part));
        }
        for member in 0..cohort.members.len() {
            assert!(by_parts.run.network.weights_of(member) == whole.weights_of(member), "member {member}");
        }
        // Members in turn, where the processor can.
        let turns = if is_for(Device::Cpu) { cohort.members.len() } else { 1 };
        let turn = [Part::Forward, Part::Loss, Part::Backward].repeat(turns);
        let step = [&[Part::Examples, Part::Targets][..], &turn].concat();
        let epoch = [&[Part::Order][..], &step, &step, &step, &[Part::EpochEnd, Part::Evaluation]].concat();
        assert_eq!(parts, epoch.repeat(cohort.training.epochs));
    }
}
