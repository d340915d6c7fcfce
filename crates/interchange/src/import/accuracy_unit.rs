//! Whether accuracies are shares or percent: decided by the values.

/// How a column of accuracies is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccuracyUnit {
    /// From 0 to 1.
    Share,
    /// From 0 to 100.
    Percent,
}

impl AccuracyUnit {
    /// The unit of these values with their rows: shares if none is above 1, percent if none lies between 0 and 1.
    ///
    /// # Errors
    /// In a sentence, if there are values of both kinds.
    pub(super) fn of(values: &[(usize, f64)], column: &str, at: impl Fn(usize) -> String) -> Result<Self, String> {
        let Some(&(percent, high)) = values.iter().find(|(_, value)| *value > 1.0) else { return Ok(Self::Share) };
        // 0 is 0 in both.
        match values.iter().find(|(_, value)| 0.0 < *value && *value <= 1.0) {
            None => Ok(Self::Percent),
            Some((share, low)) => Err(format!(
                "The column `{column}` mixes shares and percent ({low} in {}, {high} in {}): make them one, or say \
                 which they are with --accuracy share or --accuracy percent.",
                at(*share),
                at(percent)
            )),
        }
    }

    /// Every value of the column as a share; a problem where it is none.
    pub(super) fn share(self, value: f64) -> Result<f64, String> {
        let (share, highest) = match self {
            Self::Share => (value, 1),
            Self::Percent => (value / 100.0, 100),
        };
        if (0.0..=1.0).contains(&share) {
            Ok(share)
        } else {
            Err(format!("{value} is not an accuracy from 0 to {highest}"))
        }
    }

    /// `shares` or `percent`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Share => "shares from 0 to 1",
            Self::Percent => "percent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_say_whether_they_are_shares_or_percent_and_a_mix_is_refused() {
        let line = |row: usize| format!("line {row}");
        let of = |values: &[f64]| AccuracyUnit::of(&(1..).zip(values.iter().copied()).collect::<Vec<_>>(), "acc", line);
        assert_eq!(of(&[0.0, 0.5, 1.0]), Ok(AccuracyUnit::Share));
        assert_eq!(of(&[0.0, 81.5, 100.0]), Ok(AccuracyUnit::Percent));
        assert_eq!(of(&[]), Ok(AccuracyUnit::Share));
        let mix = of(&[81.5, 0.815]).unwrap_err();
        assert!(mix.contains("0.815 in line 2, 81.5 in line 1"), "{mix}");
        assert!(AccuracyUnit::Percent.share(100.5).is_err() && AccuracyUnit::Share.share(-0.1).is_err());
    }
}
