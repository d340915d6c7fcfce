//! Draws of examples.

use super::scores::{argmax, scores, softmax};
use super::{Draw, LabelRule, Part, World, stream};
use crate::RandomStream;

/// Examples of a world.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldExamples {
    /// x, examples x D row by row.
    pub inputs: Vec<f32>,
    /// One label per example, below K: class c S + s is sub-class s of super-class c.
    pub labels: Vec<u16>,
    /// The oracle's scores g(x), examples x K row by row: logits whose softmax is the oracle teacher.
    pub scores: Vec<f64>,
    /// D.
    pub dimension: usize,
    /// K.
    pub classes: usize,
}

impl WorldExamples {
    /// The number of examples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The scores as logits, cast once.
    pub fn logits(&self) -> Vec<f32> {
        self.scores.iter().map(|&g| g as f32).collect()
    }
}

/// One example before it is put with the others.
struct Drawn {
    input: Vec<f32>,
    scores: Vec<f64>,
    label: usize,
}

/// The streams that a part's examples are drawn from, one after the other.
struct Source<'a> {
    world: &'a World,
    inputs: RandomStream,
    beta: RandomStream,
    labels: RandomStream,
}

impl Source<'_> {
    fn next(&mut self) -> Drawn {
        let World { options, directions, waves } = self.world;
        let input: Vec<f32> = (0..options.dimension).map(|_| self.inputs.normal() as f32).collect();
        // Of the input as the student sees it.
        let exact: Vec<f64> = input.iter().map(|&x| f64::from(x)).collect();
        let mut scores = scores(directions, waves, &exact);
        let step = options.imbalance / (scores.len() - 1) as f64;
        (0..).zip(&mut scores).for_each(|(class, g)| *g -= step * f64::from(class));
        // The argmax before the factor, which may round near scores to equal ones.
        let top = argmax(&scores);
        let spread = options.beta_spread;
        let beta = options.beta * libm::exp(spread * self.beta.normal() - spread * spread / 2.0);
        scores.iter_mut().for_each(|g| *g *= beta);
        let label = match options.label {
            LabelRule::Argmax => top,
            LabelRule::Drawn => draw_from(&softmax(&scores), self.labels.uniform()),
        };
        Drawn { input, scores, label }
    }
}

/// The class that the uniform number u falls into.
fn draw_from(probabilities: &[f64], u: f64) -> usize {
    let mut below = 0.0;
    for (class, p) in probabilities.iter().enumerate() {
        below += p;
        if u < below {
            return class;
        }
    }
    // The sum fell short of 1 by rounding, and u into the gap.
    argmax(probabilities)
}

pub(super) fn draw(world: &World, part: Part) -> WorldExamples {
    let options = &world.options;
    let n = if part == Part::Train { options.train_examples } else { options.test_examples };
    let of = |draw| stream(options, draw, part);
    let mut source = Source { world, inputs: of(Draw::Inputs), beta: of(Draw::Beta), labels: of(Draw::Labels) };
    let drawn = match options.planted {
        Some(_) => draw_balanced(&mut source, n, options.classes()),
        None => (0..n).map(|_| source.next()).collect(),
    };
    let mut examples = WorldExamples {
        inputs: Vec::with_capacity(n * options.dimension),
        labels: Vec::with_capacity(n),
        scores: Vec::with_capacity(n * options.classes()),
        dimension: options.dimension,
        classes: options.classes(),
    };
    for example in drawn {
        examples.inputs.extend(example.input);
        examples.labels.push(example.label as u16);
        examples.scores.extend(example.scores);
    }
    if part == Part::Train {
        replace_labels(&mut examples, options.label_noise, &mut of(Draw::Noise));
    }
    examples
}

/// Draws until every class has its n / K; then example i is of class i mod K, so that the first n are balanced for
/// every n. By symmetry each class is the argmax as often as any other, so that this ends soon.
fn draw_balanced(source: &mut Source<'_>, n: usize, classes: usize) -> Vec<Drawn> {
    let each = n / classes;
    let mut of_class: Vec<Vec<Drawn>> = (0..classes).map(|_| Vec::with_capacity(each)).collect();
    let mut missing = n;
    while missing > 0 {
        let drawn = source.next();
        let others = &mut of_class[drawn.label];
        if others.len() < each {
            others.push(drawn);
            missing -= 1;
        }
    }
    let mut classes_in_turn: Vec<_> = of_class.into_iter().map(Vec::into_iter).collect();
    (0..each).flat_map(|_| classes_in_turn.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>()).collect()
}

fn replace_labels(examples: &mut WorldExamples, share: f64, stream: &mut RandomStream) {
    let others = examples.classes as u64 - 1;
    for label in &mut examples.labels {
        // Both numbers are drawn for every example: a larger share replaces the same labels and more.
        let (u, other) = (stream.uniform(), stream.below(others) as u16);
        if u < share {
            *label = if other < *label { other } else { other + 1 };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::options;
    use super::super::{Planted, WorldOptions};
    use super::*;

    fn world(options: WorldOptions) -> World {
        World::new(options).unwrap()
    }

    /// Whether a share of n trials lies within five standard errors of its probability.
    fn assert_share(found: f64, expected: f64, n: usize) {
        let error = (expected * (1.0 - expected) / n as f64).sqrt();
        assert!((found - expected).abs() <= 5.0 * error, "{found} instead of {expected}");
    }

    #[test]
    fn the_same_options_give_the_same_examples_and_train_and_test_differ() {
        let (one, two) = (world(options()), world(options()));
        assert_eq!((one.train(), one.test()), (two.train(), two.test()));
        assert_ne!(one.train().inputs[..12], one.test().inputs[..12]);
        assert_ne!(one.train(), world(WorldOptions { seed: 1, ..options() }).train());
    }

    #[test]
    fn imbalance_makes_later_classes_rarer_and_leaves_the_inputs_as_they_are() {
        let options = WorldOptions { train_examples: 4_000, ..options() };
        let (even, uneven) =
            (world(options.clone()).train(), world(WorldOptions { imbalance: 1.5, ..options.clone() }).train());
        assert_eq!(even.inputs, uneven.inputs);
        let of_half = |examples: &WorldExamples, last: bool| {
            let half = options.classes() as u16 / 2;
            examples.labels.iter().filter(|label| (**label >= half) == last).count()
        };
        assert!(of_half(&uneven, false) > 2 * of_half(&uneven, true), "{}", of_half(&uneven, true));
        assert!(of_half(&even, false) < 2 * of_half(&even, true));
        // Class k of K = 8 is lowered by 1.5 k / 7, before the factor 2.
        let lowered = |class: usize| even.scores[class] - uneven.scores[class];
        assert!((lowered(7) - 3.0).abs() < 1e-12 && (lowered(1) - 3.0 / 7.0).abs() < 1e-12 && lowered(0) == 0.0);
    }

    #[test]
    fn worlds_that_differ_in_a_knob_share_what_it_does_not_change() {
        let base = world(options()).train();
        let other = |options: WorldOptions| world(options).train();
        let by_tau = other(WorldOptions { tau: 0.9, ..options() });
        assert_eq!(by_tau.inputs, base.inputs);
        assert_ne!(by_tau.scores, base.scores);
        let by_spread = other(WorldOptions { beta_spread: 1.0, ..options() });
        assert_eq!((&by_spread.inputs, &by_spread.labels), (&base.inputs, &base.labels));
        let more = other(WorldOptions { train_examples: 500, ..options() });
        assert_eq!(more.inputs[..base.inputs.len()], base.inputs);
        let noisy = [0.1, 0.3].map(|label_noise| other(WorldOptions { label_noise, ..options() }).labels);
        for ((&little, &much), &clean) in noisy[0].iter().zip(&noisy[1]).zip(&base.labels) {
            assert!(little == clean || little == much);
        }
    }

    #[test]
    fn inputs_are_standard_normal() {
        let inputs = world(WorldOptions { train_examples: 10_000, ..options() }).train().inputs;
        let n = inputs.len() as f64;
        let moment = |power: i32| inputs.iter().map(|&x| f64::from(x).powi(power)).sum::<f64>() / n;
        // Variances of x, x^2 and x^4: 1, 2 and 96; five standard errors.
        for (power, mean, variance) in [(1, 0.0, 1.0f64), (2, 1.0, 2.0), (4, 3.0, 96.0)] {
            assert!((moment(power) - mean).abs() < 5.0 * (variance / n).sqrt(), "{power}: {}", moment(power));
        }
    }

    #[test]
    fn noise_replaces_its_share_of_the_training_labels_by_all_other_classes_alike() {
        let noisy = WorldOptions { train_examples: 40_000, label_noise: 0.25, ..options() };
        let clean = world(WorldOptions { label_noise: 0.0, ..noisy.clone() });
        let noisy = world(noisy);
        assert_eq!(noisy.test(), clean.test());
        let (noisy, clean) = (noisy.train().labels, clean.train().labels);
        let replaced = noisy.iter().zip(&clean).filter(|(a, b)| a != b).count();
        assert_share(replaced as f64 / 4e4, 0.25, 40_000);
        // Every class in another's place: equally often whichever the label was.
        let mut taken = [[0usize; 8]; 8];
        noisy.iter().zip(&clean).for_each(|(&a, &b)| taken[usize::from(b)][usize::from(a)] += usize::from(a != b));
        for (class, taken) in taken.iter().enumerate() {
            let sum: usize = taken.iter().sum();
            for (_, &count) in taken.iter().enumerate().filter(|&(other, _)| other != class) {
                assert_share(count as f64 / sum as f64, 1.0 / 7.0, sum);
            }
        }
    }

    #[test]
    fn drawn_labels_follow_the_oracle() {
        let drawn = world(WorldOptions { label: LabelRule::Drawn, train_examples: 20_000, ..options() }).train();
        let (mut expected, mut variance, mut found) = ([0.0; 8], [0.0; 8], [0.0; 8]);
        for (scores, &label) in drawn.scores.chunks_exact(8).zip(&drawn.labels) {
            for (k, p) in softmax(scores).into_iter().enumerate() {
                // Weighted by p, so that labels drawn from another distribution with the same frequencies are noticed.
                expected[k] += p * p;
                variance[k] += p * p * p * (1.0 - p);
                found[k] += if usize::from(label) == k { p } else { 0.0 };
            }
        }
        for k in 0..8 {
            let (expected, variance): (f64, f64) = (expected[k], variance[k]);
            assert!((found[k] - expected).abs() < 5.0 * variance.sqrt(), "{k}: {} of {expected}", found[k]);
        }
    }

    #[test]
    fn argmax_labels_name_the_highest_score_whatever_the_spread() {
        let train = world(WorldOptions { beta_spread: 2.0, ..options() }).train();
        for (scores, &label) in train.scores.chunks_exact(8).zip(&train.labels) {
            assert_eq!(argmax(scores), usize::from(label));
        }
    }

    #[test]
    fn the_spread_varies_the_sharpness_around_its_mean() {
        let (flat, spread) = (options(), WorldOptions { beta_spread: 0.5, ..options() });
        let [flat, spread] = [flat, spread].map(|o| world(WorldOptions { train_examples: 20_000, ..o }).train().scores);
        let factors: Vec<f64> = spread.chunks_exact(8).zip(flat.chunks_exact(8)).map(|(s, f)| s[0] / f[0]).collect();
        let n = factors.len() as f64;
        let (mean, log_mean) = (factors.iter().sum::<f64>() / n, factors.iter().map(|f| f.ln()).sum::<f64>() / n);
        // Variance of the log-normal of mean 1: exp(s^2) - 1.
        assert!((mean - 1.0).abs() < 5.0 * (0.25f64.exp_m1() / n).sqrt(), "{mean}");
        assert!((log_mean + 0.125).abs() < 5.0 * 0.5 / n.sqrt(), "{log_mean}");
    }

    proptest! {
        #[test]
        fn planted_worlds_have_classes_of_equal_size_in_every_whole_round(seed: u64, rounds in 1usize..20) {
            let planted = Some(Planted::NoDifficulty);
            let world = world(WorldOptions { seed, planted, train_examples: 8 * rounds, test_examples: 16, ..options() });
            for examples in [world.train(), world.test()] {
                for (i, (scores, &label)) in examples.scores.chunks_exact(8).zip(&examples.labels).enumerate() {
                    prop_assert_eq!(usize::from(label), i % 8);
                    prop_assert_eq!(argmax(scores), i % 8);
                }
            }
        }
    }
}
