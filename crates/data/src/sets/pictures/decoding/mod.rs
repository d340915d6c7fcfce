//! From the bytes of a PNG, JPEG or WebP file to red, green and blue of one size.

use std::io::Cursor;

use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};

use super::block::{SIDE, Stored};

/// How pictures differ from eight bits of red, green and blue in the wanted size: how many of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Differences {
    /// Without colour.
    pub(super) grey: usize,
    /// With transparency, which is left out.
    pub(super) transparent: usize,
    /// With 16 bits a channel.
    pub(super) deep: usize,
    /// In inks (CMYK).
    pub(super) inks: usize,
    /// Turned or mirrored by what their EXIF data say.
    pub(super) turned: usize,
    /// Of another size than the wanted one.
    pub(super) resized: usize,
}

impl Differences {
    pub(super) fn add(&mut self, other: Self) {
        self.grey += other.grey;
        self.transparent += other.transparent;
        self.deep += other.deep;
        self.inks += other.inks;
        self.turned += other.turned;
        self.resized += other.resized;
    }
}

/// Why a picture cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// In words that complete "it ...".
    Damaged(String),
    /// Another height and width than the first one's, and no size is wanted.
    OtherSize([usize; 2]),
}

/// How pictures become one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizing {
    /// All have this height and width.
    All([usize; 2]),
    /// The shorter side becomes this long, and the middle of the longer one is kept.
    Fitted(usize),
}

impl Sizing {
    /// Height and width of every picture.
    pub(super) fn size(self) -> [usize; 2] {
        match self {
            Self::All(size) => size,
            Self::Fitted(side) => [side; 2],
        }
    }
}

/// Height and width of a stored picture, as people see it.
pub(super) fn size_of(stored: &Stored<'_>) -> Result<[usize; 2], String> {
    match stored {
        Stored::Planes(_) => Ok([SIDE; 2]),
        Stored::Encoded(bytes) => decoded(bytes).map(|(image, _)| size(&image)),
    }
}

/// Decodes a picture into its planes: red, then green, then blue.
pub(super) fn decode_into(
    planes: &mut [u8],
    stored: Result<Stored<'_>, String>,
    sizing: Sizing,
) -> Result<Differences, Fault> {
    let (image, mut differences) = match stored.map_err(Fault::Damaged)? {
        Stored::Planes(bytes) if sizing.size() == [SIDE; 2] => {
            planes.copy_from_slice(bytes);
            return Ok(Differences::default());
        }
        Stored::Planes(bytes) => (interleaved(bytes), Differences::default()),
        Stored::Encoded(bytes) => decoded(&bytes).map_err(Fault::Damaged)?,
    };
    let found = size(&image);
    let image = match sizing {
        _ if found == sizing.size() => image,
        Sizing::All(_) => return Err(Fault::OtherSize(found)),
        Sizing::Fitted(side) => {
            differences.resized = 1;
            fitted(&image, side as u32)
        }
    };
    let (red, rest) = planes.split_at_mut(planes.len() / 3);
    let (green, blue) = rest.split_at_mut(red.len());
    let colours = red.iter_mut().zip(green).zip(blue);
    for (((red, green), blue), pixel) in colours.zip(image.as_raw().chunks_exact(3)) {
        (*red, *green, *blue) = (pixel[0], pixel[1], pixel[2]);
    }
    Ok(differences)
}

fn size(image: &RgbImage) -> [usize; 2] {
    [image.height() as usize, image.width() as usize]
}

/// Pixel by pixel instead of plane by plane.
fn interleaved(planes: &[u8]) -> RgbImage {
    let plane = SIDE * SIDE;
    let pixels = (0..plane).flat_map(|at| [planes[at], planes[plane + at], planes[2 * plane + at]]).collect();
    RgbImage::from_raw(SIDE as u32, SIDE as u32, pixels).expect("three planes")
}

/// The shorter side becomes `side` pixels long (bilinear, smoothed where it shrinks), then the middle is cut out: as
/// torchvision's `Resize` and `CenterCrop` round.
fn fitted(image: &RgbImage, side: u32) -> RgbImage {
    let (width, height) = image.dimensions();
    let longer = |length: u32, shorter: u32| (u64::from(side) * u64::from(length) / u64::from(shorter)) as u32;
    let (width, height) = if width <= height { (side, longer(height, width)) } else { (longer(width, height), side) };
    let resized = imageops::resize(image, width, height, FilterType::Triangle);
    let middle = |length: u32| (f64::from(length - side) / 2.0).round_ties_even() as u32;
    imageops::crop_imm(&resized, middle(width), middle(height), side, side).to_image()
}

fn decoded(bytes: &[u8]) -> Result<(RgbImage, Differences), String> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    match reader.format() {
        _ if bytes.is_empty() => return Err("is empty".to_owned()),
        Some(ImageFormat::Png | ImageFormat::WebP) => {}
        Some(ImageFormat::Jpeg) if jpeg_ends(bytes) => {}
        Some(ImageFormat::Jpeg) => return Err("is a truncated JPEG file".to_owned()),
        _ => return Err("is no PNG, JPEG or WebP picture".to_owned()),
    }
    let why = |error: image::ImageError| format!("cannot be decoded ({})", error.to_string().trim_end_matches('.'));
    let mut decoder = reader.into_decoder().map_err(why)?;
    let read = decoder.color_type();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(why)?;
    if image.width() == 0 || image.height() == 0 {
        return Err("has no pixels".to_owned());
    }
    let differences = Differences {
        grey: usize::from(!read.has_color()),
        transparent: usize::from(read.has_alpha()),
        deep: usize::from(matches!(read, ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16)),
        inks: usize::from(jpeg_components(bytes) == Some(4)),
        turned: usize::from(orientation != Orientation::NoTransforms),
        resized: 0,
    };
    image.apply_orientation(orientation);
    Ok((image.into_rgb8(), differences))
}

/// How many colours a JPEG file has: four are inks. `None` of other files.
fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, ..] = *rest else { return None };
        // The frame's head: precision, height and width come before its components.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return rest.get(9).copied();
        }
        rest = rest.get(2 + usize::from(u16::from_be_bytes([high, low]))..)?;
    }
}

/// Whether the last scan of a JPEG file has an end. The decoder fills up what is missing; a thumbnail inside has scans and
/// an end of its own, before the picture's.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|pair| pair == marker);
    let (scan, end) = (last([0xff, 0xda]), last([0xff, 0xd9]));
    scan.is_some() && scan < end
}

#[cfg(test)]
mod tests;
