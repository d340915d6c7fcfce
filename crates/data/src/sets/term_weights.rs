//! Texts as rows of term weights (TF-IDF).

use std::collections::{BTreeMap, HashSet};

/// A vocabulary with the weight of each of its terms, fitted to some texts.
///
/// The entry of term j in a text is tf_j * idf_j, where tf_j is how often the term stands in the text,
/// idf_j = ln((1 + n) / (1 + df_j)) + 1, n the number of fitted texts and df_j how many of these hold the term; each
/// row is then divided by its Euclidean norm. This is scikit-learn's default (`TfidfVectorizer`: smooth idf, norm l2).
/// A text without any term of the vocabulary is a row of zeros.
#[derive(Debug)]
pub(crate) struct TermWeights {
    /// In the order of the alphabet.
    terms: Vec<String>,
    /// idf, one per term.
    weights: Vec<f64>,
}

impl TermWeights {
    /// Learns the vocabulary and the weights from the `fitted` texts. The vocabulary holds their terms (words between
    /// spaces), or the `most` that stand in the largest number of texts; among equally frequent ones those later in
    /// the alphabet.
    pub(super) fn fit(texts: &[String], fitted: &[usize], most: usize) -> Self {
        let mut texts_with: BTreeMap<&str, usize> = BTreeMap::new();
        for &row in fitted {
            let terms: HashSet<&str> = texts[row].split_whitespace().collect();
            terms.into_iter().for_each(|term| *texts_with.entry(term).or_default() += 1);
        }
        let mut kept: Vec<(usize, &str)> = texts_with.into_iter().map(|(term, texts)| (texts, term)).collect();
        kept.sort_unstable_by(|a, b| b.cmp(a));
        kept.truncate(most);
        kept.sort_unstable_by_key(|&(_, term)| term);
        let n = fitted.len() as f64;
        let weight = |&(texts, _): &(usize, &str)| ((1.0 + n) / (1.0 + texts as f64)).ln() + 1.0;
        Self {
            weights: kept.iter().map(weight).collect(),
            terms: kept.iter().map(|(_, term)| (*term).to_owned()).collect(),
        }
    }

    /// The vocabulary, in the order of a row's entries.
    pub(super) fn terms(&self) -> &[String] {
        &self.terms
    }

    /// The rows of some texts: texts x terms.
    pub(super) fn apply(&self, texts: &[String], rows: &[usize]) -> Vec<f32> {
        let mut values = Vec::with_capacity(rows.len() * self.terms.len());
        for &text in rows {
            let mut row = vec![0.0; self.terms.len()];
            for word in texts[text].split_whitespace() {
                if let Ok(term) = self.terms.binary_search_by(|term| term.as_str().cmp(word)) {
                    row[term] += 1.0;
                }
            }
            row.iter_mut().zip(&self.weights).for_each(|(count, weight)| *count *= weight);
            let norm = row.iter().map(|entry| entry * entry).sum::<f64>().sqrt();
            values.extend(row.iter().map(|entry| if norm > 0.0 { (entry / norm) as f32 } else { 0.0 }));
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    fn assert_close(rows: &[f32], expected: &[f64]) {
        assert_eq!(rows.len(), expected.len());
        for (row, expected) in rows.iter().zip(expected) {
            assert!((f64::from(*row) - expected).abs() < 1e-7, "{row} {expected}");
        }
    }

    #[test]
    fn three_texts_by_hand() {
        let three = texts(&["b a", "b b c", "b"]);
        let weights = TermWeights::fit(&three, &[0, 1, 2], 10);
        assert_eq!(weights.terms(), ["a", "b", "c"]);
        // df is 1, 3, 1 of 3 texts: idf is ln(4/2) + 1 for a and c, ln(4/4) + 1 = 1 for b.
        let rare = 2f64.ln() + 1.0;
        let (first, second) = ((rare * rare + 1.0).sqrt(), (4.0 + rare * rare).sqrt());
        let expected = [rare / first, 1.0 / first, 0.0, 0.0, 2.0 / second, rare / second, 0.0, 1.0, 0.0];
        assert_close(&weights.apply(&three, &[0, 1, 2]), &expected);
    }

    #[derive(serde::Deserialize)]
    struct Golden {
        fitted: Vec<String>,
        other: Vec<String>,
        terms: Vec<String>,
        fitted_rows: Vec<Vec<f64>>,
        other_rows: Vec<Vec<f64>>,
    }

    #[test]
    fn rows_are_scikit_learns_also_for_texts_that_the_weights_were_not_fitted_to() {
        let golden: Golden = serde_json::from_str(include_str!("../../tests/golden/term_weights.json")).unwrap();
        let weights = TermWeights::fit(&golden.fitted, &[0, 1, 2], 1000);
        assert_eq!(weights.terms(), golden.terms);
        assert_close(&weights.apply(&golden.fitted, &[0, 1, 2]), &golden.fitted_rows.concat());
        assert_close(&weights.apply(&golden.other, &[0, 1, 2]), &golden.other_rows.concat());
    }

    #[test]
    fn the_vocabulary_keeps_the_terms_that_stand_in_most_texts() {
        let some = texts(&["a a a a b c", "b c d", "c e"]);
        assert_eq!(TermWeights::fit(&some, &[0, 1, 2], 2).terms(), ["b", "c"]);
        // a, d and e are equally frequent: the last in the alphabet stays.
        assert_eq!(TermWeights::fit(&some, &[0, 1, 2], 3).terms(), ["b", "c", "e"]);
    }

    #[test]
    fn texts_that_are_not_fitted_change_neither_vocabulary_nor_rows() {
        let (some, others) = (texts(&["a b", "a c", "d d"]), texts(&["a b", "a c", "b b b"]));
        let (first, second) = (TermWeights::fit(&some, &[0, 1], 10), TermWeights::fit(&others, &[0, 1], 10));
        assert_eq!(first.terms(), ["a", "b", "c"]);
        assert_eq!(first.apply(&some, &[0, 1]), second.apply(&others, &[0, 1]));
        // One text alone gets the row that it gets among others.
        assert_eq!(first.apply(&some, &[1]), first.apply(&some, &[0, 1])[3..]);
    }

    proptest! {
        #[test]
        fn a_row_has_length_1_or_no_term_of_the_vocabulary(
            some in prop::collection::vec("[a-f]( [a-f]){0,8}", 1..12),
            most in 1usize..6,
        ) {
            let fitted: Vec<usize> = (0..some.len().div_ceil(2)).collect();
            let weights = TermWeights::fit(&some, &fitted, most);
            prop_assert!(weights.terms().len() <= most && weights.terms().is_sorted());
            let all: Vec<usize> = (0..some.len()).collect();
            let rows = weights.apply(&some, &all);
            for (text, row) in some.iter().zip(rows.chunks_exact(weights.terms().len())) {
                let known = text.split(' ').any(|word| weights.terms().iter().any(|term| term == word));
                let length: f32 = row.iter().map(|entry| entry * entry).sum();
                let expected = if known { 1.0 } else { 0.0 };
                prop_assert!((length - expected).abs() < 1e-5);
            }
            prop_assert_eq!(TermWeights::fit(&some, &fitted, most).apply(&some, &all), rows);
        }
    }
}
