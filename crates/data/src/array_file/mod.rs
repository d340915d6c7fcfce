//! Arrays of numbers as other programs write them: `.npy` and `.npz` (NumPy), and safetensors.

mod error;
mod file;
mod npy;
mod npz;
mod tensors;
mod zip;

pub use error::ArrayError;
pub use file::read_arrays;
pub use npy::{npy_file, read_npy};
pub use npz::read_npz;
pub use tensors::{Tensors, read_safetensors, safetensors_file};
pub use zip::{ZipEntry, zip_entries};

/// An array in row-major order, the last axis running fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// As many numbers as the shape asks.
    pub numbers: Numbers,
}

/// An array's numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    /// 32-bit floating point.
    Float32(Vec<f32>),
    /// 64-bit floating point.
    Float64(Vec<f64>),
    /// Whole numbers of 0 to 255, as pictures have them.
    Bytes(Vec<u8>),
    /// Other whole numbers.
    Integers(Vec<i64>),
}

impl Numbers {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Float32(values) => values.len(),
            Self::Float64(values) => values.len(),
            Self::Bytes(values) => values.len(),
            Self::Integers(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their kind as messages name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Float32(_) => "float32",
            Self::Float64(_) => "float64",
            Self::Bytes(_) => "uint8",
            Self::Integers(_) => "whole numbers",
        }
    }
}

/// The types of numbers that files may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NumberType {
    Float16,
    BFloat16,
    Float32,
    Float64,
    Bool,
    Unsigned { bytes: usize },
    Signed { bytes: usize },
}

impl NumberType {
    fn bytes(self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Float16 | Self::BFloat16 => 2,
            Self::Float32 => 4,
            Self::Float64 => 8,
            Self::Unsigned { bytes } | Self::Signed { bytes } => bytes,
        }
    }

    /// The numbers of a little-endian block of whole numbers.
    fn read(self, bytes: &[u8]) -> Result<Numbers, ArrayError> {
        let words = bytes.chunks_exact(self.bytes());
        Ok(match self {
            Self::Float32 => Numbers::Float32(words.map(|w| f32::from_le_bytes(whole(w))).collect()),
            Self::Float64 => Numbers::Float64(words.map(|w| f64::from_le_bytes(whole(w))).collect()),
            Self::Float16 => Numbers::Float32(words.map(|w| from_half(u16::from_le_bytes(whole(w)))).collect()),
            Self::BFloat16 => {
                // The upper half of a float32.
                let wide = |w| f32::from_bits(u32::from(u16::from_le_bytes(whole(w))) << 16);
                Numbers::Float32(words.map(wide).collect())
            }
            Self::Bool | Self::Unsigned { bytes: 1 } => Numbers::Bytes(bytes.to_vec()),
            Self::Unsigned { .. } => {
                let read: Option<Vec<i64>> =
                    words.map(|w| i64::try_from(u64::from_le_bytes(widened(w, 0))).ok()).collect();
                Numbers::Integers(read.ok_or(ArrayError::TooLarge)?)
            }
            Self::Signed { .. } => {
                let sign = |w: &[u8]| if w[w.len() - 1] & 0x80 == 0 { 0 } else { 0xff };
                Numbers::Integers(words.map(|w| i64::from_le_bytes(widened(w, sign(w)))).collect())
            }
        })
    }
}

/// The number of an IEEE 754 float16: every one is a float32, too.
fn from_half(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        0x1f if fraction == 0.0 => f32::INFINITY,
        0x1f => f32::NAN,
        _ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

fn whole<const N: usize>(word: &[u8]) -> [u8; N] {
    word.try_into().expect("chunks have the word's length")
}

/// A little-endian word of up to 8 bytes with `fill` above it.
fn widened(word: &[u8], fill: u8) -> [u8; 8] {
    let mut wide = [fill; 8];
    wide[..word.len()].copy_from_slice(word);
    wide
}

/// The number of elements, if it is one that memory could hold.
fn elements(shape: &[usize]) -> Result<usize, ArrayError> {
    let product = shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
    product
        .filter(|&n| n <= isize::MAX as usize / 8)
        .ok_or_else(|| ArrayError::Header("its shape is beyond all memory".into()))
}
