//! Points to where a row lies beyond the axis.

use crate::render::figures::drawing::axis::Scale;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{Colour, GREY, PAPER, SMALL};

/// Points to where an arm lies beyond the axis.
pub(crate) fn off_axis_arrow(scene: &mut Scene, scale: &Scale, mean: f64, y: f64, colour: Colour) {
    let below = mean < scale.values.0;
    let (edge, inward) = if below { (scale.places.0, 1.0) } else { (scale.places.1, -1.0) };
    let head = vec![(edge, y), (edge + 5.0 * inward, y - 3.0), (edge + 5.0 * inward, y + 3.0)];
    scene.area(head, colour);
    scene.line((edge + 5.0 * inward, y), (edge + 11.0 * inward, y), 1.2, colour);
    let (words, align) = ("off the axis", if below { Align::Left } else { Align::Right });
    let (start, end) = (edge + 13.0 * inward, edge + (15.0 + text_width(words, SMALL, false)) * inward);
    // Keeps the reference's line out of the words.
    scene.area(vec![(start, y - 4.0), (end, y - 4.0), (end, y + 4.0), (start, y + 4.0)], PAPER);
    scene.text(Label::new(words, (edge + 14.0 * inward, y + 2.3), align).sized(SMALL).coloured(GREY));
}
