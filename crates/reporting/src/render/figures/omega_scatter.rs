//! The gradient rescaling omega, example by example, against the teacher's probability of the label.

use fractionate_records::{ExampleDiagnostics, Metric, Store};

use crate::error::ReportError;
use crate::frames;
use crate::model::diagnostics::{ArmDiagnostics, DiagnosticsReport};
use crate::model::report::Report;
use crate::numbers::fixed;
use crate::render::figures::drawing::axis::Scale;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::signed_log::{signed_log, tick_words, ticks};
use crate::render::figures::drawing::style;
use crate::render::figures::drawing::style::{GREY, GRID, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfDiagnostics, Section};
use crate::render::figures::words::extremes;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "omega_scatter",
    title: "Gradient rescaling against the teacher's probability of the label",
    section: Section::Diagnostics,
    colour_scale: false,
    draw: Draw::Diagnostics(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;
/// Examples in a panel: more would lie on top of each other.
const DOTS: usize = 250;
/// Epochs side by side.
const EPOCHS: usize = 3;

/// The examples of an arm that are drawn.
#[derive(Debug)]
struct ArmPoints {
    arm: String,
    /// Per epoch drawn: its number, and p_t and omega of each example.
    epochs: Vec<(usize, Vec<(f64, f64)>)>,
}

/// The examples of every arm's lowest seed; an arm whose examples cannot be read is left out.
fn points(store: &Store, found: &DiagnosticsReport) -> Vec<ArmPoints> {
    let of = |arm: &crate::model::diagnostics::ArmDiagnostics| {
        let examples = store.example_diagnostics(arm.drawn.as_ref()?).ok()?;
        let p_t = examples.p_t.as_ref()?;
        let chosen = subset(&examples);
        let epochs: Vec<usize> = arm.rescaling.iter().map(|r| r.epoch).collect();
        let of_epoch = |&place: &usize| {
            let omega = examples.omega.get(place)?;
            let pairs = chosen.iter().map(|&i| (f64::from(p_t[i]), f64::from(omega[i])));
            Some((*epochs.get(place)?, pairs.collect()))
        };
        Some(ArmPoints { arm: arm.arm.clone(), epochs: shown(epochs.len()).iter().filter_map(of_epoch).collect() })
    };
    found.arms.iter().filter_map(of).filter(|arm| !arm.epochs.is_empty()).collect()
}

/// The places of the first, the middle and the last of some epochs.
fn shown(epochs: usize) -> Vec<usize> {
    if epochs <= EPOCHS { (0..epochs).collect() } else { vec![0, epochs / 2, epochs - 1] }
}

/// Which examples are drawn: spread over all of them by a fixed rule, the same for every arm of one subset.
fn subset(examples: &ExampleDiagnostics) -> Vec<usize> {
    let n = examples.examples.len();
    if n <= DOTS {
        return (0..n).collect();
    }
    // Ordered by a hash of the example's number, so that no regularity of the data set's order is met.
    let hash = |i: usize| {
        let z = (u64::from(examples.examples[i]) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (z ^ (z >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    };
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&i| hash(i));
    order.truncate(DOTS);
    order.sort_unstable();
    order
}

/// The scatter: a row of panels for each arm, a column for each epoch; all panels share their axes.
fn scene(report: &Report, found: &DiagnosticsReport, arms: &[ArmPoints]) -> Scene {
    let columns = arms.iter().map(|arm| arm.epochs.len()).max().unwrap_or(1);
    let names = arms.iter().map(|arm| text_width(&arm.arm, TEXT, true));
    let left = MARGIN + names.fold(0.0, f64::max).min(90.0) + 2.0 + 28.0;
    let (width, gap, height) = (2.0 * report.style.column(), 7.0, 52.0);
    let panel = (width - MARGIN - left - gap * (columns - 1) as f64) / columns as f64;
    let row = height + 6.0;
    let top = TOP + 10.0;
    let bottom = top + row * arms.len() as f64;
    let mut scene = Scene::new(width, bottom + 22.0);
    let within = width - 2.0 * MARGIN;
    let title = "How arms rescale the gradient of each example";
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(within));
    let remark = format!(
        "omega against the teacher's probability of the label; {}, {}, the lowest seed, up to {DOTS} examples, logarithmic beyond 1; line: omega = 1, hard labels",
        report.data_set,
        found.comparison.name()
    );
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(within));
    let (low, high) = omega_range(arms.iter().flat_map(|arm| &arm.epochs).flat_map(|e| e.1.iter().map(|p| p.1)));
    for (r, arm) in arms.iter().enumerate() {
        let y0 = top + r as f64 * row;
        let y = Scale::around(signed_log(low), signed_log(high), (y0 + height, y0));
        let colour = style::arm_colour(&arm.arm);
        let label = Label::new(&arm.arm, (MARGIN, y0 + height / 2.0 + 2.6), Align::Left).bold();
        scene.text(label.within(left - MARGIN - 28.0));
        let ticks = ticks(&y, 9.0);
        for (c, (epoch, points)) in arm.epochs.iter().enumerate() {
            let x0 = left + c as f64 * (panel + gap);
            let x = Scale { values: (-0.02, 1.02), places: (x0, x0 + panel) };
            if r == 0 {
                let at = (x0 + panel / 2.0, y0 - 3.5);
                scene.text(Label::new(format!("epoch {epoch}"), at, Align::Middle).sized(SMALL + 0.5).bold());
            }
            for tick in &ticks {
                let place = y.at(signed_log(*tick));
                scene.line((x0, place), (x0 + panel, place), 0.5, GRID);
                if c == 0 {
                    let at = (x0 - 3.0, place + 2.3);
                    scene.text(Label::new(tick_words(*tick), at, Align::Right).sized(SMALL).coloured(GREY));
                }
            }
            let one = signed_log(1.0);
            if y.values.0 < one && one < y.values.1 {
                scene.line((x0, y.at(one)), (x0 + panel, y.at(one)), 0.6, RULE);
            }
            for (p, omega) in points {
                let at = y.at(signed_log(*omega)).clamp(y0, y0 + height);
                scene.dot((x.at(p.clamp(0.0, 1.0)), at), 0.9, colour.faint(0.45));
            }
            scene.line((x0, y0 + height), (x0 + panel, y0 + height), 0.6, RULE);
            if r + 1 == arms.len() {
                for (tick, words) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
                    let at = (x.at(tick), y0 + height + 8.5);
                    scene.text(Label::new(words, at, Align::Middle).sized(SMALL).coloured(GREY));
                }
            }
        }
    }
    let at = ((left + width - MARGIN) / 2.0, bottom + 15.0);
    let name = "the teacher's probability of the label, p_t";
    scene.text(Label::new(name, at, Align::Middle).sized(SMALL).coloured(GREY));
    scene
}

/// The bulk of omega: single examples far out are drawn at the edge.
fn omega_range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut sorted: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return (0.0, 1.0) };
    let at = |share: f64| sorted[(share * last as f64).round() as usize];
    (at(0.005).min(0.9), at(0.995).max(1.1))
}

/// The data of the scatter.
fn data(arms: &[ArmPoints]) -> Result<Vec<u8>, ReportError> {
    let rows: Vec<(&str, u64, f64, f64)> = arms
        .iter()
        .flat_map(|arm| {
            let of = move |(epoch, points): &'_ (usize, Vec<(f64, f64)>)| {
                let (name, epoch) = (arm.arm.as_str(), *epoch as u64);
                points.iter().map(|p| (name, epoch, p.0, p.1)).collect::<Vec<_>>()
            };
            arm.epochs.iter().flat_map(of)
        })
        .collect();
    let columns = vec![
        frames::column("arm", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("epoch", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
        frames::column("p_t", rows.iter().map(|r| r.2).collect::<Vec<_>>()),
        frames::column("omega", rows.iter().map(|r| r.3).collect::<Vec<_>>()),
    ];
    frames::csv("figure omega_scatter", &mut frames::frame("figure omega_scatter", columns)?)
}

/// Draws the figure.
fn draw(of: &OfDiagnostics<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfDiagnostics { store, report, found } = *of;
    let points = points(store, found);
    if points.is_empty() {
        return Ok(None);
    }
    Ok(Some(Drawing { alt: alt(found), scene: scene(report, found, &points), data: data(&points)? }))
}

/// Omega against p_t: how they correlate at the last epoch.
fn alt(found: &DiagnosticsReport) -> String {
    let head = "Gradient rescaling omega against the teacher's probability of the label";
    let last = |arm: &'_ ArmDiagnostics| arm.rescaling.last().and_then(|r| Some((r.epoch, r.spearman?.mean)));
    let rows: Vec<(&str, f64)> = found.arms.iter().filter_map(|arm| Some((arm.arm.as_str(), last(arm)?.1))).collect();
    let epoch = found.arms.iter().filter_map(last).map(|(epoch, _)| epoch).max().unwrap_or_default();
    let show = |(arm, rho): (&str, f64)| format!("{} ({arm})", fixed(rho, 2));
    match extremes(Metric::TestAccuracy, &rows) {
        Some([most, least]) if most.0 != least.0 => {
            format!("{head}: at epoch {epoch} their rank correlation lies between {} and {}.", show(least), show(most))
        }
        Some([only, _]) => format!("{head}: at epoch {epoch} their rank correlation is {}.", show(only)),
        None => format!("{head}: no arm's omega varies with it."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_the_middle_and_the_last_epoch_are_drawn() {
        assert_eq!(shown(1), [0]);
        assert_eq!(shown(3), [0, 1, 2]);
        assert_eq!(shown(7), [0, 3, 6]);
    }

    #[test]
    fn omega_s_range_holds_one_and_leaves_single_examples_out() {
        let values = (0..1000).map(|i| if i == 0 { 1e6 } else { 0.5 + f64::from(i) / 2000.0 });
        let (low, high) = omega_range(values);
        assert!(low > 0.4 && low < 0.6 && high == 1.1);
    }
}
