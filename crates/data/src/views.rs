//! Random views of pictures: crops, flips, stretched rectangles and cutouts, drawn from the seed's own streams.
//!
//! An epoch's views are drawn for all examples at once, in their order: what an example looks like in an epoch does not
//! depend on the batch in which it is seen, and a teacher can be asked about any of them.

use fractionate_records::{Padding, Seed, ViewsConfig};

use crate::{ExampleShape, Purpose, RandomStream};

/// The views of an epoch, one for each example.
#[derive(Debug, Clone)]
pub struct EpochViews {
    config: ViewsConfig,
    draws: Vec<ViewDraw>,
}

/// What is drawn for an example's view. The crop or the rectangle comes first, then the flip, then the cutout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewDraw {
    /// The row of the padded picture at which the crop begins.
    pub top: usize,
    /// The column of the padded picture at which the crop begins.
    pub left: usize,
    /// Whether the view is turned left to right.
    pub is_flipped: bool,
    /// Row and column of the view's pixel around which the square of a cutout lies.
    pub cut: (usize, usize),
    /// What is stretched to the size of the picture in place of a crop, if anything is.
    pub rectangle: Option<Rectangle>,
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rectangle {
    /// Its first row.
    pub top: usize,
    /// Its first column.
    pub left: usize,
    /// Its rows.
    pub height: usize,
    /// Its columns.
    pub width: usize,
}

impl EpochViews {
    /// The views of `examples` pictures in an epoch (from 1).
    ///
    /// # Panics
    /// If the examples are no pictures.
    pub fn draw(config: ViewsConfig, shape: ExampleShape, examples: usize, seed: Seed, epoch: usize) -> Self {
        let (height, width) = shape.picture.expect("a suite is checked: only pictures have views");
        let mut stream = RandomStream::new(seed, Purpose::View, epoch as u64);
        let mut rectangles = RandomStream::new(seed, Purpose::ResizedCrop, epoch as u64);
        let places = 2 * config.crop_padding as u64 + 1;
        let mut one = || ViewDraw {
            top: stream.below(places) as usize,
            left: stream.below(places) as usize,
            // Drawn whether it is used or not: two configurations that differ in one thing share the rest.
            is_flipped: stream.below(2) == 1 && config.flip,
            cut: (stream.below(height as u64) as usize, stream.below(width as u64) as usize),
            rectangle: config.resized_crop.map(|shares| Rectangle::draw(&mut rectangles, (height, width), shares)),
        };
        let draws = (0..examples).map(|_| one()).collect();
        Self { config, draws }
    }

    /// What was drawn, example by example.
    pub fn draws(&self) -> &[ViewDraw] {
        &self.draws
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
    fn row(
        &self,
        draw: &ViewDraw,
        y: usize,
        (height, width): (usize, usize),
        from: &[f32],
        black: f32,
        row: &mut [f32],
    ) {
        let padding = self.config.crop_padding;
        if let Some(rectangle) = draw.rectangle {
            rectangle.stretched_row(y, (height, width), from, row);
        } else {
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

/// The narrowest and the widest rectangle, width over height.
const ASPECTS: (f64, f64) = (3.0 / 4.0, 4.0 / 3.0);

impl Rectangle {
    /// One whose area is a uniform share of the picture's and whose aspect is uniform on a logarithmic scale. Where ten do not
    /// fit into the picture it is the largest in its middle, as torchvision's `RandomResizedCrop` does it.
    fn draw(stream: &mut RandomStream, (height, width): (usize, usize), (least, most): (f64, f64)) -> Self {
        let (narrowest, widest) = (libm::log(ASPECTS.0), libm::log(ASPECTS.1));
        for _ in 0..10 {
            let area = (least + (most - least) * stream.uniform()) * (height * width) as f64;
            let aspect = libm::exp(narrowest + (widest - narrowest) * stream.uniform());
            let [w, h] = [area * aspect, area / aspect].map(|square| (square.sqrt().round() as usize).max(1));
            if w <= width && h <= height {
                let [top, left] = [height - h, width - w].map(|rest| stream.below(rest as u64 + 1) as usize);
                return Self { top, left, height: h, width: w };
            }
        }
        let aspect = (width as f64 / height as f64).clamp(ASPECTS.0, ASPECTS.1);
        let w = width.min((height as f64 * aspect).round() as usize).max(1);
        let h = height.min((width as f64 / aspect).round() as usize).max(1);
        Self { top: (height - h) / 2, left: (width - w) / 2, height: h, width: w }
    }

    /// A row of the rectangle stretched to the picture's size, bilinear, pixels taken at their centres.
    fn stretched_row(&self, y: usize, (height, width): (usize, usize), from: &[f32], row: &mut [f32]) {
        let (above, below, down) = between(y, height, self.height);
        let line = |of: usize| &from[(self.top + of) * width + self.left..][..self.width];
        let (above, below) = (line(above), line(below));
        for (x, pixel) in row.iter_mut().enumerate() {
            let (left, right, across) = between(x, width, self.width);
            let blend = |line: &[f32]| line[left] + across * (line[right] - line[left]);
            let (above, below) = (blend(above), blend(below));
            *pixel = above + down * (below - above);
        }
    }
}

/// Between which of `size` pixels the centre of a pixel lies when `size` are stretched to `stretched`, and how far along.
fn between(pixel: usize, stretched: usize, size: usize) -> (usize, usize, f32) {
    let place = ((pixel as f64 + 0.5) * size as f64 / stretched as f64 - 0.5).max(0.0);
    let first = (place as usize).min(size - 1);
    (first, (first + 1).min(size - 1), (place - first as f64) as f32)
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
        ViewsConfig { crop_padding, flip, cutout, ..ViewsConfig::default() }
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
    fn slowly(config: ViewsConfig, draw: ViewDraw) -> Vec<f32> {
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

    /// A picture whose pixel is linear in its place: stretched, it stays linear but for half a pixel at the edges.
    #[test]
    fn a_stretched_rectangle_of_a_ramp_is_a_ramp_of_the_rectangle() {
        let (height, width) = (4, 5);
        let ramp: Vec<f32> = (0..height * width).map(|at| (3 * (at / width) + at % width) as f32).collect();
        let shape = ExampleShape { features: height * width, picture: Some((height, width)), classes: 2 };
        let config = ViewsConfig { resized_crop: Some((0.3, 1.0)), ..ViewsConfig::default() };
        let drawn = EpochViews::draw(config, shape, 300, Seed(3), 1);
        for (example, draw) in drawn.draws.iter().enumerate() {
            let Rectangle { top, left, height: h, width: w } = draw.rectangle.unwrap();
            assert!(top + h <= height && left + w <= width);
            let mut out = vec![f32::NAN; height * width];
            drawn.apply(example, shape, &[0.0], &ramp, &mut out);
            for (at, &pixel) in out.iter().enumerate() {
                let centre = |n: usize, from: usize, to: usize| {
                    ((n as f64 + 0.5) * from as f64 / to as f64 - 0.5).clamp(0.0, (from - 1) as f64)
                };
                let expected =
                    3.0 * (top as f64 + centre(at / width, h, height)) + left as f64 + centre(at % width, w, width);
                assert!((f64::from(pixel) - expected).abs() < 1e-5, "{draw:?}: {pixel}, {expected}");
            }
        }
        let areas: std::collections::BTreeSet<usize> =
            drawn.draws.iter().map(|d| d.rectangle.unwrap()).map(|r| r.height * r.width).collect();
        assert!(areas.len() > 3 && *areas.first().unwrap() >= 4, "{areas:?}");
    }

    #[test]
    fn a_rectangle_of_the_whole_area_is_the_picture_itself_where_no_other_fits() {
        let shape = ExampleShape { features: 16, picture: Some((4, 4)), classes: 2 };
        let config = ViewsConfig { resized_crop: Some((1.0, 1.0)), ..ViewsConfig::default() };
        let picture: Vec<f32> = (0..16).map(|i| i as f32).collect();
        let drawn = EpochViews::draw(config, shape, 50, Seed(3), 1);
        for example in 0..50 {
            let mut out = vec![f32::NAN; 16];
            drawn.apply(example, shape, &[0.0], &picture, &mut out);
            assert!(drawn.draws[example].rectangle.unwrap().height < 4 || out == picture);
        }
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
