//! The report's figures: drawn once as a scene, rendered as SVG and PNG, each with its data as CSV.

mod alt;
mod arm_options;
mod arms;
mod axis;
mod bearing;
mod calibration;
mod curves;
mod difficulty;
mod forest;
mod improvement;
mod key;
mod omega;
mod panels;
mod png;
mod relations;
mod render;
mod scene;
mod style;
mod sweep;
#[cfg(test)]
mod tests;
mod waterfall;

use fractionate_records::Store;

use crate::analysis::class_relations::ClassRelations;
use crate::error::ReportError;
use crate::frames;
use crate::model::diagnostics::DiagnosticsReport;
use crate::model::report::{Report, Sweep};
use crate::render::figures::scene::Scene;
use crate::render::tables;
use crate::source::suite_runs::SuiteRuns;

pub(crate) use calibration::calibration;
#[cfg(test)]
pub(crate) use style::arm_colours;
pub(crate) use style::{GRID, PAPER, RULE};

/// One figure.
#[derive(Debug)]
pub(crate) struct Figure {
    /// Its place below `figures/`, without an ending: `tuned/arms`.
    pub(crate) name: String,
    /// What it shows, in one sentence: for whoever does not see it.
    pub(crate) alt: String,
    scene: Scene,
    /// What is drawn, as CSV.
    pub(crate) data: Vec<u8>,
}

impl Figure {
    /// The figure with real text, at its real size.
    pub(crate) fn svg(&self) -> Result<String, ReportError> {
        render::svg(&self.scene).map_err(|reason| ReportError::Figure { figure: self.name.clone(), reason })
    }

    /// Its name without its folder.
    pub(crate) fn own_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
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
            alt: alt::arms(report, comparison),
            scene: arms::draw(report, comparison, &results),
            data: arms::data(&results)?,
        });
        if !comparison.differences.is_empty() {
            figures.push(Figure {
                name: place("differences"),
                alt: alt::differences(report, comparison),
                scene: forest::draw(report, comparison, &results),
                data: forest::data(report, comparison, &results)?,
            });
        }
        if improvement::is_worth_drawing(comparison) {
            figures.push(Figure {
                name: place("improvement"),
                alt: alt::improvement(comparison),
                scene: improvement::draw(report, comparison),
                data: csv("pairs", tables::pairs_frame(&comparison.pairs, report.metric)?)?,
            });
        }
        if waterfall::is_worth_drawing(&comparison.decomposition) {
            figures.push(Figure {
                name: place("decomposition"),
                alt: alt::decomposition(report, comparison),
                scene: waterfall::draw(report, comparison),
                data: csv("decomposition", tables::decomposition_frame(&comparison.decomposition, report.metric)?)?,
            });
        }
        let curves = curves::mean_curves(suite, comparison.comparison);
        // A line takes two points.
        if curves.iter().any(|c| c.points.len() > 1) {
            figures.push(Figure {
                name: place("curves"),
                alt: alt::curves(report, comparison, &curves),
                scene: curves::draw(report, comparison, &curves),
                data: curves::data(&curves, report.metric)?,
            });
        }
        figures.extend(arm_options::figure(suite, report, comparison)?);
    }
    Ok(figures)
}

/// Heat maps of the class relations.
pub(crate) fn of_relations(
    suite: &SuiteRuns,
    report: &Report,
    found: &ClassRelations,
) -> Result<Vec<Figure>, ReportError> {
    let point = &suite.point;
    let data = csv("relations", found.frame(&point.classes)?)?;
    let words = |title: &'static str, scale: &'static str, remark: String| relations::Words {
        title,
        remark,
        scale,
        classes: &point.classes,
        super_classes: point.super_classes.iter().map(|group| group.name.clone()).collect(),
    };
    let mut figures = Vec::new();
    if !found.teacher.is_empty() {
        let maps: Vec<_> = found.teacher.iter().map(|(t, relations)| (format!("T = {t}"), relations)).collect();
        let remark = format!("{}, over the teacher's training examples", report.data_set);
        let words = words("Which classes the teacher takes for alike", "correlation of softened probabilities", remark);
        let scene = relations::draw(found, &maps, &words);
        let alt = alt::relations_teacher(found, &point.classes);
        figures.push(Figure { name: "relations_teacher".to_owned(), alt, scene, data: data.clone() });
    }
    for &comparison in &suite.manifest.comparisons {
        let own = found.students.iter().filter(|(c, ..)| *c == comparison);
        let maps: Vec<_> = own.map(|(_, arm, relations)| (arm.clone(), relations)).collect();
        if maps.is_empty() {
            continue;
        }
        let seeds = crate::numbers::count(suite.manifest.seeds.len(), "seed");
        let remark = format!("{}, {}, means over {seeds}", report.data_set, comparison.name());
        let words = words("Which classes the students' logit weights make alike", "cosine similarity", remark);
        let scene = relations::draw(found, &maps, &words);
        let alt = alt::relations_students(found, comparison, &point.classes);
        let name = format!("{}/relations_students", comparison.name());
        figures.push(Figure { name, alt, scene, data: data.clone() });
    }
    Ok(figures)
}

/// Omega example by example and in its distribution, and accuracy by difficulty.
pub(crate) fn of_diagnostics(
    store: &Store,
    report: &Report,
    found: &DiagnosticsReport,
) -> Result<Vec<Figure>, ReportError> {
    let place = |name: &str| format!("{}/{name}", found.comparison.name());
    let mut figures = Vec::new();
    let points = omega::points(store, found);
    if !points.is_empty() {
        let scene = omega::scatter(report, found, &points);
        let (alt, data) = (alt::omega_scatter(found), omega::scatter_data(&points)?);
        figures.push(Figure { name: place("omega_scatter"), alt, scene, data });
    }
    if !found.epochs().is_empty() {
        let data = csv("omega", tables::omega_frame(found)?)?;
        let (alt, scene) = (alt::omega(found), omega::quantiles(report, found));
        figures.push(Figure { name: place("omega"), alt, scene, data });
    }
    if let Some(scene) = difficulty::draw(report, found) {
        let (alt, data) = (alt::difficulty(found), csv("difficulty", tables::difficulty_frame(found)?)?);
        figures.push(Figure { name: place("difficulty"), alt, scene, data });
    }
    Ok(figures)
}

/// The figures along the sweep's axes.
pub(crate) fn of_sweep(report: &Report, sweep: &Sweep) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for comparison in sweep.comparisons() {
        figures.push(Figure {
            name: format!("{}/sweep_arms", comparison.name()),
            alt: alt::sweep_arms(report, sweep, comparison),
            scene: sweep::arms(report, sweep, comparison),
            data: csv("sweep_arms", tables::sweep_arms_frame(sweep, comparison, report.metric)?)?,
        });
        if tables::has_terms(sweep, comparison) {
            figures.push(Figure {
                name: format!("{}/sweep_terms", comparison.name()),
                alt: alt::sweep_terms(report, sweep, comparison),
                scene: sweep::terms(report, sweep, comparison),
                data: csv("sweep_terms", tables::sweep_terms_frame(sweep, comparison, report.metric)?)?,
            });
        }
    }
    Ok(figures)
}

fn csv(figure: &'static str, mut frame: polars::prelude::DataFrame) -> Result<Vec<u8>, ReportError> {
    frames::csv(figure, &mut frame)
}

/// `Fashion-MNIST, tuned, 10 seeds`.
pub(crate) fn setting_line(
    report: &Report,
    comparison: &crate::model::report::ComparisonReport,
    seeds: usize,
) -> String {
    let seeds = crate::numbers::count(seeds, "seed");
    format!("{}, {}, {seeds}", report.data_set, comparison.comparison.name())
}
