//! Pixels as a PNG file that knows its resolution.

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, FilterType, PixelDimensions, Unit};

/// Encodes 8-bit RGB pixels, row by row; the same pixels give the same bytes.
///
/// # Errors
/// If `rgb` does not hold width x height pixels.
pub(crate) fn encode(rgb: &[u8], width: usize, height: usize, dots_per_inch: f64) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Default);
    // Flat areas with sharp edges pack best as they are.
    encoder.set_filter(FilterType::NoFilter);
    let dots_per_metre = (dots_per_inch / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: dots_per_metre, yppu: dots_per_metre, unit: Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgb)?;
    writer.finish()?;
    Ok(bytes)
}
