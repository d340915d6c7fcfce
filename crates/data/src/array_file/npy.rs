//! NumPy's `.npy` files, versions 1 to 3 of the format (numpy.lib.format).
//!
//! A dozen lines of header are parsed by hand: the crates that read it bring a whole parser generator.

use super::{Array, ArrayError, NumberType, Numbers, elements};

const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads the bytes of a `.npy` file, in C's or Fortran's order, of either byte order.
///
/// # Errors
/// If they are no such file, cut off, or hold other things than plain numbers.
pub fn read_npy(bytes: &[u8]) -> Result<Array, ArrayError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(ArrayError::OtherFile(".npy"))?;
    let (header, data) = header_and_data(rest).ok_or_else(|| ArrayError::Header("it is cut off".into()))?;
    let Header { number, big_endian, fortran, shape } = Header::parse(header)?;
    let expected = elements(&shape)? * number.bytes();
    if data.len() != expected {
        return Err(ArrayError::WrongLength { shape, expected, found: data.len() });
    }
    let numbers = if big_endian { number.read(&swapped(data, number.bytes()))? } else { number.read(data)? };
    let numbers = if fortran { row_major(numbers, &shape) } else { numbers };
    Ok(Array { shape, numbers })
}

/// The header's text and what follows it.
fn header_and_data(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&major, rest) = rest.split_first()?;
    let (_minor, rest) = rest.split_first()?;
    let width = if major == 1 { 2 } else { 4 };
    let (length, rest) = rest.split_at_checked(width)?;
    let length = length.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte));
    rest.split_at_checked(length)
}

struct Header {
    number: NumberType,
    big_endian: bool,
    fortran: bool,
    shape: Vec<usize>,
}

impl Header {
    /// From a literal of Python: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    fn parse(header: &[u8]) -> Result<Self, ArrayError> {
        let text = std::str::from_utf8(header).map_err(|_| ArrayError::Header("it is not text".into()))?;
        let after = |key: &str| {
            let missing = || ArrayError::Header(format!("it has no `{key}`"));
            let start = text.find(&format!("'{key}':")).ok_or_else(missing)?;
            Ok(text[start + key.len() + 3..].trim_start())
        };
        let (number, big_endian) = number_type(after("descr")?)?;
        let fortran = match after("fortran_order")? {
            rest if rest.starts_with("False") => false,
            rest if rest.starts_with("True") => true,
            _ => return Err(ArrayError::Header("its `fortran_order` is neither True nor False".into())),
        };
        let shape = after("shape")?.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let lengths = shape.map(|(lengths, _)| lengths.split(',').map(str::trim).filter(|length| !length.is_empty()));
        let shape: Option<Vec<usize>> = lengths.and_then(|lengths| lengths.map(|length| length.parse().ok()).collect());
        let shape = shape.ok_or_else(|| ArrayError::Header("its `shape` is no list of lengths".into()))?;
        Ok(Self { number, big_endian, fortran, shape })
    }
}

/// The type of `'<f4', ...` and whether its bytes are in the other order.
fn number_type(descr: &str) -> Result<(NumberType, bool), ArrayError> {
    let word = descr.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).map(|(word, _)| word);
    let Some(word) = word else { return Err(ArrayError::OtherType("a record".into())) };
    let other = || ArrayError::OtherType(word.to_owned());
    let mut letters = word.chars();
    let (order, kind) = (letters.next(), letters.next());
    let bytes: usize = letters.as_str().parse().map_err(|_| other())?;
    let number = match (kind, bytes) {
        (Some('f'), 2) => NumberType::Float16,
        // What NumPy writes for a type that it has from an extension: bfloat16 is the one of two bytes.
        (Some('V'), 2) => NumberType::BFloat16,
        (Some('b'), 1) => NumberType::Bool,
        (Some('f'), 4) => NumberType::Float32,
        (Some('f'), 8) => NumberType::Float64,
        (Some('u'), 1 | 2 | 4 | 8) => NumberType::Unsigned { bytes },
        (Some('i'), 1 | 2 | 4 | 8) => NumberType::Signed { bytes },
        _ => return Err(other()),
    };
    match order {
        Some('<' | '|') => Ok((number, false)),
        Some('>') => Ok((number, true)),
        _ => Err(other()),
    }
}

fn swapped(data: &[u8], word: usize) -> Vec<u8> {
    data.chunks_exact(word).flat_map(|word| word.iter().rev().copied()).collect()
}

fn row_major(numbers: Numbers, shape: &[usize]) -> Numbers {
    match numbers {
        Numbers::Float32(values) => Numbers::Float32(turned(&values, shape)),
        Numbers::Float64(values) => Numbers::Float64(turned(&values, shape)),
        Numbers::Bytes(values) => Numbers::Bytes(turned(&values, shape)),
        Numbers::Integers(values) => Numbers::Integers(turned(&values, shape)),
    }
}

/// Values whose first axis runs fastest, in the order in which the last one does.
fn turned<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
    let mut index = vec![0usize; shape.len()];
    let mut turned = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        let at = index.iter().zip(shape).rev().fold(0, |at, (&i, &n)| at * n + i);
        turned.push(values[at]);
        for (i, &n) in index.iter_mut().zip(shape).rev() {
            *i += 1;
            if *i < n {
                break;
            }
            *i = 0;
        }
    }
    turned
}

/// The bytes of a `.npy` file that holds the array: floating point as it is, whole numbers as int64 (PyTorch has few
/// operations on the unsigned ones), bytes as uint8.
///
/// # Panics
/// If the array has not as many numbers as its shape asks.
pub fn npy_file(array: &Array) -> Vec<u8> {
    assert_eq!(array.numbers.len(), array.shape.iter().product::<usize>());
    let (descr, data): (&str, Vec<u8>) = match &array.numbers {
        Numbers::Float32(values) => ("<f4", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Numbers::Float64(values) => ("<f8", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Numbers::Bytes(values) => ("|u1", values.clone()),
        Numbers::Integers(values) => ("<i8", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
    };
    let lengths: Vec<String> = array.shape.iter().map(usize::to_string).collect();
    let comma = if lengths.len() == 1 { "," } else { "" };
    let mut header =
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}{comma}), }}", lengths.join(", "));
    // Magic, version, length and header together fill a multiple of 64 bytes, the last a line's end.
    let unpadded = MAGIC.len() + 4 + header.len() + 1;
    header.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    header.push('\n');
    let mut file = [MAGIC, &[1, 0]].concat();
    file.extend(u16::try_from(header.len()).expect("a few lengths fit").to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(data);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/");

    fn golden(name: &str) -> Array {
        read_npy(&std::fs::read(format!("{GOLDEN}{name}")).unwrap()).unwrap()
    }

    /// What `npy.py` puts into each file: element (i, j) is 10 i + j - 7, and its half where numbers are not whole.
    fn elements_of_golden() -> impl Iterator<Item = i32> {
        (0..3).flat_map(|i| (0..4).map(move |j| 10 * i + j - 7))
    }

    #[test]
    fn files_of_numpy_are_read_whatever_their_order_type_and_version() {
        let halves: Vec<f32> = elements_of_golden().map(|n| n as f32 / 2.0).collect();
        let wide: Vec<f64> = elements_of_golden().map(|n| f64::from(n) / 2.0).collect();
        let whole: Vec<i64> = elements_of_golden().map(i64::from).collect();
        let shape = vec![3, 4];
        for (name, numbers) in [
            ("float32.npy", Numbers::Float32(halves)),
            ("float64_fortran_big_endian.npy", Numbers::Float64(wide)),
            ("int16_version_2.npy", Numbers::Integers(whole.clone())),
            ("int64_fortran.npy", Numbers::Integers(whole.clone())),
            ("uint8.npy", Numbers::Bytes(whole.iter().map(|&n| (n + 7) as u8).collect())),
        ] {
            assert_eq!(golden(name), Array { shape: shape.clone(), numbers }, "{name}");
        }
        let vector = golden("uint16_vector.npy");
        assert_eq!(vector, Array { shape: vec![3], numbers: Numbers::Integers(vec![0, 300, 65_535]) });
    }

    #[test]
    fn halves_of_both_kinds_and_truth_values_are_read() {
        let of = |name: &str| golden(name).numbers;
        // 65504 is the largest float16, 2^-24 the smallest; 0.1 is rounded.
        let halves = [0.5, -2.25, 65_504.0, 2f32.powi(-24), 2f32.powi(-14), f32::NEG_INFINITY, 0.0, 0.099_975_586];
        assert_eq!(of("float16.npy"), Numbers::Float32(halves.to_vec()));
        let brain = [0.5, -2.25, 3.004_055_3e38, 2f32.powi(-130), 0.100_097_656];
        assert_eq!(of("bfloat16.npy"), Numbers::Float32(brain.to_vec()));
        assert_eq!(golden("bool.npy"), Array { shape: vec![3, 1], numbers: Numbers::Bytes(vec![1, 0, 1]) });
    }

    #[test]
    fn a_float32_file_is_written_byte_for_byte_as_numpy_writes_it() {
        for name in ["float32.npy", "int64_vector.npy", "uint8.npy"] {
            let bytes = std::fs::read(format!("{GOLDEN}{name}")).unwrap();
            assert!(npy_file(&read_npy(&bytes).unwrap()) == bytes, "{name}");
        }
    }

    #[test]
    fn three_axes_of_fortran_are_turned() {
        let values: Vec<usize> = (0..24).collect();
        let turned = turned(&values, &[2, 3, 4]);
        for (i, j, k) in (0..2).flat_map(|i| (0..3).flat_map(move |j| (0..4).map(move |k| (i, j, k)))) {
            assert_eq!(turned[(i * 3 + j) * 4 + k], i + 2 * (j + 3 * k));
        }
    }

    #[test]
    fn what_is_no_npy_file_or_cut_off_or_of_another_type_is_refused_with_its_reason() {
        let whole = npy_file(&Array { shape: vec![2, 3], numbers: Numbers::Float32(vec![0.0; 6]) });
        let error = |bytes: &[u8]| read_npy(bytes).unwrap_err().to_string();
        assert_eq!(error(b"PK\x03\x04"), "is no .npy file");
        assert_eq!(error(&[]), "is no .npy file");
        assert!(error(&whole[..9]).contains("cut off"));
        assert!(error(&whole[..whole.len() - 1]).contains("holds 23 bytes of numbers where its shape [2, 3] needs 24"));
        assert!(error(&[&whole[..], &[0]].concat()).contains("holds 25 bytes"));
        let with = |from: &str, to: &str| {
            let position = whole.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
            let mut bytes = whole.clone();
            bytes[position..position + to.len()].copy_from_slice(to.as_bytes());
            error(&bytes)
        };
        assert!(with("<f4", "<c8").contains("<c8"));
        assert!(with("<f4", "|O8").contains("|O8"));
        assert!(with("'<f4'", "[('a'").contains("a record"));
        assert!(with("descr", "Descr").contains("no `descr`"));
        assert!(with("False", "Maybe").contains("fortran_order"));
        assert!(with("(2, 3)", "(2, x)").contains("shape"));
        assert!(with("(2, 3), }          ", "(999999999999, 9e9)").contains("shape"));
        assert!(
            with("(2, 3), }                           ", "(9999999999999, 9999999999999), }   ").contains("memory")
        );
    }
}
