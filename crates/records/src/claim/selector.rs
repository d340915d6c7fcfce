//! Configurations of a sweep by their values.

/// A value on one axis of a suite's sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Selector {
    /// The axis: its dotted key, or the end of it (`tau` for `data.world.tau`); absent where the suite has one axis.
    pub key: Option<String>,
    /// The value, as written.
    pub value: String,
}

/// Why a selector selects nothing, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectorError {
    /// The suite is one point.
    #[error("`@ {selector}` selects a configuration of a sweep, and the suite has none")]
    NoSweep {
        /// The selector.
        selector: String,
    },
    /// A value alone where there are several axes.
    #[error("`@ {selector}` does not say on which axis: the suite sweeps {axes}")]
    WhichAxis {
        /// The selector.
        selector: String,
        /// The axes.
        axes: String,
    },
    /// No axis of that key.
    #[error("`@ {selector}` names no axis of the sweep: the suite sweeps {axes}")]
    NoAxis {
        /// The selector.
        selector: String,
        /// The axes.
        axes: String,
    },
    /// More than one axis ends in that key.
    #[error("`@ {selector}` could mean {axes}: write the whole key")]
    Ambiguous {
        /// The selector.
        selector: String,
        /// The axes that it could mean.
        axes: String,
    },
    /// No point has that value.
    #[error("`@ {selector}` is not a value of the sweep: `{axis}` takes {values}")]
    NoValue {
        /// The selector.
        selector: String,
        /// The axis.
        axis: String,
        /// The values that it takes.
        values: String,
    },
}

impl Selector {
    /// The place of its axis among `axes` (dotted keys).
    ///
    /// # Errors
    /// If there is no such axis, or more than one.
    pub fn axis(&self, axes: &[String]) -> Result<usize, SelectorError> {
        let selector = self.to_string();
        let quoted = |axes: &[&String]| axes.iter().map(|a| format!("`{a}`")).collect::<Vec<_>>().join(" and ");
        let all: Vec<&String> = axes.iter().collect();
        if axes.is_empty() {
            return Err(SelectorError::NoSweep { selector });
        }
        let Some(key) = &self.key else {
            return if axes.len() == 1 {
                Ok(0)
            } else {
                Err(SelectorError::WhichAxis { selector, axes: quoted(&all) })
            };
        };
        if let Some(place) = axes.iter().position(|axis| axis == key) {
            return Ok(place);
        }
        let ends = |axis: &str| axis.strip_suffix(key.as_str()).is_some_and(|start| start.ends_with('.'));
        let found: Vec<usize> = (0..axes.len()).filter(|&i| ends(&axes[i])).collect();
        match found.as_slice() {
            [] => Err(SelectorError::NoAxis { selector, axes: quoted(&all) }),
            [one] => Ok(*one),
            _ => {
                let axes = quoted(&found.iter().map(|&i| &axes[i]).collect::<Vec<_>>());
                Err(SelectorError::Ambiguous { selector, axes })
            }
        }
    }

    /// The place of its axis, if one of `points` (each a value per axis, as written in TOML) has the value there.
    ///
    /// # Errors
    /// If there is no such axis or value.
    pub fn check<'a>(
        &self,
        axes: &[String],
        points: impl Iterator<Item = &'a [String]>,
    ) -> Result<usize, SelectorError> {
        let place = self.axis(axes)?;
        let mut values: Vec<&str> = Vec::new();
        for value in points.filter_map(|values| values.get(place)) {
            if self.is(value) {
                return Ok(place);
            }
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
        let (selector, values) = (self.to_string(), values.join(", "));
        Err(SelectorError::NoValue { selector, axis: axes[place].clone(), values })
    }

    /// Whether a value, as written in TOML, is this one: numbers are compared as such, words without their quotes.
    pub fn is(&self, value: &str) -> bool {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '_')).collect()
        };
        let (own, other) = (plain(&self.value), plain(value));
        own == other || own.parse::<f64>().is_ok_and(|own| other.parse() == Ok(own))
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{key}={}", self.value),
            None => f.write_str(&self.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(key: Option<&str>, value: &str) -> Selector {
        Selector { key: key.map(str::to_owned), value: value.into() }
    }

    #[test]
    fn numbers_words_and_lists_are_found_however_they_are_written() {
        for (own, written) in
            [("0.90", "0.9"), ("1", "1.0"), ("world", "\"world\""), ("[32,16]", "[32, 16]"), ("1_000", "1000")]
        {
            assert!(selector(None, own).is(written), "{own} {written}");
        }
        assert!(!selector(None, "0.9").is("0.8"));
        assert!(!selector(None, "cnn").is("mlp"));
    }

    #[test]
    fn an_axis_is_named_by_its_key_or_the_end_of_it() {
        let axes = ["data.world.tau".to_owned(), "distillation.temperature".to_owned()];
        assert_eq!(selector(Some("tau"), "1").axis(&axes), Ok(0));
        assert_eq!(selector(Some("distillation.temperature"), "1").axis(&axes), Ok(1));
        assert_eq!(selector(None, "1").axis(&axes[..1]), Ok(0));
    }

    #[test]
    fn what_selects_nothing_is_said() {
        let axes = ["a.seed".to_owned(), "b.seed".to_owned()];
        let points = [["1".to_owned(), "2".to_owned()], ["3".to_owned(), "2".to_owned()]];
        let said = |key: Option<&str>, axes: &[String]| {
            selector(key, "7").check(axes, points.iter().map(|p| p.as_slice())).unwrap_err().to_string()
        };
        assert_eq!(said(None, &[]), "`@ 7` selects a configuration of a sweep, and the suite has none");
        assert_eq!(said(None, &axes), "`@ 7` does not say on which axis: the suite sweeps `a.seed` and `b.seed`");
        assert_eq!(
            said(Some("eed"), &axes),
            "`@ eed=7` names no axis of the sweep: the suite sweeps `a.seed` and `b.seed`"
        );
        assert_eq!(said(Some("seed"), &axes), "`@ seed=7` could mean `a.seed` and `b.seed`: write the whole key");
        assert_eq!(said(Some("a.seed"), &axes), "`@ a.seed=7` is not a value of the sweep: `a.seed` takes 1, 3");
    }
}
