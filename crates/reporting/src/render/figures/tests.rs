//! What holds for every figure: text apart, everything inside, the same bytes each time, a sentence for each.

use fractionate_records::{Comparison, Metric, ReportStyle};
use fractionate_statistics::{Interval, Summary};

use super::*;
use crate::analysis::configuration_report::compute;
use crate::analysis::intervals::INTERVALS;
use crate::examples::ExampleSuite;
use crate::model::decomposition::Decomposition;
use crate::model::other_intervals::OtherIntervals;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Mark, Scene};
use crate::render::figures::figure::{Drawing, Section};
use crate::render::page::{Subject, page};

const BOTH: [Comparison; 2] = [Comparison::Tuned, Comparison::Fixed];

/// Left, top, right and bottom of a line of text.
fn text_box(label: &Label) -> (f64, f64, f64, f64) {
    let width = text_width(&label.text, label.size, label.bold);
    let left = match label.align {
        Align::Left => label.at.0,
        Align::Middle => label.at.0 - width / 2.0,
        Align::Right => label.at.0 - width,
    };
    (left, label.at.1 - 0.73 * label.size, left + width, label.at.1 + 0.2 * label.size)
}

/// Made up, since the example has no predictions.
fn add_intervals_over_examples(report: &mut Report) {
    report.margin = Some(0.2);
    let wider = |summary: Option<Summary>| {
        let (summary, half) = summary.and_then(|s| Some((s, s.half_width()?)))?;
        Some(Interval { low: summary.mean - 2.4 * half, high: summary.mean + 2.5 * half })
    };
    let kind = INTERVALS.iter().map(|statistic| &statistic.kind).find(|kind| kind.key == "over_examples").unwrap();
    let over_examples = |gain: Option<Summary>| OtherIntervals::new([(kind, wider(gain))]);
    for c in &mut report.comparisons {
        c.differences.iter_mut().for_each(|row| row.other = over_examples(row.gain));
        let Decomposition { terms, total, .. } = &mut c.decomposition;
        terms.iter_mut().chain([total]).for_each(|row| row.other = over_examples(row.gain));
    }
}

fn figures_of(suite: &ExampleSuite) -> Vec<Figure> {
    figures_in(suite, &ReportStyle::default())
}

fn figures_in(suite: &ExampleSuite, style: &ReportStyle) -> Vec<Figure> {
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    let runs = SuiteRuns::read(&store, store.manifest().unwrap());
    let mut report = compute(&runs, "report".into());
    add_intervals_over_examples(&mut report);
    report.style = style.clone();
    of_configuration(&FIGURES, &runs, &report).unwrap()
}

/// Figures that are not of one configuration's runs alone.
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
        figures.extend(of_sweep(&FIGURES, &report, report.sweep.as_ref().unwrap()).unwrap());
    }
    let suite = ExampleSuite::new(2, &BOTH).with_super_classes();
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_weights(&store);
    let runs = SuiteRuns::read(&store, store.manifest().unwrap());
    suite.write_diagnostics(&store);
    let found = crate::analysis::class_relations::of_configuration(&store, &runs).unwrap();
    for found in crate::analysis::diagnostics::of_configuration(&store, &runs) {
        figures.extend(
            of_diagnostics(
                &FIGURES,
                OfDiagnostics { store: &store, report: &compute(&runs, "report".into()), found: &found },
            )
            .unwrap(),
        );
    }
    figures.extend(
        of_relations(&FIGURES, OfRelations { suite: &runs, report: &compute(&runs, "report".into()), found: &found })
            .unwrap(),
    );
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
        ExampleSuite::all_arms(10),
    ]
}

#[test]
fn no_text_leaves_its_figure_or_runs_into_another() {
    suites().iter().flat_map(figures_of).chain(other_figures()).for_each(|figure| assert_texts_are_apart(&figure));
}

#[test]
fn figures_of_other_widths_letters_and_without_titles_hold_their_texts() {
    let usual = ReportStyle::default();
    let narrow = ReportStyle { figure_width: 78.0, ..usual.clone() };
    let large = ReportStyle { figure_width: 139.0, font_size: 10.0, ..usual.clone() };
    let bare = ReportStyle { figure_width: 180.0, titles: false, ..usual };
    for style in [narrow, large, bare] {
        assert_eq!(style.problem(), None);
        for figure in suites().iter().flat_map(|suite| figures_in(suite, &style)) {
            assert_texts_are_apart(&figure);
            let text = String::from_utf8_lossy(&figure.pdf()).into_owned();
            assert!(text.contains(&format!("/MediaBox [0 0 {:.3} ", figure.scene.width)), "{}", figure.name);
        }
    }
}

fn assert_texts_are_apart(figure: &Figure) {
    {
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
    let figure = figures.iter().find(|f| f.name == "tuned/decomposition").unwrap();
    let svg = figure.svg().unwrap();
    assert!(svg.starts_with("<svg width=\"85.02mm\""), "{}", &svg[..60]);
    assert!(svg.contains("class difficulty") && svg.contains("<text"));
    let texts = figure.scene.marks.iter().filter(|m| matches!(m, Mark::Text(_))).count();
    assert_eq!(svg.matches("<text textLength=").count(), texts);
    assert_eq!(svg.matches("</text>").count(), texts);
}

#[test]
fn every_figure_says_in_one_sentence_what_it_shows() {
    for figure in suites().iter().flat_map(figures_of).chain(other_figures()) {
        let alt = &figure.alt;
        assert!(alt.ends_with('.') && !alt.contains(['\n', '[', ']', '|']), "{}: {alt}", figure.name);
        assert!(!alt.contains("NaN") && !alt.contains("inf "), "{}: {alt}", figure.name);
        assert!(alt.bytes().any(|b| b.is_ascii_digit()), "{}: {alt}", figure.name);
    }
}

#[test]
fn the_sentences_of_a_suites_figures_read_as_this() {
    let mut figures = figures_of(&ExampleSuite::new(10, &[Comparison::Tuned]));
    figures.extend(other_figures());
    let mut seen = std::collections::BTreeSet::new();
    let lines = figures.iter().filter(|f| seen.insert(f.name.clone())).map(|f| format!("{}: {}\n", f.name, f.alt));
    insta::assert_snapshot!(lines.collect::<String>());
}

#[test]
fn a_figure_drawn_twice_has_the_same_bytes() {
    let suite = ExampleSuite::new(3, &[Comparison::Tuned]);
    for (one, two) in figures_of(&suite).iter().zip(&figures_of(&suite)) {
        assert_eq!(one.svg().unwrap(), two.svg().unwrap(), "{}", one.name);
        assert!(one.png().unwrap() == two.png().unwrap() && one.data == two.data, "{}", one.name);
    }
}

/// A figure that the registry does not have.
static TOY: FigureKind = FigureKind {
    name: "toy",
    title: "A toy figure",
    section: Section::Comparison,
    colour_scale: false,
    draw: Draw::Comparison(|of| {
        let seeds = of.comparison.seeds;
        let mut scene = Scene::new(200.0, 30.0);
        scene.text(Label::new(format!("{seeds} seeds"), (5.0, 11.0), Align::Left));
        let data = format!("seeds\n{seeds}\n").into_bytes();
        Ok(Some(Drawing { alt: format!("A toy of {seeds} seeds."), scene, data }))
    }),
};

#[test]
fn a_new_figure_is_one_file_and_one_line_of_the_registry() {
    let kinds = [&FIGURES[..], &[&TOY]].concat();
    let suite = ExampleSuite::new(3, &[Comparison::Tuned]);
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    let runs = SuiteRuns::read(&store, store.manifest().unwrap());
    let report = compute(&runs, "report".into());
    let figures = of_configuration(&kinds, &runs, &report).unwrap();
    assert_eq!(figures.last().map(|figure| figure.name.as_str()), Some("tuned/toy"));
    assert!(report.markdown(&figures).contains("![A toy of 3 seeds.](figures/tuned/toy.svg)"));
    let points = [runs];
    let page = page(Subject {
        store: &store,
        configurations: &points,
        report: &report,
        figures: &figures,
        configuration: None,
    })
    .unwrap();
    assert!(page.contains("A toy figure") && page.contains("data-name=\"tuned-toy\""));
}
