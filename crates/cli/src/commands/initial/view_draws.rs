//! What is drawn for the views of every epoch, as arrays [epochs, examples, ...].

use fractionate_data::{Array, EpochMixing, EpochViews, ExampleShape, MixDraw, Numbers, Rectangle, ViewDraw};
use fractionate_records::{Padding, Seed, ViewsConfig};

/// An array with its name and what it holds.
pub(super) struct Drawn {
    pub(super) name: &'static str,
    pub(super) array: Array,
    pub(super) meaning: String,
}

/// The draws of `epochs` epochs: only what the configuration uses.
pub(super) fn view_draws(
    config: ViewsConfig,
    shape: ExampleShape,
    (epochs, examples): (usize, usize),
    seed: Seed,
) -> Vec<Drawn> {
    let mut arrays = Columns::default();
    for epoch in 1..=epochs {
        for draw in EpochViews::draw(config, shape, examples, seed, epoch).draws() {
            arrays.add_view(config, draw);
        }
        for draw in EpochMixing::draw(config, shape, examples, seed, epoch).iter().flat_map(EpochMixing::draws) {
            arrays.add_mixing(config, draw);
        }
    }
    let of = |name, numbers: Numbers, meaning: String| {
        let columns = numbers.len() / (epochs * examples).max(1);
        let shape = if columns == 1 { vec![epochs, examples] } else { vec![epochs, examples, columns] };
        Drawn { name, array: Array { shape, numbers }, meaning }
    };
    let around = match config.padding {
        Padding::Zeros => "black",
        Padding::Reflect => "mirrored",
    };
    let (side, half) = (config.cutout, config.cutout / 2);
    [
        of(
            "view_rectangle",
            Numbers::Integers(arrays.rectangles),
            "top, left, height, width of what is stretched to the picture's size (bilinear, pixel centres)".to_owned(),
        ),
        of(
            "view_crop",
            Numbers::Integers(arrays.crops),
            format!("top, left of the crop in the picture with {} {around} pixels around", config.crop_padding),
        ),
        of("view_flip", Numbers::Bytes(arrays.flips), "1 where the view is then turned left to right".to_owned()),
        of(
            "view_cutout",
            Numbers::Integers(arrays.cutouts),
            format!(
                "row, column of the centre of a black {side} x {side} square, which starts {half} pixels above and to the \
                 left"
            ),
        ),
        of(
            "mix_partner",
            Numbers::Integers(arrays.partners),
            "the training example with whose view the view is mixed last".to_owned(),
        ),
        of(
            "mix_share",
            Numbers::Float32(arrays.shares),
            "what the example itself counts, in its picture, label and soft target".to_owned(),
        ),
        of(
            "mix_rectangle",
            Numbers::Integers(arrays.mixed_rectangles),
            "top, left, height, width of what is the partner's; where it is empty, the two are blended".to_owned(),
        ),
    ]
    .into_iter()
    .filter(|drawn| !drawn.array.numbers.is_empty())
    .collect()
}

/// The numbers of all epochs; empty where the configuration does not use them.
#[derive(Default)]
struct Columns {
    rectangles: Vec<i64>,
    crops: Vec<i64>,
    flips: Vec<u8>,
    cutouts: Vec<i64>,
    partners: Vec<i64>,
    shares: Vec<f32>,
    mixed_rectangles: Vec<i64>,
}

impl Columns {
    fn add_view(&mut self, config: ViewsConfig, draw: &ViewDraw) {
        if let Some(Rectangle { top, left, height, width }) = draw.rectangle {
            self.rectangles.extend([top, left, height, width].map(|pixels| pixels as i64));
        } else if config.crop_padding > 0 {
            self.crops.extend([draw.top, draw.left].map(|pixels| pixels as i64));
        }
        if config.flip {
            self.flips.push(u8::from(draw.is_flipped));
        }
        if config.cutout > 0 {
            self.cutouts.extend([draw.cut.0, draw.cut.1].map(|pixel| pixel as i64));
        }
    }

    fn add_mixing(&mut self, config: ViewsConfig, draw: &MixDraw) {
        self.partners.push(draw.partner as i64);
        self.shares.push(draw.share);
        if config.cutmix.is_some() {
            self.mixed_rectangles.extend(of_partner(draw));
        }
    }
}

/// All zeros where the two are blended, or where no pixel is the partner's: its share is 0 then, and blending is the same.
fn of_partner(draw: &MixDraw) -> [i64; 4] {
    match &draw.rectangle {
        Some((rows, columns)) if !rows.is_empty() && !columns.is_empty() => {
            [rows.start, columns.start, rows.len(), columns.len()].map(|pixels| pixels as i64)
        }
        _ => [0; 4],
    }
}
