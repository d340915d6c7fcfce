//! Hierarchical clustering of classes by their relations, by Ward's method.

use crate::analysis::relations::Relations;

/// Merges clusters of classes until at most `most` are left: each time those two whose merging adds least to the squared
/// distances from the clusters' centres (Ward 1963), where a relation r is a squared distance of 2 (1 - r). Of equal ones
/// the first are merged. A merged cluster has the classes of the one after those of the other: similar ones side by side.
pub(crate) fn merge(relations: &Relations, mut clusters: Vec<Vec<usize>>, most: usize) -> Vec<Vec<usize>> {
    let mut costs = Costs::new(relations, &clusters);
    for _ in most.max(1)..clusters.len() {
        let (one, other) = costs.merge_cheapest();
        let classes = std::mem::take(&mut clusters[other]);
        clusters[one].extend(classes);
    }
    clusters.retain(|cluster| !cluster.is_empty());
    clusters
}

/// What the merging of any two clusters costs.
#[derive(Debug)]
struct Costs {
    clusters: usize,
    /// Row by row, symmetric.
    entries: Vec<f64>,
    /// How many classes a cluster has; 0 once it is part of another.
    sizes: Vec<usize>,
    /// The cheapest to merge with among later ones.
    nearest: Vec<Option<usize>>,
}

impl Costs {
    fn new(relations: &Relations, clusters: &[Vec<usize>]) -> Self {
        let n = clusters.len();
        let mean = |a: &[usize], b: &[usize]| {
            let sum: f64 = a.iter().flat_map(|&i| b.iter().map(move |&j| known(relations, i, j))).sum();
            sum / (a.len() * b.len()) as f64
        };
        let within: Vec<f64> = clusters.iter().map(|cluster| mean(cluster, cluster)).collect();
        let mut costs = Self {
            clusters: n,
            entries: vec![0.0; n * n],
            sizes: clusters.iter().map(Vec::len).collect(),
            nearest: vec![None; n],
        };
        for a in 0..n {
            for b in a + 1..n {
                let (one, other) = (costs.sizes[a] as f64, costs.sizes[b] as f64);
                let between_centres = within[a] + within[b] - 2.0 * mean(&clusters[a], &clusters[b]);
                costs.set(a, b, one * other / (one + other) * between_centres);
            }
        }
        (0..n).for_each(|a| costs.find_nearest(a));
        costs
    }

    fn at(&self, a: usize, b: usize) -> f64 {
        self.entries[a * self.clusters + b]
    }

    fn set(&mut self, a: usize, b: usize, cost: f64) {
        self.entries[a * self.clusters + b] = cost;
        self.entries[b * self.clusters + a] = cost;
    }

    fn find_nearest(&mut self, a: usize) {
        let later = (a + 1..self.clusters).filter(|&b| self.sizes[b] > 0);
        self.nearest[a] = later.min_by(|&b, &c| self.at(a, b).total_cmp(&self.at(a, c)));
    }

    /// Merges the cheapest two: the second of them becomes part of the first.
    fn merge_cheapest(&mut self) -> (usize, usize) {
        let candidates = (0..self.clusters).filter(|&a| self.sizes[a] > 0);
        let pairs = candidates.filter_map(|a| Some((a, self.nearest[a]?)));
        let cheapest = pairs.min_by(|&(a, b), &(c, d)| self.at(a, b).total_cmp(&self.at(c, d)));
        let (one, other) = cheapest.expect("at least two clusters are left");
        let cost = self.at(one, other);
        let [n_one, n_other] = [one, other].map(|cluster| self.sizes[cluster] as f64);
        let rest: Vec<usize> = (0..self.clusters).filter(|&c| self.sizes[c] > 0 && c != one && c != other).collect();
        for &c in &rest {
            let n = self.sizes[c] as f64;
            let sum = (n_one + n) * self.at(one, c) + (n_other + n) * self.at(other, c) - n * cost;
            self.set(one, c, sum / (n_one + n_other + n));
        }
        self.sizes[one] += std::mem::take(&mut self.sizes[other]);
        self.find_nearest(one);
        for c in rest {
            match self.nearest[c] {
                Some(nearest) if nearest == one || nearest == other => self.find_nearest(c),
                Some(nearest) if c < one && self.at(c, one) < self.at(c, nearest) => self.nearest[c] = Some(one),
                _ => {}
            }
        }
        (one, other)
    }
}

/// A relation, or 0 where a class does not vary: it is like no other.
fn known(relations: &Relations, a: usize, b: usize) -> f64 {
    let relation = relations.at(a, b);
    if a == b {
        1.0
    } else if relation.is_finite() {
        relation
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `tests/golden/clusters.py` with SciPy.
    const GOLDEN: &str = include_str!("../../tests/golden/clusters.json");

    #[test]
    fn clusters_equal_scipys_by_wards_method() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        let numbers = |name: &str| golden[name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap());
        let entries: Vec<f64> = numbers("relations").collect();
        let classes = entries.len().isqrt();
        let relations = Relations::from_entries(entries);
        for most in [1, 2, 5, 8, classes] {
            let expected: Vec<usize> = numbers(&format!("into_{most}")).map(|v| v as usize).collect();
            let found = merge(&relations, (0..classes).map(|class| vec![class]).collect(), most);
            let of = |class: usize| found.iter().position(|cluster| cluster.contains(&class)).unwrap();
            assert_eq!(found.len(), most);
            for (a, b) in (0..classes).flat_map(|a| (0..a).map(move |b| (a, b))) {
                assert_eq!(of(a) == of(b), expected[a] == expected[b], "{a} and {b} of {most}");
            }
        }
        // In two steps as in one: the clusters of the first are merged further as they are.
        let all = || (0..classes).map(|class| vec![class]).collect();
        assert_eq!(merge(&relations, merge(&relations, all(), 8), 3), merge(&relations, all(), 3));
    }

    #[test]
    fn a_class_that_does_not_vary_is_a_cluster_like_any_other() {
        let relations =
            Relations::from_entries(vec![f64::NAN, f64::NAN, f64::NAN, f64::NAN, 1.0, 0.5, f64::NAN, 0.5, 1.0]);
        assert_eq!(merge(&relations, vec![vec![0], vec![1], vec![2]], 2), [vec![0], vec![1, 2]]);
    }
}
