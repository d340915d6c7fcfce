//! Planted tables: teacher's probabilities, after temperature, whose decomposition is known exactly.
//!
//! softmax(g) is neither flat off the label nor constant in a class; these are. Their entries are dyadic with few bits,
//! so that sums over examples lose nothing and every arm's target is the same f32 wherever two arms' targets are equal.

mod halves;
mod no_difficulty;
mod no_relations;
mod nothing_particular;
mod one_confidence;
mod only_the_particular;
mod relations;

use serde::{Deserialize, Serialize};

use super::{LabelRule, WorldOptions, WorldProblem};

/// A table that teaches in the oracle's place; t = argmax g and classes of equal size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Planted {
    /// Flat off the label, harder for half of every class: no domain, no interaction, nothing particular.
    NoRelations,
    /// One row for each class: no instance, no interaction, nothing particular.
    NoDifficulty,
    /// As no-difficulty, with one p_t for all classes: no class difficulty either.
    OneConfidence,
    /// p_t varies by example, the rest in fixed shares per class: nothing particular.
    NothingParticular,
    /// One p_t for all and relations that cancel in every class: nothing but the particular.
    OnlyTheParticular,
}

impl Planted {
    /// Every table.
    pub const ALL: [Self; 5] =
        [Self::NoRelations, Self::NoDifficulty, Self::OneConfidence, Self::NothingParticular, Self::OnlyTheParticular];

    /// The name in suite files.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoRelations => "no-relations",
            Self::NoDifficulty => "no-difficulty",
            Self::OneConfidence => "one-confidence",
            Self::NothingParticular => "nothing-particular",
            Self::OnlyTheParticular => "only-the-particular",
        }
    }

    /// The students' examples come in multiples of this many for the truth to hold exactly, with classes of equal size.
    pub fn whole_round(self, classes: usize) -> usize {
        match self {
            Self::OnlyTheParticular => classes * (classes - 1),
            _ => 1,
        }
    }

    /// p of examples with these labels and scores, examples x K row by row.
    pub(super) fn probabilities(self, options: &WorldOptions, labels: &[u16], scores: &[f64]) -> Vec<f64> {
        match self {
            Self::NoRelations => no_relations::rows(options, labels, scores),
            Self::NoDifficulty => no_difficulty::rows(options, labels),
            Self::OneConfidence => one_confidence::rows(options, labels),
            Self::NothingParticular => nothing_particular::rows(options, labels, scores),
            Self::OnlyTheParticular => only_the_particular::rows(options, labels, scores),
        }
    }

    pub(super) fn problems(self, options: &WorldOptions) -> Vec<WorldProblem> {
        let mut problems = Vec::new();
        let name = self.name();
        let k = options.classes();
        if let Some(message) = self.shape_problem(options) {
            problems.push(WorldProblem { option: "planted", message });
        }
        if options.label == LabelRule::Drawn {
            let message =
                format!("planted = \"{name}\" goes by the class of the highest score and needs label = \"argmax\"");
            problems.push(WorldProblem { option: "label", message });
        }
        if options.imbalance != 0.0 {
            let message = format!("planted = \"{name}\" needs classes of one size and imbalance = 0");
            problems.push(WorldProblem { option: "imbalance", message });
        }
        if options.label_noise != 0.0 {
            let message =
                format!("planted = \"{name}\" goes by the class of the highest score and needs label_noise = 0");
            problems.push(WorldProblem { option: "label_noise", message });
        }
        for (option, n) in [("train_examples", options.train_examples), ("test_examples", options.test_examples)] {
            if k > 0 && !n.is_multiple_of(k) {
                let message = format!(
                    "{option} is {n}, and planted = \"{name}\" has as many of each of {k} classes: take a multiple of {k}"
                );
                problems.push(WorldProblem { option, message });
            }
        }
        problems
    }

    fn shape_problem(self, options: &WorldOptions) -> Option<String> {
        let name = self.name();
        match self {
            Self::NoRelations => (options.classes() > no_relations::MOST_CLASSES).then(|| {
                let most = no_relations::MOST_CLASSES;
                format!("planted = \"{name}\" has at most {most} classes, not {}", options.classes())
            }),
            Self::NoDifficulty | Self::OneConfidence | Self::NothingParticular => {
                (options.super_classes < 2 || options.sub_classes < 2).then(|| {
                    format!("planted = \"{name}\" relates the classes of a super-class and needs at least 2 super-classes of 2")
                })
            }
            Self::OnlyTheParticular => (options.classes() < 3)
                .then(|| format!("planted = \"{name}\" needs two classes besides the label's: at least 3, not {}", options.classes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::World;
    use super::super::scores::argmax;
    use super::super::tests::options;
    use super::*;

    /// A planted world of one round of rotations for the table that has them.
    fn world(planted: Planted, super_classes: usize, sub_classes: usize, seed: u64) -> World {
        let k = super_classes * sub_classes;
        World::new(WorldOptions {
            super_classes,
            sub_classes,
            dimension: super_classes + k,
            seed,
            train_examples: 2 * k * (k - 1),
            test_examples: k,
            planted: Some(planted),
            ..options()
        })
        .unwrap()
    }

    fn rows(world: &World) -> (Vec<u16>, Vec<Vec<f64>>) {
        let train = world.train();
        let table = world.planted_probabilities(&train.labels, &train.scores).unwrap();
        (train.labels, table.chunks_exact(train.classes).map(<[f64]>::to_vec).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn rows_are_dyadic_distributions_with_the_most_on_the_label(
            planted in 0usize..5, super_classes in 2usize..4, sub_classes in 2usize..6, seed: u64,
        ) {
            let (labels, rows) = rows(&world(Planted::ALL[planted], super_classes, sub_classes, seed));
            for (row, &t) in rows.iter().zip(&labels) {
                // Exactly: no rounding enters.
                prop_assert_eq!(row.iter().sum::<f64>(), 1.0);
                prop_assert!(row.iter().all(|&p| p > 0.0 && p * 1024.0 == (p * 1024.0).trunc()));
                prop_assert_eq!(argmax(row), usize::from(t));
            }
        }

        #[test]
        fn in_only_the_particular_every_class_mean_is_flat(super_classes in 2usize..4, sub_classes in 2usize..5, seed: u64) {
            let (labels, rows) = rows(&world(Planted::OnlyTheParticular, super_classes, sub_classes, seed));
            let k = super_classes * sub_classes;
            for class in 0..k {
                let of_class = || rows.iter().zip(&labels).filter(|&(_, &t)| usize::from(t) == class).map(|(row, _)| row);
                let n = of_class().count() as f64;
                let sums: Vec<f64> = (0..k).map(|j| of_class().map(|row| row[j]).sum()).collect();
                for (j, &sum) in sums.iter().enumerate().filter(|&(j, _)| j != class) {
                    prop_assert_eq!(sum, (n - sums[class]) / (k - 1) as f64, "{} of {}", j, class);
                }
                let first = of_class().next().unwrap();
                prop_assert!(of_class().any(|row| row != first));
            }
        }
    }

    #[test]
    fn only_the_particular_gives_more_to_the_classes_with_the_higher_scores() {
        let world = world(Planted::OnlyTheParticular, 3, 2, 0);
        let (labels, rows) = rows(&world);
        let train = world.train();
        let agreement = |row: &[f64], scores: &[f64], t: u16| -> f64 {
            let mean =
                scores.iter().enumerate().filter(|&(k, _)| k != usize::from(t)).map(|(_, g)| g).sum::<f64>() / 5.0;
            (0..6).filter(|&k| k != usize::from(t)).map(|k| row[k] * (scores[k] - mean)).sum()
        };
        let scores = train.scores.chunks_exact(6);
        let sum: f64 = rows.iter().zip(scores).zip(&labels).map(|((row, scores), &t)| agreement(row, scores, t)).sum();
        assert!(sum > 0.0, "{sum}");
    }

    #[test]
    fn half_of_every_class_is_hard_and_has_the_smaller_margins() {
        for planted in [Planted::NoRelations, Planted::NothingParticular] {
            let world = world(planted, 2, 3, 1);
            let train = world.train();
            let (labels, rows) = rows(&world);
            for class in 0..6u16 {
                let mut of_class: Vec<(f64, f64)> = (0..labels.len())
                    .filter(|&i| labels[i] == class)
                    .map(|i| (halves::margin(&train.scores[6 * i..][..6]), rows[i][usize::from(class)]))
                    .collect();
                of_class.sort_by(|a, b| a.0.total_cmp(&b.0));
                let (hard, easy) = of_class.split_at(of_class.len() / 2);
                assert!(hard.iter().all(|&(_, p_t)| p_t == hard[0].1) && easy.iter().all(|&(_, p_t)| p_t == easy[0].1));
                assert!(hard[0].1 < easy[0].1);
            }
        }
    }

    #[test]
    fn the_rows_of_a_small_world_are_those_worked_out_by_hand() {
        // K = 4, two super-classes of two: W = 3 + 1 + 1 = 5, u = 1/16.
        let table = |planted| rows(&world(planted, 2, 2, 0)).1;
        let sixteenths = |row: [f64; 4]| row.map(|p| p / 32.0).to_vec();
        assert_eq!(
            table(Planted::NoDifficulty)[..2],
            [sixteenths([22.0, 6.0, 2.0, 2.0]), sixteenths([3.0, 27.0, 1.0, 1.0])]
        );
        assert_eq!(table(Planted::OneConfidence)[1], sixteenths([6.0, 22.0, 2.0, 2.0]));
        // u = 1/16, the classes besides the label share 3/16, 2/16 and 1/16.
        let mut particular = table(Planted::OnlyTheParticular)[0].clone();
        assert_eq!(particular.remove(0), 10.0 / 16.0);
        particular.sort_by(f64::total_cmp);
        assert_eq!(particular, [1.0, 2.0, 3.0].map(|p| p / 16.0));
        let mut p_t: Vec<f64> = table(Planted::NoRelations).iter().step_by(4).map(|row| row[0]).collect();
        p_t.sort_by(f64::total_cmp);
        p_t.dedup();
        assert_eq!(p_t, [55.0 / 64.0, 61.0 / 64.0]);
    }
}
