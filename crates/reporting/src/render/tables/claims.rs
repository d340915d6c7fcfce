//! Verdicts: what the runs say of the suite's claims.
//!
//! Everything is paired: a claim's sum is taken seed by seed, over configurations of a sweep too, and judged by the t interval of its
//! mean. `a > b` is supported if the 95% interval of a - b lies wholly above 0, contradicted if wholly below, and else
//! undecided. `abs(x) < m` is supported if the 90% interval of x lies inside (-m, m) (two one-sided tests of 5%),
//! contradicted if the 95% interval lies wholly outside; `abs(x) > m` the other way round.

use fractionate_records::{Kind, Metric};
use polars::prelude::DataFrame;

use crate::error::ReportError;
use crate::frames;
use crate::model::claim_verdict::ClaimVerdict;
use crate::model::metric_words::MetricWords;
use crate::numbers::{DASH, decimals_for, fixed, signed};
use crate::render::tables::TextTable;

/// How to read the table of verdicts.
pub(crate) const EXPLANATION: &str = "The estimate is the side said to be larger, minus the other (of `abs( … )`: what stands inside), paired by seed. \
     Supported: its 95% interval lies wholly above 0; contradicted: wholly below; else undecided. \
     `abs(x) < m` is supported by a 90% interval inside (−m, m), and contradicted by a 95% interval wholly outside. \
     In the tuned comparison, estimate, interval and verdict include hyperparameter selection. A remark says where they are \
     conditional on the selected hyperparameters: the interval is then too narrow for the average result of tuning.";

/// For people.
pub(crate) fn claims_text(claims: &[ClaimVerdict], metric: Metric) -> TextTable {
    let several = claims.iter().any(|claim| claim.comparison != claims[0].comparison);
    let at_configurations = claims.iter().any(|claim| claim.configuration.is_some());
    let mut columns = vec!["verdict", "claim", "test"];
    if several {
        columns.push("comparison");
    }
    if at_configurations {
        columns.push("at");
    }
    columns.extend([">estimate", ">interval", ">n", "remark"]);
    let mut table = TextTable::with_columns(&columns);
    for claim in claims {
        let decimals = if claim.kind == Some(Kind::Metric) { metric.decimals() } else { 3 };
        let mut row = vec![claim.verdict.name().to_owned(), claim.says.clone(), format!("`{}`", claim.test)];
        if several {
            row.push(claim.comparison.name().to_owned());
        }
        if at_configurations {
            row.push(claim.configuration.clone().unwrap_or_else(|| DASH.to_owned()));
        }
        let half = claim.interval.map_or(0.0, |i| (i.high - i.low) / 2.0);
        let decimals = decimals_for(half, decimals);
        row.push(claim.estimate.map_or(DASH.to_owned(), |estimate| signed(estimate, decimals)));
        row.push(claim.interval.map_or(DASH.to_owned(), |i| {
            let own = if claim.coverage == 95 { String::new() } else { format!(" ({}%)", claim.coverage) };
            format!("{} to {}{own}", fixed(i.low, decimals), fixed(i.high, decimals))
        }));
        row.push(claim.n.to_string());
        row.push(claim.remarks());
        table.push(row);
    }
    table
}

/// For programs.
pub(crate) fn claims_frame(claims: &[ClaimVerdict], metric: Metric) -> Result<DataFrame, ReportError> {
    let text =
        |name: &str, of: fn(&ClaimVerdict) -> String| frames::column(name, claims.iter().map(of).collect::<Vec<_>>());
    let number = |name: &str, of: fn(&ClaimVerdict) -> Option<f64>| {
        frames::column(name, claims.iter().map(of).collect::<Vec<_>>())
    };
    let unit = |claim: &ClaimVerdict| if claim.kind == Some(Kind::Metric) { metric.gain_unit() } else { "" };
    let columns = vec![
        text("claim", |c| c.says.clone()),
        text("test", |c| c.test.clone()),
        text("comparison", |c| c.comparison.name().to_owned()),
        text("configuration", |c| c.configuration.clone().unwrap_or_default()),
        text("verdict", |c| c.verdict.name().to_owned()),
        frames::column("unit", claims.iter().map(unit).collect::<Vec<_>>()),
        frames::column("n", claims.iter().map(|c| c.n as u64).collect::<Vec<_>>()),
        number("estimate", |c| c.estimate),
        frames::column("coverage", claims.iter().map(|c| c.coverage as u64).collect::<Vec<_>>()),
        number("low", |c| c.interval.map(|i| i.low)),
        number("high", |c| c.interval.map(|i| i.high)),
        number("conditional_low", |c| c.conditional.map(|i| i.low)),
        number("conditional_high", |c| c.conditional.map(|i| i.high)),
        frames::column("exploratory", claims.iter().map(|c| u64::from(c.exploratory)).collect::<Vec<_>>()),
        frames::column("interim", claims.iter().map(|c| u64::from(c.interim)).collect::<Vec<_>>()),
        text("remark", ClaimVerdict::remarks),
    ];
    frames::frame("claims", columns)
}
