//! Class relations: class similarity in the teacher's probabilities and in the students' logit weights.
//!
//! The teacher's are the Pearson correlations, over its training examples, of its softened probabilities of two classes;
//! a student's the cosine similarities of two classes' rows of its last layer's weights. The block contrast is the mean
//! within super-classes minus the mean across them, without the diagonal.

use fractionate_records::{RunId, Store, StoreError, TeacherKey};
use fractionate_statistics::{softmax, spearman};
use rayon::prelude::*;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::numbers::grouped;
use crate::source::declared::DeclaredConfiguration;
use crate::source::suite_runs::SuiteRuns;

/// Relations of more classes are not computed: their pairs take gigabytes.
pub(crate) const MOST_CLASSES: usize = 1_500;

/// So many multiplications a teacher's correlations may take at one temperature: a second or two.
const MULTIPLICATIONS: usize = 6_000_000_000;

/// A number for each pair of classes: symmetric, the diagonal included.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Relations {
    classes: usize,
    /// Row by row; NaN where a class does not vary.
    entries: Vec<f64>,
}

impl Relations {
    /// Of all pairs, row by row.
    #[cfg(test)]
    pub(crate) fn from_entries(entries: Vec<f64>) -> Self {
        Self { classes: entries.len().isqrt(), entries }
    }

    /// The relation of two classes.
    pub(crate) fn at(&self, a: usize, b: usize) -> f64 {
        self.entries[a * self.classes + b]
    }

    /// How many classes.
    pub(crate) fn classes(&self) -> usize {
        self.classes
    }

    /// Entry by entry the mean of several, of which none is kept.
    pub(crate) fn mean(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut all = all.into_iter();
        let (mut sum, mut n) = (all.next()?, 1usize);
        for other in all {
            sum.entries.iter_mut().zip(&other.entries).for_each(|(sum, entry)| *sum += entry);
            n += 1;
        }
        sum.entries.iter_mut().for_each(|entry| *entry /= n as f64);
        Some(sum)
    }

    /// The means between groups of classes: of every pair of classes, one of each group; on the diagonal, of the pairs
    /// of different classes of a group. NaN where there is no pair that can be compared.
    pub(crate) fn between(&self, groups: &[Vec<usize>]) -> Self {
        let mean = |one: &[usize], other: &[usize]| {
            let pairs = one.iter().flat_map(|&a| other.iter().map(move |&b| (a, b))).filter(|(a, b)| a != b);
            let known = pairs.map(|(a, b)| self.at(a, b)).filter(|r| r.is_finite());
            let (sum, n) = known.fold((0.0, 0usize), |(sum, n), r| (sum + r, n + 1));
            sum / n as f64
        };
        let entries = groups.iter().flat_map(|one| groups.iter().map(move |other| mean(one, other))).collect();
        Self { classes: groups.len(), entries }
    }

    /// The entries off the diagonal, each pair once, row by row.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        (0..self.classes).flat_map(move |a| (a + 1..self.classes).map(move |b| (a, b, self.at(a, b))))
    }

    /// The mean within groups minus the mean across; `None` where there is no pair of one of the two kinds.
    pub(crate) fn contrast(&self, groups: &[usize]) -> Option<f64> {
        let mean = |inside: bool| {
            let of = self.pairs().filter(|&(a, b, r)| (groups[a] == groups[b]) == inside && r.is_finite());
            let (sum, n) = of.fold((0.0, 0usize), |(sum, n), (_, _, r)| (sum + r, n + 1));
            (n > 0).then(|| sum / n as f64)
        };
        Some(mean(true)? - mean(false)?)
    }

    /// Spearman's correlation of the entries off the diagonal with another's; pairs that either lacks are left out.
    pub(crate) fn spearman(&self, other: &Self) -> Option<f64> {
        let both = self.pairs().zip(other.pairs()).map(|((_, _, a), (_, _, b))| (a, b));
        let (a, b): (Vec<f64>, Vec<f64>) = both.filter(|(a, b)| a.is_finite() && b.is_finite()).unzip();
        spearman(&a, &b)
    }
}

/// Each class's group: its super-class, or one of its own where none are named.
///
/// # Errors
/// If there are no super-classes at all.
pub(crate) fn groups(point: &DeclaredConfiguration) -> Result<Vec<usize>, String> {
    if point.super_classes.is_empty() {
        return Err("the data set names no super-classes".to_owned());
    }
    let named = point.super_classes.len();
    let group = |class: usize| {
        let found = point.super_classes.iter().position(|group| group.classes.contains(&class));
        found.unwrap_or(named + class)
    };
    Ok((0..point.classes.len()).map(group).collect())
}

/// The classes ordered by super-class, those without one at the end.
pub(crate) fn order(point: &DeclaredConfiguration) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    let named = point.super_classes.iter().flat_map(|group| group.classes.iter().copied());
    for class in named.chain(0..point.classes.len()) {
        if class < point.classes.len() && !order.contains(&class) {
            order.push(class);
        }
    }
    order
}

/// What a teacher says of its training examples.
#[derive(Debug)]
pub(crate) struct Teacher {
    classes: usize,
    /// Row by row.
    logits: Vec<f32>,
    /// Row by row, where probabilities were planted: they are used as they are at every temperature.
    planted: Option<Vec<f64>>,
    /// How many training examples it has, and which of them are used: every n-th.
    examples: usize,
    every: usize,
}

impl Teacher {
    /// Reads them.
    ///
    /// # Errors
    /// If they are not there or damaged, in a few words.
    pub(crate) fn read(store: &Store, key: &TeacherKey) -> Result<Self, String> {
        let name = format!("teacher/{key}/logits.safetensors");
        let bytes = store.teacher_logits(key).map_err(|error| in_words(&name, error))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|e| format!("{name} is damaged: {e}"))?;
        let view = tensor(&tensors, "train", Dtype::F32).ok_or_else(|| format!("{name} has no logits `train`"))?;
        let (&[examples, classes], 1..) = (view.shape(), view.data().len()) else {
            return Err(format!("the logits `train` of {name} are no table"));
        };
        if classes > MOST_CLASSES {
            return Err(too_many(classes));
        }
        let every = (examples * classes * classes / 2).div_ceil(MULTIPLICATIONS).max(1);
        let planted = tensor(&tensors, "probabilities", Dtype::F64)
            .map(|view| rows(&view, classes, every, |bytes| f64::from_le_bytes(*bytes)));
        Ok(Self {
            classes,
            logits: rows(&view, classes, every, |bytes| f32::from_le_bytes(*bytes)),
            planted,
            examples,
            every,
        })
    }

    /// How many classes it tells apart.
    pub(crate) fn classes(&self) -> usize {
        self.classes
    }

    /// Which of its training examples are used, in words, if not all.
    pub(crate) fn sample(&self) -> Option<String> {
        let words = || format!("every {}. of its {} training examples", self.every, grouped(self.examples));
        (self.every > 1).then(words)
    }

    /// Whether its probabilities are the same at every temperature.
    pub(crate) fn is_planted(&self) -> bool {
        self.planted.is_some()
    }

    /// The correlations of its probabilities at a temperature.
    pub(crate) fn relations(&self, temperature: f64) -> Relations {
        match &self.planted {
            Some(probabilities) => correlations_of(probabilities, self.classes),
            None => correlations(&self.logits, self.classes, temperature),
        }
    }
}

/// The correlations over examples of softmax(logits / T), class by class.
fn correlations(logits: &[f32], classes: usize, temperature: f64) -> Relations {
    let mut probabilities = Vec::with_capacity(logits.len());
    for row in logits.chunks_exact(classes) {
        probabilities.extend(softmax(row, temperature));
    }
    correlations_of(&probabilities, classes)
}

/// The correlations over examples of probabilities, class by class.
fn correlations_of(probabilities: &[f64], classes: usize) -> Relations {
    let examples = probabilities.len() / classes;
    // One column per class, so that a pair of classes is a product of two runs of memory.
    let mut columns: Vec<Vec<f64>> =
        (0..classes).map(|k| probabilities.iter().skip(k).step_by(classes).copied().collect()).collect();
    for column in &mut columns {
        let constant = column.iter().all(|p| *p == column[0]);
        let mean = column.iter().sum::<f64>() / examples as f64;
        column.iter_mut().for_each(|p| *p -= mean);
        let length = column.iter().map(|p| p * p).sum::<f64>().sqrt();
        // A class whose probability does not vary is correlated with none; its rounding errors are not to look so.
        let length = if constant { f64::NAN } else { length };
        column.iter_mut().for_each(|p| *p /= length);
    }
    from_rows(&columns)
}

/// How many products are summed side by side: each waits for its own last addition only.
const ABREAST: usize = 8;

/// The products of a vector with others, each summed from its first to its last.
fn products(one: &[f64], others: &[Vec<f64>]) -> Vec<f64> {
    let (blocks, rest) = others.as_chunks::<ABREAST>();
    let mut found = Vec::with_capacity(others.len());
    for block in blocks {
        let block = block.each_ref().map(|other| &other[..one.len()]);
        let mut sums = [-0.0; ABREAST];
        for (i, x) in one.iter().enumerate() {
            sums.iter_mut().zip(block).for_each(|(sum, other)| *sum += x * other[i]);
        }
        found.extend(sums);
    }
    found.extend(rest.iter().map(|other| one.iter().zip(other).map(|(x, y)| x * y).sum::<f64>()));
    found
}

/// The products of unit vectors, pair by pair.
fn from_rows(rows: &[Vec<f64>]) -> Relations {
    let classes = rows.len();
    let upper: Vec<Vec<f64>> = (0..classes).into_par_iter().map(|a| products(&rows[a], &rows[a..])).collect();
    let entry = |i: usize| {
        let (a, b) = (i / classes, i % classes);
        if a == b && upper[a][0].is_finite() { 1.0 } else { upper[a.min(b)][a.abs_diff(b)].clamp(-1.0, 1.0) }
    };
    Relations { classes, entries: (0..classes * classes).map(entry).collect() }
}

/// The cosine similarities of a student's logit weights.
///
/// # Errors
/// If its weights are not there or damaged, in a few words.
pub(crate) fn student(store: &Store, id: &RunId, classes: usize) -> Result<Relations, String> {
    if classes > MOST_CLASSES {
        return Err(too_many(classes));
    }
    let name = format!("runs/{id}/student.safetensors");
    let bytes = store.student(id).map_err(|error| in_words(&name, error))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|e| format!("{name} is damaged: {e}"))?;
    let last = last_layer(tensors.names()).ok_or_else(|| format!("{name} has no last layer"))?;
    let view = tensor(&tensors, &last, Dtype::F32).ok_or_else(|| format!("`{last}` of {name} is not of type F32"))?;
    match *view.shape() {
        [found, width] if found == classes && width > 0 => {
            Ok(cosines(&rows(&view, width, 1, |bytes| f32::from_le_bytes(*bytes)), width))
        }
        _ => Err(format!("`{last}` of {name} has no row for each of the {classes} classes")),
    }
}

/// The name of the weights that make the logits: `output.weight`, or the last of `layers.0.weight`, `layers.1.weight`.
fn last_layer(names: Vec<&str>) -> Option<String> {
    let number = |name: &str| name.strip_prefix("layers.")?.strip_suffix(".weight")?.parse::<usize>().ok();
    if names.contains(&"output.weight") {
        return Some("output.weight".to_owned());
    }
    let last = names.into_iter().filter_map(number).max()?;
    Some(format!("layers.{last}.weight"))
}

fn cosines(weights: &[f32], width: usize) -> Relations {
    let unit = |row: &[f32]| {
        let row: Vec<f64> = row.iter().map(|&w| f64::from(w)).collect();
        let length = row.iter().map(|w| w * w).sum::<f64>().sqrt();
        row.into_iter().map(|w| w / length).collect()
    };
    from_rows(&weights.chunks_exact(width).map(unit).collect::<Vec<Vec<f64>>>())
}

/// A tensor of that type, if it is there.
fn tensor<'a>(tensors: &SafeTensors<'a>, name: &str, of: Dtype) -> Option<TensorView<'a>> {
    tensors.tensor(name).ok().filter(|view| view.dtype() == of)
}

/// The numbers of every n-th row of a tensor, row by row.
fn rows<T, const BYTES: usize>(
    view: &TensorView<'_>,
    columns: usize,
    every: usize,
    number: fn(&[u8; BYTES]) -> T,
) -> Vec<T> {
    let rows = view.data().chunks_exact(BYTES * columns).step_by(every);
    rows.flat_map(|row| row.as_chunks().0.iter().map(number)).collect()
}

/// Why there are no relations of so many classes.
pub(crate) fn too_many(classes: usize) -> String {
    format!("of {} classes no pairs are compared, only of up to {}", grouped(classes), grouped(MOST_CLASSES))
}

fn in_words(name: &str, error: StoreError) -> String {
    match error {
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            format!("{name} is not there")
        }
        StoreError::Io { source, .. } => format!("{name} cannot be read: {source}"),
        StoreError::Damaged { reason, .. } => format!("{name} is damaged: {reason}"),
        other => format!("{name} cannot be read: {other}"),
    }
}

/// Spearman's correlation of omega with the teacher's p_t at the last recorded epoch of a run.
///
/// # Errors
/// If it was not recorded, in a few words.
pub(crate) fn omega_correlation(store: &Store, suite: &SuiteRuns, id: &RunId) -> Result<f64, String> {
    let name = format!("runs/{id}/diagnostics.json");
    let found = store.diagnostics(id).map_err(|_| format!("{name} cannot be read"))?;
    let found = found.ok_or_else(|| format!("{name} is not there"))?;
    if !suite.compares(&found) {
        return Err(format!("{name} compares with another teacher or temperature than this configuration's"));
    }
    let last = found.rescaling.last().and_then(|epoch| epoch.spearman);
    last.ok_or_else(|| format!("{name} has no correlation of omega with p_t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `tests/golden/relations.py` with NumPy and SciPy.
    const GOLDEN: &str = include_str!("../../tests/golden/relations.json");

    fn golden() -> serde_json::Value {
        serde_json::from_str(GOLDEN).unwrap()
    }

    fn numbers(value: &serde_json::Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    }

    fn close(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn correlations_contrasts_and_their_likeness_equal_numpys() {
        let golden = golden();
        let logits: Vec<f32> = numbers(&golden["logits"]).into_iter().map(|v| v as f32).collect();
        let weights: Vec<f32> = numbers(&golden["weights"]).into_iter().map(|v| v as f32).collect();
        let groups: Vec<usize> = numbers(&golden["groups"]).into_iter().map(|g| g as usize).collect();
        let similarities = cosines(&weights, weights.len() / groups.len());
        assert!(close(&similarities.entries, &numbers(&golden["cosines"])));
        assert!(close(&[similarities.contrast(&groups).unwrap()], &[golden["cosine_contrast"].as_f64().unwrap()]));
        for case in golden["temperatures"].as_array().unwrap() {
            let temperature = case["temperature"].as_f64().unwrap();
            let found = correlations(&logits, groups.len(), temperature);
            assert!(close(&found.entries, &numbers(&case["correlations"])), "T = {temperature}");
            assert!(close(&[found.contrast(&groups).unwrap()], &[case["contrast"].as_f64().unwrap()]));
            assert!(close(&[found.spearman(&similarities).unwrap()], &[case["spearman"].as_f64().unwrap()]));
        }
    }

    #[test]
    fn a_class_that_does_not_vary_is_left_out() {
        // The probabilities of class 0 underflow to the same 0 everywhere.
        let logits = [-1e30, 1.0, 2.0, -1e30, 2.0, 0.5, -1e30, 0.1, 0.2];
        let found = correlations(&logits, 3, 1.0);
        assert!(found.at(0, 1).is_nan() && found.at(0, 0).is_nan());
        assert!((found.at(1, 2) + 1.0).abs() < 1e-12);
        assert_eq!(found.contrast(&[0, 1, 1]), None);
    }

    #[test]
    fn products_side_by_side_have_the_bits_of_one_after_the_other() {
        let number = |i: usize| (i as f64 * 0.37).sin() / 3.0;
        let vectors: Vec<Vec<f64>> = (0..19).map(|k| (0..57).map(|i| number(100 * k + i)).collect()).collect();
        let alone = |other: &Vec<f64>| vectors[0].iter().zip(other).map(|(x, y)| x * y).sum::<f64>();
        assert_eq!(products(&vectors[0], &vectors), vectors.iter().map(alone).collect::<Vec<f64>>());
    }

    #[test]
    fn between_groups_stand_means_over_pairs_of_different_classes() {
        let entries = vec![1.0, 0.6, 0.1, 0.6, 1.0, 0.3, 0.1, 0.3, 1.0];
        let found = Relations::from_entries(entries).between(&[vec![0, 1], vec![2]]);
        assert_eq!((found.at(0, 0), found.at(0, 1), found.at(1, 0)), (0.6, 0.2, 0.2));
        assert!(found.at(1, 1).is_nan());
    }

    #[test]
    fn of_many_examples_with_many_classes_every_nth_is_used() {
        let bytes: Vec<u8> = (0..12).flat_map(|i| (i as f32).to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F32, vec![6, 2], &bytes).unwrap();
        assert_eq!(rows(&view, 2, 3, |bytes| f32::from_le_bytes(*bytes)), [0.0, 1.0, 6.0, 7.0]);
    }

    #[test]
    fn planted_probabilities_are_used_as_they_are_at_every_temperature() {
        let planted = Some(vec![0.75, 0.25, 0.25, 0.75, 0.5, 0.5]);
        let teacher = Teacher { classes: 2, logits: vec![0.0; 6], planted, examples: 3, every: 1 };
        for temperature in [1.0, 16.0] {
            assert!((teacher.relations(temperature).at(0, 1) + 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_last_layer_is_the_output_or_the_highest_number() {
        assert_eq!(last_layer(vec!["dense.weight", "output.bias", "output.weight"]).as_deref(), Some("output.weight"));
        let layers = vec!["layers.9.weight", "layers.10.weight", "layers.10.bias"];
        assert_eq!(last_layer(layers).as_deref(), Some("layers.10.weight"));
        assert_eq!(last_layer(vec!["stem"]), None);
    }
}
