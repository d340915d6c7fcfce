//! Names, units and decimals of the metrics.

use fractionate_records::Metric;

/// The metric's words.
pub trait MetricWords {
    /// `test accuracy`.
    fn name(self) -> &'static str;
    /// The unit of a value: `%`, `nats`.
    fn unit(self) -> &'static str;
    /// The unit of a difference: `points`, `nats`.
    fn gain_unit(self) -> &'static str;
    /// Decimals to print.
    fn decimals(self) -> usize;
}

impl MetricWords for Metric {
    fn name(self) -> &'static str {
        match self {
            Self::TestAccuracy => "test accuracy",
            Self::TestNll => "test NLL",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::TestAccuracy => "%",
            Self::TestNll => "nats",
        }
    }

    fn gain_unit(self) -> &'static str {
        match self {
            Self::TestAccuracy => "points",
            Self::TestNll => "nats",
        }
    }

    fn decimals(self) -> usize {
        match self {
            Self::TestAccuracy => 2,
            Self::TestNll => 4,
        }
    }
}
