//! The report's figures: drawn once as a scene, rendered as SVG and PNG, each with its data as CSV.

mod arm_options;
mod arms;
mod axis;
mod bearing;
mod calibration;
mod curves;
mod difficulty;
mod omega;
mod panels;
mod png;
mod relations;
mod render;
mod scene;
mod style;
mod sweep;
mod waterfall;

pub(crate) use calibration::calibration;

use crate::class_relations::ClassRelations;
use crate::suite_runs::SuiteRuns;
use crate::{DiagnosticsReport, Report, ReportError, Sweep};
use fractionate_records::Store;
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
        if waterfall::is_worth_drawing(&comparison.decomposition) {
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
    let data = found.csv(&point.classes)?;
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
        figures.push(Figure { name: "relations_teacher".to_owned(), scene, data: data.clone() });
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
        figures.push(Figure { name: format!("{}/relations_students", comparison.name()), scene, data: data.clone() });
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
        figures.push(Figure { name: place("omega_scatter"), scene, data: omega::scatter_data(&points)? });
    }
    if !found.epochs().is_empty() {
        let data = crate::tables::omega_csv(found)?;
        figures.push(Figure { name: place("omega"), scene: omega::quantiles(report, found), data });
    }
    if let Some(scene) = difficulty::draw(report, found) {
        figures.push(Figure { name: place("difficulty"), scene, data: crate::tables::difficulty_csv(found)? });
    }
    Ok(figures)
}

/// The figures along the sweep's axes.
pub(crate) fn of_sweep(report: &Report, sweep: &Sweep) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for comparison in sweep.comparisons() {
        figures.push(Figure {
            name: format!("{}/sweep_arms", comparison.name()),
            scene: sweep::arms(report, sweep, comparison),
            data: crate::tables::sweep_arms_csv(sweep, comparison, report.metric)?,
        });
        if crate::tables::has_terms(sweep, comparison) {
            figures.push(Figure {
                name: format!("{}/sweep_terms", comparison.name()),
                scene: sweep::terms(report, sweep, comparison),
                data: crate::tables::sweep_terms_csv(sweep, comparison, report.metric)?,
            });
        }
    }
    Ok(figures)
}

/// `Fashion-MNIST, tuned, 10 seeds`.
fn setting_line(report: &Report, comparison: &crate::ComparisonReport, seeds: usize) -> String {
    let seeds = crate::numbers::count(seeds, "seed");
    format!("{}, {}, {seeds}", report.data_set, comparison.comparison.name())
}

#[cfg(test)]
mod tests {
    use super::scene::{Align, Label, Mark};
    use super::*;
    use crate::examples::ExampleSuite;
    use crate::report::compute;
    use fractionate_records::{Comparison, Metric};

    const BOTH: [Comparison; 2] = [Comparison::Tuned, Comparison::Fixed];

    /// Left, top, right and bottom of a line of text.
    fn text_box(label: &Label) -> (f64, f64, f64, f64) {
        let width = render::text_width(&label.text, label.size, label.bold);
        let left = match label.align {
            Align::Left => label.at.0,
            Align::Middle => label.at.0 - width / 2.0,
            Align::Right => label.at.0 - width,
        };
        (left, label.at.1 - 0.73 * label.size, left + width, label.at.1 + 0.2 * label.size)
    }

    fn figures_of(suite: &ExampleSuite) -> Vec<Figure> {
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        let runs = SuiteRuns::read(&store, store.manifest().unwrap());
        all(&runs, &compute(&runs, "report".into())).unwrap()
    }

    /// Figures that are not of one point's runs alone.
    fn other_figures() -> Vec<Figure> {
        let mut figures = figures_of(&ExampleSuite::options(3));
        let temperatures: Vec<String> = (1..40).map(|t| t.to_string()).collect();
        let temperatures: Vec<&str> = temperatures.iter().map(String::as_str).collect();
        for suite in [
            ExampleSuite::sweep(3, "data.world.tau", &["0", "0.5", "0.9"]),
            ExampleSuite::sweep(1, "data.set", &["\"fashion-mnist\"", "\"20-newsgroups\"", "\"a long name of a set\""]),
            ExampleSuite::sweep(2, "temperature", &temperatures),
            ExampleSuite::sweep_of_two(2),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let report = crate::report(&suite.write(folder.path())).unwrap();
            figures.extend(of_sweep(&report, report.sweep.as_ref().unwrap()).unwrap());
        }
        let suite = ExampleSuite::new(2, &BOTH).with_super_classes();
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        suite.write_weights(&store);
        let runs = SuiteRuns::read(&store, store.manifest().unwrap());
        suite.write_diagnostics(&store);
        let found = crate::class_relations::of_point(&store, &runs).unwrap();
        for found in crate::diagnostics::of_point(&store, &runs) {
            figures.extend(of_diagnostics(&store, &compute(&runs, "report".into()), &found).unwrap());
        }
        figures.extend(of_relations(&runs, &compute(&runs, "report".into()), &found).unwrap());
        figures
    }

    fn suites() -> Vec<ExampleSuite> {
        let mut nll = ExampleSuite::new(10, &BOTH);
        nll.manifest.metric = Metric::TestNll;
        let mut long = ExampleSuite::new(2, &[Comparison::Tuned]);
        long.manifest.data_set = "A data set with a name that nobody would want to read twice".into();
        vec![
            ExampleSuite::new(10, &BOTH),
            ExampleSuite::new(1, &BOTH),
            ExampleSuite::new(3, &BOTH).without_arm("class-mean"),
            ExampleSuite::new(3, &BOTH).without_arm("hard"),
            nll,
            long,
        ]
    }

    #[test]
    fn no_text_leaves_its_figure_or_runs_into_another() {
        for figure in suites().iter().flat_map(figures_of).chain(other_figures()) {
            let labels: Vec<&Label> = figure
                .scene
                .marks
                .iter()
                .filter_map(|m| if let Mark::Text(label) = m { Some(label) } else { None })
                .collect();
            for (i, label) in labels.iter().enumerate() {
                let a = text_box(label);
                let inside = a.0 >= 0.0 && a.1 >= 0.0 && a.2 <= figure.scene.width && a.3 <= figure.scene.height;
                assert!(inside, "{}: {} leaves the figure", figure.name, label.text);
                for other in &labels[..i] {
                    let b = text_box(other);
                    let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
                    assert!(apart, "{}: {} runs into {}", figure.name, label.text, other.text);
                }
            }
        }
    }

    #[test]
    fn every_place_is_a_number_inside_the_figure() {
        for figure in suites().iter().flat_map(figures_of).chain(other_figures()) {
            let Scene { width, height, marks } = &figure.scene;
            for mark in marks {
                let points = match mark {
                    Mark::Line { points, .. } | Mark::Area { points, .. } => points.clone(),
                    Mark::Dot { centre, .. } => vec![*centre],
                    Mark::Text(label) => vec![label.at],
                };
                let inside = points.iter().all(|p| (0.0..=*width).contains(&p.0) && (0.0..=*height).contains(&p.1));
                assert!(inside, "{}: {mark:?}", figure.name);
            }
        }
    }

    #[test]
    fn an_svg_has_real_text_and_its_size_in_millimetres() {
        let figures = figures_of(&ExampleSuite::new(2, &[Comparison::Tuned]));
        let svg = figures[1].svg().unwrap();
        assert!(svg.starts_with("<svg width=\"85.02mm\""), "{}", &svg[..60]);
        assert!(svg.contains("class difficulty") && svg.contains("<text"));
        let texts = figures[1].scene.marks.iter().filter(|m| matches!(m, Mark::Text(_))).count();
        assert_eq!(svg.matches("<text textLength=").count(), texts);
        assert_eq!(svg.matches("</text>").count(), texts);
    }
}
