//! Whether values vary at all.

/// Whether finite values vary by more than rounding. Values that do not have no spread to judge a mean by: it gets no
/// interval and no test. Equal differences of seeds mean that the seed did not reach the program, or that so few seeds of
/// so coarse a score say nothing of the next.
pub fn varies(values: &[f64]) -> bool {
    let Some((&first, rest)) = values.split_first() else { return false };
    let rounding = 1e-10 * values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    rest.iter().any(|value| (value - first).abs() > rounding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_and_those_that_differ_by_rounding_do_not_vary() {
        assert!(!varies(&[]) && !varies(&[1.0]) && !varies(&[0.0, 0.0]));
        // 0.6 three times, worked out in doubles.
        let gains = [82.1 - 81.5, 80.7 - 80.1, 79.9 - 79.3];
        assert!(gains[0] != gains[1] && !varies(&gains));
        assert!(varies(&[0.5, 0.5, 0.5001]) && varies(&[0.0, 1e-300]));
    }
}
