//! Numbers that must not be mixed up: temperature, distillation weight, seed.

use serde::{Deserialize, Serialize};

/// Why a number is not the quantity it was meant to be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{quantity} must be {range}, not {value}")]
pub struct QuantityError {
    /// The quantity's name.
    pub quantity: &'static str,
    /// The range it must lie in, in words.
    pub range: &'static str,
    /// What was given.
    pub value: f64,
}

/// A softmax temperature T: finite and above 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Temperature(f64);

impl Temperature {
    /// T = 1: the plain softmax.
    pub const ONE: Self = Self(1.0);

    /// The temperature as a number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Temperature {
    type Error = QuantityError;

    fn try_from(value: f64) -> Result<Self, QuantityError> {
        if value.is_finite() && value > 0.0 {
            Ok(Self(value))
        } else {
            Err(QuantityError { quantity: "temperature", range: "a finite number above 0", value })
        }
    }
}

impl From<Temperature> for f64 {
    fn from(t: Temperature) -> f64 {
        t.0
    }
}

/// The distillation weight lambda, in [0, 1]: the share of the loss that the soft target has.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Lambda(f64);

impl Lambda {
    /// lambda = 0: hard labels alone.
    pub const ZERO: Self = Self(0.0);

    /// The weight as a number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Lambda {
    type Error = QuantityError;

    fn try_from(value: f64) -> Result<Self, QuantityError> {
        if (0.0..=1.0).contains(&value) {
            // -0.0 would give another run-id than 0.0.
            Ok(Self(value + 0.0))
        } else {
            Err(QuantityError { quantity: "lambda", range: "between 0 and 1", value })
        }
    }
}

impl From<Lambda> for f64 {
    fn from(l: Lambda) -> f64 {
        l.0
    }
}

/// A seed: names one draw of everything random in a run (initial weights, batch order, shuffles).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl std::fmt::Display for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_is_finite_and_positive() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Temperature::try_from(bad).is_err(), "{bad}");
        }
        assert_eq!(Temperature::try_from(2.0).unwrap().get(), 2.0);
    }

    #[test]
    fn lambda_lies_between_zero_and_one_and_has_one_zero() {
        for bad in [-0.1, 1.1, f64::NAN] {
            assert!(Lambda::try_from(bad).is_err(), "{bad}");
        }
        assert!(Lambda::try_from(-0.0).unwrap().get().is_sign_positive());
    }
}
