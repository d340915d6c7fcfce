//! What each claim needs to be supported: its interval's components, with more seeds and tuning seeds.

use fractionate_records::{Manifest, Metric, Store};

use crate::analysis::claims;
use crate::analysis::tuned_choice::TunedChoices;
use crate::model::claim_power::{ClaimPower, PLANNED_POWER};
use crate::model::claim_verdict::ClaimVerdict;
use crate::source::suite_runs::SuiteRuns;

/// What each claim of a suite needs to be supported with [`PLANNED_POWER`], as far as the runs of the suite in a store tell.
/// `manifest`: the suite as planned now. A claim without an interval so far is left out. Writes nothing.
pub fn claim_power(store: &Store, manifest: Manifest) -> Vec<ClaimPower> {
    let (metric, planned) = (manifest.metric, manifest.seeds.len());
    let configurations = SuiteRuns::read_configurations(store, manifest);
    let choices = TunedChoices::new(store, &configurations);
    let verdicts = claims::verdicts(store, &configurations, &choices);
    verdicts.into_iter().filter_map(|verdict| of_claim(verdict, metric, planned)).collect()
}

/// `None` where the claim has no interval.
fn of_claim(claim: ClaimVerdict, metric: Metric, planned_seeds: usize) -> Option<ClaimPower> {
    let (estimate, evidence) = (claim.estimate?, claim.evidence?);
    let (components, goal) = (evidence.components, evidence.goal);
    let selects = evidence.includes_selection && components.tuning_seeds.count > 1;
    let half_width = |components: fractionate_statistics::MeanComponents| components.half_width(0.95);
    Some(ClaimPower {
        test: claim.test,
        comparison: claim.comparison,
        configuration: claim.configuration,
        kind: claim.kind,
        metric,
        verdict: claim.verdict,
        estimate,
        components,
        includes_selection: evidence.includes_selection,
        half_width: half_width(components)?,
        with_one_more_seed: half_width(components.with_seeds(components.seeds.count + 1))?,
        with_one_more_tuning_seed: selects
            .then(|| half_width(components.with_tuning_seeds(components.tuning_seeds.count + 1)))
            .flatten(),
        with_one_more_teacher: components
            .teachers
            .and_then(|teachers| half_width(components.with_teachers(teachers.own.count + 1))),
        planned_seeds,
        planned_power: components.with_seeds(planned_seeds).power(estimate, goal)?,
        power: PLANNED_POWER,
        possible: goal.holds(estimate),
        seeds_needed: components.seeds_for_power(estimate, goal, PLANNED_POWER),
        tuning_seeds_needed: selects
            .then(|| components.tuning_seeds_for_power(estimate, goal, PLANNED_POWER))
            .flatten(),
        teachers_needed: components.teachers_for_power(estimate, goal, PLANNED_POWER),
        both_needed: selects.then(|| components.both_for_power(estimate, goal, PLANNED_POWER)).flatten(),
    })
}

#[cfg(test)]
mod tests {
    use fractionate_records::{Comparison, DeclaredClaim};

    use super::*;
    use crate::examples::ExampleSuite;
    use crate::model::claim_verdict::Verdict;

    fn found(suite: &mut ExampleSuite, tests: &[&str]) -> Vec<ClaimPower> {
        let claim = |test: &&str| DeclaredClaim {
            says: (*test).into(),
            test: (*test).into(),
            comparison: None,
            after_runs: false,
        };
        suite.manifest.claims = tests.iter().map(claim).collect();
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        suite.write_predictions(&store);
        claim_power(&store, store.manifest().unwrap())
    }

    #[test]
    fn a_claim_that_is_judged_by_seeds_needs_as_many_as_a_paired_t_test() {
        let mut suite = ExampleSuite::new(10, &[Comparison::Fixed]);
        let [claim] = &found(&mut suite, &["class-mean > label-smoothing"])[..] else { panic!() };
        let d_z = claim.estimate / (claim.components.seeds.variance * 10.0).sqrt();
        assert!(claim.possible && d_z > 0.0, "{claim:?}");
        assert_eq!(claim.seeds_needed, fractionate_statistics::pairs_for_power(d_z, 0.8));
        assert_eq!((claim.tuning_seeds_needed, claim.both_needed, claim.with_one_more_tuning_seed), (None, None, None));
        assert!(claim.with_one_more_seed < claim.half_width);
        assert_eq!((claim.planned_seeds, claim.components.seeds.count), (10, 10));
    }

    #[test]
    fn where_the_selection_is_included_tuning_seeds_are_counted_and_bought_too() {
        let mut suite = ExampleSuite::new(6, &[Comparison::Tuned]).with_tuning().with_runner_ups(-0.01);
        let tuning_seeds = suite.manifest.tuning_seeds.len();
        let [claim] = &found(&mut suite, &["teacher > hard + 1 points"])[..] else { panic!() };
        assert!(claim.includes_selection && claim.components.other_variance() > 0.0, "{claim:?}");
        assert_eq!(claim.components.tuning_seeds.count, tuning_seeds);
        assert!(claim.with_one_more_tuning_seed.unwrap() <= claim.half_width, "{claim:?}");
    }

    #[test]
    fn a_claim_on_the_other_side_is_impossible_and_one_without_an_interval_is_left_out() {
        let mut suite = ExampleSuite::new(10, &[Comparison::Fixed]);
        let [denied, near] =
            &found(&mut suite, &["hard > teacher", "teacher - hard > total", "abs(domain) < 5 points"])[..]
        else {
            panic!("the second one does not vary")
        };
        assert_eq!((denied.possible, denied.seeds_needed, denied.verdict), (false, None, Verdict::Contradicted));
        assert!(near.possible && near.planned_power > 0.8 && near.seeds_needed.unwrap() <= 10, "{near:?}");
        let mut one = ExampleSuite::new(1, &[Comparison::Fixed]);
        assert_eq!(found(&mut one, &["teacher > hard"]), []);
    }

    #[test]
    fn with_several_teachers_another_one_is_counted_and_bought_too() {
        let mut suite = ExampleSuite::sweep(6, "teacher.seed", &["0", "1", "2", "3"]);
        suite.manifest.teacher_axis = Some("teacher.seed".into());
        let [claim] = &found(&mut suite, &["teacher - hard > 3 points"])[..] else { panic!() };
        let teachers = claim.components.teachers.unwrap();
        assert_eq!(teachers.own.count, 4);
        assert!(claim.with_one_more_teacher.unwrap() < claim.half_width, "{claim:?}");
    }
}
