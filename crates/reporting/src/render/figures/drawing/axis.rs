//! From values to places, and round numbers to write on an axis.

use fractionate_records::Metric;

use crate::numbers;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style;

/// A straight map from values to places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) values: (f64, f64),
    pub(crate) places: (f64, f64),
}

impl Scale {
    /// A scale with some room at both ends; a single value gets a range of its own.
    pub(crate) fn around(low: f64, high: f64, places: (f64, f64)) -> Self {
        let span = high - low;
        let room = if span > 0.0 { 0.06 * span } else { (0.01 * low.abs()).max(0.01) };
        Self { values: (low - room, high + room), places }
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = (value - self.values.0) / (self.values.1 - self.values.0);
        self.places.0 + share * (self.places.1 - self.places.0)
    }

    /// Round values inside, about `wanted` of them, and the decimals that they take.
    pub(crate) fn ticks(&self, wanted: usize) -> (Vec<f64>, usize) {
        let raw = (self.values.1 - self.values.0) / wanted as f64;
        let power = 10f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= raw * 0.999).unwrap_or(raw);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let first = (self.values.0 / step).ceil() as i64;
        let last = (self.values.1 / step).floor() as i64;
        ((first..=last).map(|i| i as f64 * step).collect(), decimals)
    }
}

/// A horizontal axis below a panel: grid lines through it, numbers and a name below.
pub(crate) fn below(scene: &mut Scene, scale: &Scale, top: f64, bottom: f64, name: &str, show: impl Fn(f64) -> f64) {
    let (ticks, decimals) = scale.ticks(5);
    for tick in ticks {
        let x = scale.at(tick);
        scene.line((x, top), (x, bottom), 0.5, style::GRID);
        let number = numbers::fixed(show(tick), decimals);
        scene.text(Label::new(number, (x, bottom + 8.0), Align::Middle).sized(style::SMALL).coloured(style::GREY));
    }
    let middle = (scale.places.0 + scale.places.1) / 2.0;
    scene.text(Label::new(name, (middle, bottom + 17.0), Align::Middle).sized(style::SMALL).coloured(style::GREY));
}

/// The smallest and the largest of some values; `None` without any.
pub(crate) fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

/// Whether each of some values lies near the bulk of them: within three times the middle half's width, or `least`.
///
/// One arm that collapsed would otherwise squeeze all others into a line.
pub(crate) fn near_the_bulk(values: &[f64], least: f64) -> Vec<bool> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    let (low, high) = (sorted[last / 4], sorted[last - last / 4]);
    let reach = (3.0 * (high - low)).max(least);
    values.iter().map(|v| (low - reach..=high + reach).contains(v)).collect()
}

/// How far an arm may always lie from the others, in the metric's unit: what the eye still compares.
pub(crate) fn least_reach(metric: Metric) -> f64 {
    match metric {
        Metric::TestAccuracy => 3.0,
        Metric::TestNll => 0.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let scale = Scale { values: (80.93, 83.71), places: (0.0, 100.0) };
        assert_eq!(scale.ticks(4), (vec![81.0, 82.0, 83.0], 0));
        let scale = Scale { values: (-0.031, 0.112), places: (0.0, 100.0) };
        let (ticks, decimals) = scale.ticks(4);
        let words: Vec<String> = ticks.iter().map(|t| numbers::fixed(*t, decimals)).collect();
        assert_eq!(words, ["0.00", "0.05", "0.10"]);
    }

    #[test]
    fn a_single_value_gets_a_scale() {
        let scale = Scale::around(81.0, 81.0, (0.0, 100.0));
        assert_eq!(scale.at(81.0), 50.0);
        let zero = Scale::around(0.0, 0.0, (0.0, 100.0));
        assert!(zero.at(0.0).is_finite() && zero.ticks(4).0.contains(&0.0));
    }

    #[test]
    fn a_collapsed_arm_is_not_near_the_bulk() {
        assert_eq!(near_the_bulk(&[81.1, 18.2, 82.0, 83.5, 81.5], 0.5), [true, false, true, true, true]);
        assert_eq!(near_the_bulk(&[1.0], 0.5), [true]);
    }
}
