//! The test answers of a comparison's runs, from the stored predictions: what sampling the test set adds to a mean.

use std::collections::HashMap;

use fractionate_records::{Comparison, RunId, Store};
use fractionate_statistics::CrossedEffects;

use super::estimate::Estimate;
use crate::source::correctness::{Correctness, Right};
use crate::source::run::Run;
use crate::source::suite_runs::SuiteRuns;

/// Whether so many test examples are right as the run's accuracy says; where it has none, nothing is said against them.
fn has_as_many_right(run: &Run, right: &[bool]) -> bool {
    let count = right.iter().filter(|right| **right).count() as f64;
    let accuracy = run.outcome.test().and_then(|scores| scores.accuracy);
    accuracy.is_none_or(|accuracy| (accuracy * right.len() as f64 - count).abs() < 0.5)
}

/// Which test examples every run classified rightly, under each teacher.
pub(crate) struct TestAnswers(Vec<HashMap<(String, u64), Right>>);

impl TestAnswers {
    /// `Ok(None)` where no run's predictions are there; an error, how many runs of how many lack them, where some are.
    pub(super) fn read(
        store: &Store,
        suite: &SuiteRuns,
        comparison: Comparison,
    ) -> Result<Option<Self>, (usize, usize)> {
        let role = comparison.role();
        let teachers = suite.compared_teachers(comparison);
        let mut runs: Vec<(usize, &str, u64, &RunId)> = Vec::new();
        for (teacher, own) in teachers.iter().enumerate() {
            let finished = own.found().filter(|(run, record)| run.role == role && record.outcome.test().is_some());
            runs.extend(finished.map(|(run, _)| (teacher, run.arm.as_str(), run.seed.0, &run.id)));
        }
        let correctness = Correctness::new(store, &suite.configuration);
        let right = correctness.of_all(&runs, |correctness, (.., id)| correctness.test(id));
        // Predictions that are not those of the scores say nothing of them.
        let fits = |id: &RunId, right: &Right| suite.record(id).is_some_and(|run| has_as_many_right(run, right));
        let right: Vec<Option<Right>> =
            right.into_iter().zip(&runs).map(|(right, (.., id))| right.filter(|right| fits(id, right))).collect();
        let missing = right.iter().filter(|right| right.is_none()).count();
        if missing == runs.len() {
            return Ok(None);
        }
        if missing > 0 {
            return Err((missing, runs.len()));
        }
        let mut sizes = right.iter().flatten().map(Vec::len);
        let first = sizes.next();
        if sizes.any(|size| Some(size) != first) {
            return Ok(None);
        }
        let mut answers = vec![HashMap::new(); teachers.len()];
        for ((teacher, arm, seed, _), right) in runs.into_iter().zip(right.into_iter().flatten()) {
            answers[teacher].insert((arm.to_owned(), seed), right);
        }
        Ok(Some(Self(answers)))
    }

    /// The variance that sampling the test set adds to that of an estimate's mean over teachers and seeds, in squared
    /// points: v_e / E of the crossed effects. `None` with one seed.
    ///
    /// With J teachers, the component of the examples is v_e + v_te / J of means over teachers and v_e + v_te of each
    /// teacher's own values, where v_te is the interaction of teachers and examples, which the teachers' spread has
    /// already.
    pub(super) fn test_set_variance(&self, estimate: &Estimate<'_>) -> Option<f64> {
        let by_teacher: Vec<Vec<Vec<f64>>> =
            self.0.iter().map(|answers| values(answers, estimate)).collect::<Option<_>>()?;
        let teachers = by_teacher.len() as f64;
        let mut means = by_teacher[0].clone();
        for own in &by_teacher[1..] {
            let add = |(sums, values): (&mut Vec<f64>, &Vec<f64>)| {
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            };
            means.iter_mut().zip(own).for_each(add);
        }
        if by_teacher.len() == 1 {
            return Some(CrossedEffects::of(&means)?.column_variance());
        }
        means.iter_mut().flatten().for_each(|sum| *sum /= teachers);
        let of_means = CrossedEffects::of(&means)?.column_variance();
        let own: Option<f64> = by_teacher.iter().map(|own| Some(CrossedEffects::of(own)?.column_variance())).sum();
        let interaction = ((own? / teachers - of_means) * teachers / (teachers - 1.0)).max(0.0);
        Some((of_means - interaction / teachers).max(0.0))
    }
}

/// The estimate on every test example by seed under one teacher, `[seeds][examples]`, in points.
fn values(answers: &HashMap<(String, u64), Right>, estimate: &Estimate<'_>) -> Option<Vec<Vec<f64>>> {
    let at_seed = |seed: &u64| -> Option<Vec<f64>> {
        let mut sum: Vec<f64> = Vec::new();
        for (arm, factor) in &estimate.factors {
            let right = answers.get(&((*arm).to_owned(), *seed))?;
            sum.resize(right.len(), 0.0);
            let add = |(sum, &right): (&mut f64, &bool)| *sum += if right { 100.0 * factor } else { 0.0 };
            sum.iter_mut().zip(right).for_each(add);
        }
        Some(sum)
    };
    estimate.seeds.iter().map(at_seed).collect()
}
