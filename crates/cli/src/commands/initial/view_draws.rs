//! What is drawn for the views of every epoch, as arrays [epochs, examples, ...].

use fractionate_data::{Array, EpochMixing, EpochViews, ExampleShape, MixDraw, Numbers, Rectangle, ViewDraw};
use fractionate_records::{Seed, ViewsConfig};

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
    let views: Vec<EpochViews> =
        (1..=epochs).map(|epoch| EpochViews::draw(config, shape, examples, seed, epoch)).collect();
    let mixing: Vec<EpochMixing> =
        (1..=epochs).filter_map(|epoch| EpochMixing::draw(config, shape, examples, seed, epoch)).collect();
    let views = || views.iter().flat_map(EpochViews::draws);
    let mixed = || mixing.iter().flat_map(EpochMixing::draws);
    let integers = |name, columns: usize, numbers: Vec<i64>, meaning: String| {
        let shape = if columns == 1 { vec![epochs, examples] } else { vec![epochs, examples, columns] };
        Drawn { name, array: Array { shape, numbers: Numbers::Integers(numbers) }, meaning }
    };
    let mut drawn = Vec::new();
    if config.resized_crop.is_some() {
        let numbers = views().flat_map(|draw| corners(draw.rectangle)).collect();
        let meaning = "top, left, height, width of what is stretched to the picture's size (bilinear, pixel centres)";
        drawn.push(integers("view_rectangle", 4, numbers, meaning.to_owned()));
    } else if config.crop_padding > 0 {
        let numbers = views().flat_map(|draw| [draw.top as i64, draw.left as i64]).collect();
        let meaning = format!("top, left of the crop in the picture padded by {}", config.crop_padding);
        drawn.push(integers("view_crop", 2, numbers, meaning));
    }
    if config.flip {
        let numbers = Numbers::Bytes(views().map(|draw: &ViewDraw| u8::from(draw.is_flipped)).collect());
        let array = Array { shape: vec![epochs, examples], numbers };
        drawn.push(Drawn { name: "view_flip", array, meaning: "1 where it is then turned left to right".to_owned() });
    }
    if config.cutout > 0 {
        let numbers = views().flat_map(|draw| [draw.cut.0 as i64, draw.cut.1 as i64]).collect();
        let (side, half) = (config.cutout, config.cutout / 2);
        let meaning = format!("row, column: the square from {half} before it, {side} wide, is then black");
        drawn.push(integers("view_cutout", 2, numbers, meaning));
    }
    if config.mixes() {
        let partners = mixed().map(|draw| draw.partner as i64).collect();
        let meaning = "the training example with whose view it is mixed last";
        drawn.push(integers("mix_partner", 1, partners, meaning.to_owned()));
        let shares = Numbers::Float32(mixed().map(|draw| draw.share).collect());
        let array = Array { shape: vec![epochs, examples], numbers: shares };
        let meaning = "what the example itself counts, in its picture, label and soft target".to_owned();
        drawn.push(Drawn { name: "mix_share", array, meaning });
    }
    if config.cutmix.is_some() {
        let meaning = "top, left, height, width of what is the partner's; where it is empty, the two are blended";
        drawn.push(integers("mix_rectangle", 4, mixed().flat_map(of_partner).collect(), meaning.to_owned()));
    }
    drawn
}

fn corners(rectangle: Option<Rectangle>) -> [i64; 4] {
    let Rectangle { top, left, height, width } = rectangle.expect("every view has a rectangle where one is drawn");
    [top, left, height, width].map(|pixels| pixels as i64)
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
