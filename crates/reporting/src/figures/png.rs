//! Pixels as a PNG file that knows its resolution.

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};

/// Encodes 8-bit RGB pixels; the same pixels give the same bytes.
pub(crate) fn encode(rgb: &[u8], width: usize, height: usize, dots_per_inch: f64) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    // 8 bits a channel, RGB, deflate, usual filters, not interlaced.
    header.extend([8, 2, 0, 0, 0]);

    let dots_per_metre = (dots_per_inch / 0.0254).round() as u32;
    let mut resolution = Vec::new();
    resolution.extend(dots_per_metre.to_be_bytes());
    resolution.extend(dots_per_metre.to_be_bytes());
    resolution.push(1);

    let mut lines = ZlibEncoder::new(Vec::new(), Compression::default());
    for line in rgb.chunks_exact(3 * width) {
        // A filter byte of 0: the line as it is.
        lines.write_all(&[0]).and_then(|()| lines.write_all(line)).expect("writing to memory does not fail");
    }
    let lines = lines.finish().expect("writing to memory does not fail");

    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [(b"IHDR", &header), (b"pHYs", &resolution), (b"IDAT", &lines), (b"IEND", &Vec::new())] {
        let mut crc = Crc::new();
        crc.update(name);
        crc.update(data);
        png.extend((data.len() as u32).to_be_bytes());
        png.extend(name);
        png.extend(data);
        png.extend(crc.sum().to_be_bytes());
    }
    png
}
