//! The gradient rescaling omega: example by example against the teacher's p_t, and its distribution epoch by epoch.

use fractionate_records::{ExampleDiagnostics, Store};

use crate::error::ReportError;
use crate::frames;
use crate::model::diagnostics::DiagnosticsReport;
use crate::model::report::Report;
use crate::numbers::{fixed, list};
use crate::render::figures::axis::Scale;
use crate::render::figures::render::text_width;
use crate::render::figures::scene::{Align, Label, Scene};
use crate::render::figures::style::{COLUMN, GREY, GRID, PAPER, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::{axis, style};

const MARGIN: f64 = 5.0;

const TOP: f64 = 30.0;

/// Examples in a panel: more would lie on top of each other.
const DOTS: usize = 250;

/// Epochs side by side.
const EPOCHS: usize = 3;

/// Omega's place on its axis: straight around 0, logarithmic beyond 1 on both sides. Where the student is sure of an
/// example, 1 - q_t is next to nothing, and omega runs to thousands.
fn signed_log(omega: f64) -> f64 {
    omega.asinh()
}

/// Values to write on such an axis, whose scale is one of [`signed_log`]s: 0 and powers of ten of both signs, with 0.5, 2
/// and 5 where few of them are inside; those that would come nearer than `least` to one that counts more are left out.
fn ticks(scale: &Scale, least: f64) -> Vec<f64> {
    let inside = |value: &f64| (scale.values.0..=scale.values.1).contains(&signed_log(*value));
    let of = |sizes: &[f64]| -> Vec<f64> {
        // The largest count most, after 0.
        let both = sizes.iter().rev().flat_map(|&size| [size, -size]);
        [0.0].into_iter().chain(both).filter(inside).collect()
    };
    let decades: Vec<f64> = (0..12).map(|power| 10f64.powi(power)).collect();
    let coarse = of(&decades);
    let candidates = if coarse.len() < 4 { of(&[0.5, 1.0, 2.0, 5.0, 10.0]) } else { coarse };
    let mut chosen: Vec<f64> = Vec::new();
    for value in candidates {
        let apart = |other: &f64| (scale.at(signed_log(*other)) - scale.at(signed_log(value))).abs() >= least;
        if chosen.iter().all(apart) {
            chosen.push(value);
        }
    }
    chosen.sort_by(f64::total_cmp);
    chosen
}

fn tick_words(value: f64) -> String {
    fixed(value, usize::from(value.fract() != 0.0))
}

/// The examples of an arm that are drawn.
#[derive(Debug)]
pub(crate) struct ArmPoints {
    arm: String,
    /// Per epoch drawn: its number, and p_t and omega of each example.
    epochs: Vec<(usize, Vec<(f64, f64)>)>,
}

/// The examples of every arm's lowest seed; an arm whose examples cannot be read is left out.
pub(crate) fn points(store: &Store, found: &DiagnosticsReport) -> Vec<ArmPoints> {
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
pub(crate) fn scatter(report: &Report, found: &DiagnosticsReport, arms: &[ArmPoints]) -> Scene {
    let columns = arms.iter().map(|arm| arm.epochs.len()).max().unwrap_or(1);
    let names = arms.iter().map(|arm| text_width(&arm.arm, TEXT, true));
    let left = MARGIN + names.fold(0.0, f64::max).min(90.0) + 2.0 + 28.0;
    let (width, gap, height) = (2.0 * COLUMN, 7.0, 52.0);
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
pub(crate) fn scatter_data(arms: &[ArmPoints]) -> Result<Vec<u8>, ReportError> {
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

/// The distribution: for each arm a box for each recorded epoch.
pub(crate) fn quantiles(report: &Report, found: &DiagnosticsReport) -> Scene {
    let epochs = found.epochs();
    let line = 7.5;
    let row = line * epochs.len() as f64 + 6.0;
    let names = found.arms.iter().map(|arm| text_width(&arm.arm, TEXT, false));
    let numbers = epochs.iter().map(|epoch| text_width(&epoch.to_string(), SMALL, false)).fold(0.0, f64::max);
    let names_end = MARGIN + names.fold(0.0, f64::max).min(COLUMN / 2.8);
    let (left, right) = (names_end + numbers + 10.0, COLUMN - MARGIN - 4.0);
    let bottom = TOP + row * found.arms.len() as f64;
    let mut scene = Scene::new(COLUMN, bottom + 33.0);
    let within = COLUMN - 2.0 * MARGIN;
    let title = "How arms rescale gradients: omega";
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(within));
    let setting = format!("{}, {}, {}", report.data_set, found.comparison.name(), found.seeds());
    let remark = format!("{setting}; boxes: 20–80% of examples, lines: 10–90%");
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(within));
    let deciles = found.arms.iter().flat_map(|arm| arm.rescaling.iter().flat_map(|r| [r.deciles[0], r.deciles[8]]));
    let (low, high) = axis::range(deciles.filter(|v| v.is_finite()).chain([1.0])).unwrap_or((0.0, 1.0));
    let scale = Scale::around(signed_log(low), signed_log(high), (left, right));
    let words: Vec<String> = epochs.iter().map(usize::to_string).collect();
    let names =
        [format!("omega after epoch {}", list(&words)), "logarithmic beyond 1; line at 1: hard labels".to_owned()];
    for tick in ticks(&scale, 18.0) {
        let x = scale.at(signed_log(tick));
        scene.line((x, TOP - 2.0), (x, bottom), 0.5, GRID);
        let number = Label::new(tick_words(tick), (x, bottom + 8.0), Align::Middle);
        scene.text(number.sized(SMALL).coloured(GREY));
    }
    for (name, y) in names.into_iter().zip([17.0, 26.0]) {
        let at = ((left + right) / 2.0, bottom + y);
        scene.text(Label::new(name, at, Align::Middle).sized(SMALL).coloured(GREY));
    }
    scene.line((left, bottom), (right, bottom), 0.6, RULE);
    let one = scale.at(signed_log(1.0));
    scene.line((one, TOP - 2.0), (one, bottom), 0.7, GREY);
    for (i, arm) in found.arms.iter().enumerate() {
        let top = TOP + row * i as f64 + 3.0;
        let colour = style::arm_colour(&arm.arm);
        let middle = top + line * epochs.len() as f64 / 2.0;
        let label = Label::new(&arm.arm, (names_end, middle + 2.6), Align::Right);
        scene.text(label.within(names_end - MARGIN));
        for (j, epoch) in epochs.iter().enumerate() {
            let y = top + line * (j as f64 + 0.5);
            let number = Label::new(epoch.to_string(), (left - 4.0, y + 2.3), Align::Right);
            scene.text(number.sized(SMALL).coloured(GREY));
            let Some(found) = arm.rescaling.iter().find(|r| r.epoch == *epoch) else { continue };
            let at = |i: usize| scale.at(signed_log(found.deciles[i]));
            scene.line((at(0), y), (at(8), y), 0.8, colour);
            let (a, b) = (at(1), at(7));
            scene.area(vec![(a, y - 2.4), (b, y - 2.4), (b, y + 2.4), (a, y + 2.4)], PAPER);
            scene.area(vec![(a, y - 2.4), (b, y - 2.4), (b, y + 2.4), (a, y + 2.4)], colour.faint(0.45));
            scene.line((at(4), y - 2.6), (at(4), y + 2.6), 1.3, colour);
        }
    }
    scene
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
    fn ticks_are_powers_of_ten_of_both_signs_and_finer_in_a_narrow_range() {
        let scale = |low: f64, high: f64| Scale { values: (signed_log(low), signed_log(high)), places: (0.0, 100.0) };
        assert_eq!(ticks(&scale(-2500.0, 160.0), 12.0), [-1000.0, -100.0, -10.0, 0.0, 10.0, 100.0]);
        assert_eq!(ticks(&scale(-0.7, 3.0), 5.0), [-0.5, 0.0, 0.5, 1.0, 2.0]);
        assert_eq!(ticks(&scale(0.2, 0.3), 5.0), [0.0; 0]);
    }

    #[test]
    fn omega_s_range_holds_one_and_leaves_single_examples_out() {
        let values = (0..1000).map(|i| if i == 0 { 1e6 } else { 0.5 + f64::from(i) / 2000.0 });
        let (low, high) = omega_range(values);
        assert!(low > 0.4 && low < 0.6 && high == 1.1);
    }
}
