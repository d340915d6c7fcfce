//! Random views of pictures: crops, flips and cutouts, drawn from the seed's own stream.
//!
//! An epoch's views are drawn for all examples at once, in their order: what an example looks like in an epoch does not
//! depend on the batch in which it is seen, and a teacher can be asked about any of them.

use fractionate_records::{Padding, Seed, ViewsConfig};

use crate::{ExampleShape, Purpose, RandomStream};

/// The views of an epoch, one for each example.
#[derive(Debug, Clone)]
pub struct EpochViews {
    config: ViewsConfig,
    draws: Vec<Draw>,
}

/// What is drawn for an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Draw {
    /// Where the crop begins in the padded picture.
    top: usize,
    left: usize,
    is_flipped: bool,
    /// The pixel around which the square of a cutout lies.
    cut: (usize, usize),
}

impl EpochViews {
    /// The views of `examples` pictures in an epoch (from 1).
    ///
    /// # Panics
    /// If the examples are no pictures.
    pub fn draw(config: ViewsConfig, shape: ExampleShape, examples: usize, seed: Seed, epoch: usize) -> Self {
        let (height, width) = shape.picture.expect("a suite is checked: only pictures have views");
        let mut stream = RandomStream::new(seed, Purpose::View, epoch as u64);
        let places = 2 * config.crop_padding as u64 + 1;
        let mut one = || Draw {
            top: stream.below(places) as usize,
            left: stream.below(places) as usize,
            // Drawn whether it is used or not: two configurations that differ in one thing share the rest.
            is_flipped: stream.below(2) == 1 && config.flip,
            cut: (stream.below(height as u64) as usize, stream.below(width as u64) as usize),
        };
        let draws = (0..examples).map(|_| one()).collect();
        Self { config, draws }
    }

    /// Writes the view of an example. `picture` and `out` hold its channels, each row by row; `black` is what a black
    /// pixel is in each channel.
    ///
    /// # Panics
    /// If the lengths are not those of such a picture, or there is no such example.
    pub fn apply(&self, example: usize, shape: ExampleShape, black: &[f32], picture: &[f32], out: &mut [f32]) {
        let (height, width) = shape.picture.expect("pictures");
        let draw = self.draws[example];
        let plane = height * width;
        assert!(picture.len() == out.len() && out.len() == black.len() * plane);
        let channels = picture.chunks_exact(plane).zip(out.chunks_exact_mut(plane)).zip(black);
        for ((from, to), &black) in channels {
            for (y, row) in to.chunks_exact_mut(width).enumerate() {
                self.row(&draw, y, (height, width), from, black, row);
            }
        }
    }

    /// A row of one channel's view.
    fn row(&self, draw: &Draw, y: usize, (height, width): (usize, usize), from: &[f32], black: f32, row: &mut [f32]) {
        let padding = self.config.crop_padding;
        match source(y + draw.top, padding, height, self.config.padding) {
            None => row.fill(black),
            Some(y) => {
                let line = &from[y * width..][..width];
                // The picture's columns that the crop shows lie side by side; what is left on either side is padding.
                let first = padding.saturating_sub(draw.left).min(width);
                let last = (padding + width).saturating_sub(draw.left).min(width);
                let begin = (first + draw.left).saturating_sub(padding);
                row[first..last].copy_from_slice(&line[begin..][..last - first]);
                for x in (0..first).chain(last..width) {
                    row[x] = source(x + draw.left, padding, width, self.config.padding).map_or(black, |x| line[x]);
                }
            }
        }
        if draw.is_flipped {
            row.reverse();
        }
        let half = self.config.cutout / 2;
        let square = |centre: usize, size: usize| {
            centre.saturating_sub(half)..(centre + self.config.cutout).saturating_sub(half).min(size)
        };
        if square(draw.cut.0, height).contains(&y) {
            row[square(draw.cut.1, width)].fill(black);
        }
    }
}

/// The place in a picture of a place in the padded picture; `None` for black.
fn source(place: usize, padding: usize, size: usize, kind: Padding) -> Option<usize> {
    let inside = (padding..padding + size).contains(&place);
    match kind {
        _ if inside => Some(place - padding),
        Padding::Zeros => None,
        // The edge itself is not repeated, as with PyTorch's padding of this name.
        Padding::Reflect if place < padding => Some(padding - place),
        Padding::Reflect => Some(2 * (size - 1) + padding - place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ExampleShape = ExampleShape { features: 2 * 4 * 5, picture: Some((4, 5)), classes: 2 };
    const BLACK: [f32; 2] = [-1.0, -2.0];

    fn config(crop_padding: usize, flip: bool, cutout: usize) -> ViewsConfig {
        ViewsConfig { crop_padding, padding: Padding::Zeros, flip, cutout }
    }

    fn picture() -> Vec<f32> {
        (0..SHAPE.features).map(|i| i as f32).collect()
    }

    fn views(config: ViewsConfig, examples: usize, epoch: usize) -> Vec<Vec<f32>> {
        let views = EpochViews::draw(config, SHAPE, examples, Seed(3), epoch);
        let one = |example| {
            let mut out = vec![f32::NAN; SHAPE.features];
            views.apply(example, SHAPE, &BLACK, &picture(), &mut out);
            out
        };
        (0..examples).map(one).collect()
    }

    /// The view written out pixel by pixel.
    fn slowly(config: ViewsConfig, draw: Draw) -> Vec<f32> {
        let (height, width) = (4isize, 5isize);
        let (padding, half) = (config.crop_padding as isize, (config.cutout / 2) as isize);
        let mut out = Vec::new();
        for channel in 0..2isize {
            for y in 0..height {
                for x in 0..width {
                    let seen = if draw.is_flipped { width - 1 - x } else { x };
                    let (mut v, mut u) = (y + draw.top as isize - padding, seen + draw.left as isize - padding);
                    if config.padding == Padding::Reflect {
                        let mirrored = |at: isize, size: isize| {
                            if at < 0 {
                                -at
                            } else if at >= size {
                                2 * size - 2 - at
                            } else {
                                at
                            }
                        };
                        (v, u) = (mirrored(v, height), mirrored(u, width));
                    }
                    let within = |at: isize, centre: usize| {
                        let first = centre as isize - half;
                        at >= first && at < first + config.cutout as isize
                    };
                    let is_black = !(0..height).contains(&v) || !(0..width).contains(&u);
                    let is_cut = within(y, draw.cut.0) && within(x, draw.cut.1);
                    let inside = || (channel * height * width + v * width + u) as f32;
                    out.push(if is_black || is_cut { BLACK[channel as usize] } else { inside() });
                }
            }
        }
        out
    }

    #[test]
    fn views_are_those_written_out_pixel_by_pixel() {
        for padding in [Padding::Zeros, Padding::Reflect] {
            for (crop_padding, flip, cutout) in
                [(0, false, 0), (2, false, 0), (3, true, 0), (1, true, 2), (0, false, 3)]
            {
                let config = ViewsConfig { padding, ..config(crop_padding, flip, cutout) };
                let drawn = EpochViews::draw(config, SHAPE, 200, Seed(3), 1);
                let expected: Vec<Vec<f32>> = drawn.draws.iter().map(|&draw| slowly(config, draw)).collect();
                assert_eq!(views(config, 200, 1), expected, "{config:?}");
            }
        }
    }

    #[test]
    fn every_place_and_both_directions_come_up_and_another_epoch_has_others() {
        let drawn = EpochViews::draw(config(2, true, 0), SHAPE, 500, Seed(0), 1);
        let places: std::collections::BTreeSet<_> = drawn.draws.iter().map(|d| (d.top, d.left, d.is_flipped)).collect();
        assert_eq!(places.len(), 50);
        assert_ne!(views(config(2, true, 0), 10, 1), views(config(2, true, 0), 10, 2));
        assert_eq!(views(config(2, true, 0), 10, 1), views(config(2, true, 0), 20, 1)[..10]);
    }

    #[test]
    fn a_flip_left_out_leaves_the_crops_as_they_are() {
        let places = |flip| {
            let drawn = EpochViews::draw(config(2, flip, 0), SHAPE, 50, Seed(0), 1);
            drawn.draws.iter().map(|draw| (draw.top, draw.left)).collect::<Vec<_>>()
        };
        assert_eq!(places(true), places(false));
    }
}
