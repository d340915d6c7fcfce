//! The report's figures: drawn once as a scene, rendered as SVG and PNG, each with its data as CSV.

mod arms;
mod axis;
mod curves;
mod png;
mod render;
mod scene;
mod style;
mod waterfall;

use crate::suite_runs::SuiteRuns;
use crate::{Report, ReportError};
use scene::Scene;

/// One figure.
#[derive(Debug)]
pub(crate) struct Figure {
    /// Its place below `figures/`, without an ending: `tuned/arms`.
    pub(crate) name: String,
    scene: Scene,
    /// What is drawn, as CSV.
    pub(crate) data: Vec<u8>,
}

impl Figure {
    /// The figure with real text, at its real size.
    pub(crate) fn svg(&self) -> Result<String, ReportError> {
        render::svg(&self.scene).map_err(|reason| ReportError::Figure { figure: self.name.clone(), reason })
    }

    /// The figure at 300 dots per inch.
    pub(crate) fn png(&self) -> Result<Vec<u8>, ReportError> {
        render::png(&self.scene).map_err(|reason| ReportError::Figure { figure: self.name.clone(), reason })
    }
}

/// All figures of all comparisons.
pub(crate) fn all(suite: &SuiteRuns, report: &Report) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for comparison in &report.comparisons {
        let place = |name: &str| format!("{}/{name}", comparison.comparison.name());
        let results = suite.results(comparison.comparison);
        figures.push(Figure {
            name: place("arms"),
            scene: arms::draw(report, comparison, &results),
            data: arms::data(&results)?,
        });
        if !comparison.decomposition.is_empty() {
            figures.push(Figure {
                name: place("decomposition"),
                scene: waterfall::draw(report, comparison),
                data: crate::tables::decomposition_csv(&comparison.decomposition, report.metric)?,
            });
        }
        let curves = curves::mean_curves(suite, comparison.comparison);
        // A line takes two points.
        if curves.iter().any(|c| c.points.len() > 1) {
            figures.push(Figure {
                name: place("curves"),
                scene: curves::draw(report, comparison, &curves),
                data: curves::data(&curves, report.metric)?,
            });
        }
    }
    Ok(figures)
}

/// `Fashion-MNIST, tuned, 10 seeds`.
fn setting_line(report: &Report, comparison: &crate::ComparisonReport) -> String {
    let seeds = crate::numbers::count(comparison.seeds, "seed");
    format!("{}, {}, {seeds}", report.data_set, comparison.comparison.name())
}
