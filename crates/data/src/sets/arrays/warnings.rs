//! What of a user's arrays is possible and yet hard to believe.

use super::ArrayPaths;
use crate::sets::{DataSet, Rows};

/// In sentences that name the file.
pub(super) fn warnings(paths: &ArrayPaths, data: &DataSet) -> Vec<String> {
    let test_labels = paths.test.as_ref().map_or(&paths.labels, |(_, labels)| labels);
    let mut warnings = Vec::new();
    for (labels, path, what, help) in [
        (&data.train.labels, &paths.labels, "training", "no student learns it"),
        (&data.test.labels, test_labels, "test", "it is in no accuracy; are the examples sorted by class?"),
    ] {
        let absent = absent(labels, data.shape.classes);
        if let Some(classes) = in_words(&absent) {
            warnings
                .push(format!("{} has no {what} example of {classes} (labels count from 0): {help}", path.display()));
        }
    }
    let precision = match &data.train.rows {
        Rows::Bytes(values) => lost(values, data.shape.features, 0.0),
        Rows::Numbers(values) => lost(values, data.shape.features, f64::from(f32::EPSILON)),
        Rows::Doubles(values) => lost(values, data.shape.features, f64::EPSILON),
        Rows::AsTheyAre(_) | Rows::Texts(_) => None,
    };
    warnings.extend(precision.map(|reason| format!("{} {reason}", paths.examples.display())));
    warnings
}

fn absent(labels: &[u16], classes: usize) -> Vec<usize> {
    let mut there = vec![false; classes];
    labels.iter().for_each(|&label| there[usize::from(label)] = true);
    (0..classes).filter(|&class| !there[class]).collect()
}

/// `class 3`, `classes 3, 4 and 5`, `12 classes, the first 3`.
fn in_words(classes: &[usize]) -> Option<String> {
    let names: Vec<String> = classes.iter().map(usize::to_string).collect();
    Some(match &names[..] {
        [] => return None,
        [one] => format!("class {one}"),
        [first @ .., last] if names.len() <= 6 => format!("classes {} and {last}", first.join(", ")),
        [first, ..] => format!("{} classes, the first {first}", names.len()),
    })
}

/// Where the values of a feature differ by less than so many steps of their floating-point numbers, they are lost.
const STEPS: f64 = 16.0;

/// That nothing varies, or that a feature's differences drown: in the steps of the file's own numbers (`epsilon` apart
/// at 1), or in those of the standardised ones.
fn lost<T: Copy + Into<f64>>(values: &[T], features: usize, epsilon: f64) -> Option<String> {
    let of = spreads(values, features);
    let mean = of.iter().map(|feature| feature.mean).sum::<f64>() / features as f64;
    let variance = of.iter().map(|f| f.deviation.powi(2) + (f.mean - mean).powi(2)).sum::<f64>() / features as f64;
    if variance == 0.0 || of.iter().all(|feature| feature.deviation == 0.0) {
        return Some("has the same features in every training example: there is nothing to learn from".to_owned());
    }
    let varies = || of.iter().enumerate().filter(|(_, feature)| feature.deviation > 0.0);
    if let Some((feature, spread)) = varies().find(|(_, f)| f.deviation < STEPS * epsilon * f.mean.abs()) {
        return Some(format!(
            "has a feature {feature} (from 0) around {:e} that varies by {:.3e} only: numbers of its type have steps of \
             {:.3e} there, so that its differences are lost. Subtract its mean before you save it, or save float64",
            spread.mean,
            spread.deviation,
            epsilon * spread.mean.abs()
        ));
    }
    let step = f64::from(f32::EPSILON);
    let (feature, spread) = varies().find(|(_, f)| f.deviation < STEPS * step * (f.mean - mean).abs())?;
    Some(format!(
        "has a feature {feature} (from 0) around {:e} that varies by {:.3e}, which is lost beside the other features: \
         all are standardised by one mean and one deviation. Standardise each feature before you save it",
        spread.mean, spread.deviation
    ))
}

/// Of one feature over all training examples.
struct Spread {
    mean: f64,
    deviation: f64,
}

/// Of every feature, in one pass over the rows. Differences from the first row: sums of large numbers would drown what
/// they are to show.
fn spreads<T: Copy + Into<f64>>(values: &[T], features: usize) -> Vec<Spread> {
    let mut sums = vec![(0.0f64, 0.0f64); features];
    let first = &values[..features];
    for row in values.chunks_exact(features) {
        for ((&value, &first), (sum, squares)) in row.iter().zip(first).zip(&mut sums) {
            let difference: f64 = value.into() - first.into();
            *sum += difference;
            *squares += difference * difference;
        }
    }
    let n = (values.len() / features) as f64;
    let spread = |(&first, (sum, squares)): (&T, (f64, f64))| {
        let shift = sum / n;
        Spread { mean: first.into() + shift, deviation: (squares / n - shift * shift).max(0.0).sqrt() }
    };
    first.iter().zip(sums).map(spread).collect()
}
