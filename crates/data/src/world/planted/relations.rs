//! The relations between classes that planted tables share: a class of the label's super-class gets three times what
//! any other gets.

use super::super::WorldOptions;

/// What class k gets besides the label t, in units: 3 inside the super-class, 1 across, 0 for the label itself.
fn units(options: &WorldOptions, t: usize, k: usize) -> f64 {
    match (t == k, options.super_class_of(t) == options.super_class_of(k)) {
        (true, _) => 0.0,
        (_, true) => 3.0,
        (_, false) => 1.0,
    }
}

/// Units in a row: 3 (S - 1) + (K - S).
fn units_of_row(options: &WorldOptions) -> f64 {
    (3 * (options.sub_classes - 1) + options.classes() - options.sub_classes) as f64
}

/// The largest power of two of which `parts` are at most one half.
pub(super) fn unit_of(parts: f64) -> f64 {
    let mut unit = 0.5;
    while parts * unit > 0.5 {
        unit /= 2.0;
    }
    unit
}

/// Appends the row of label t with units of the size `share` times the largest: `share` is a power of two, at most 1.
pub(super) fn push_related(rows: &mut Vec<f64>, options: &WorldOptions, t: u16, share: f64) {
    let t = usize::from(t);
    let total = units_of_row(options);
    let unit = unit_of(total) * share;
    let start = rows.len();
    rows.extend((0..options.classes()).map(|k| units(options, t, k) * unit));
    rows[start + t] = 1.0 - total * unit;
}
