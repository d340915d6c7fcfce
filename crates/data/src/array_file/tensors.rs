//! safetensors files.

use std::collections::BTreeMap;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::{Array, ArrayError, NumberType, Numbers};

/// The tensors of a safetensors file by name, and its metadata.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tensors {
    /// The tensors; one of a type that is not read here keeps the reason.
    pub arrays: BTreeMap<String, Result<Array, ArrayError>>,
    /// Words beside the tensors.
    pub metadata: BTreeMap<String, String>,
}

/// Reads the bytes of a safetensors file.
///
/// # Errors
/// If they are no such file or cut off.
pub fn read_safetensors(bytes: &[u8]) -> Result<Tensors, ArrayError> {
    let header = |error: safetensors::SafeTensorError| ArrayError::Header(error.to_string());
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(header)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(header)?;
    let arrays = tensors.iter().map(|(name, view)| (name.to_owned(), array(&view))).collect();
    let metadata = metadata.metadata().iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
    Ok(Tensors { arrays, metadata })
}

fn array(view: &TensorView<'_>) -> Result<Array, ArrayError> {
    let number = match view.dtype() {
        Dtype::F16 => NumberType::Float16,
        Dtype::BF16 => NumberType::BFloat16,
        Dtype::BOOL => NumberType::Bool,
        Dtype::F32 => NumberType::Float32,
        Dtype::F64 => NumberType::Float64,
        Dtype::U8 => NumberType::Unsigned { bytes: 1 },
        Dtype::U16 => NumberType::Unsigned { bytes: 2 },
        Dtype::U32 => NumberType::Unsigned { bytes: 4 },
        Dtype::U64 => NumberType::Unsigned { bytes: 8 },
        Dtype::I8 => NumberType::Signed { bytes: 1 },
        Dtype::I16 => NumberType::Signed { bytes: 2 },
        Dtype::I32 => NumberType::Signed { bytes: 4 },
        Dtype::I64 => NumberType::Signed { bytes: 8 },
        other => return Err(ArrayError::OtherType(format!("{other:?}"))),
    };
    Ok(Array { shape: view.shape().to_vec(), numbers: number.read(view.data())? })
}

/// The bytes of a safetensors file that holds the arrays by name, with words beside them.
///
/// # Panics
/// If an array has not as many numbers as its shape asks.
pub fn safetensors_file(arrays: &[(&str, &Array)], metadata: &[(&str, String)]) -> Vec<u8> {
    let data: Vec<(Dtype, Vec<u8>)> = arrays.iter().map(|(_, array)| data(&array.numbers)).collect();
    let views = arrays.iter().zip(&data).map(|((name, array), (dtype, data))| {
        (*name, TensorView::new(*dtype, array.shape.clone(), data).expect("the length is the shape's"))
    });
    with_metadata(safetensors::serialize(views, None).expect("the views are valid"), metadata)
}

/// Puts words into a file's header, in their order: the crate's own way is a hash map, whose order differs from call to
/// call, and with it the file's bytes.
fn with_metadata(file: Vec<u8>, metadata: &[(&str, String)]) -> Vec<u8> {
    if metadata.is_empty() {
        return file;
    }
    let (length, rest) = file.split_at(8);
    let length = u64::from_le_bytes(length.try_into().expect("8 bytes")) as usize;
    let (header, data) = rest.split_at(length);
    let word = |text: &str| serde_json::to_string(text).expect("text can be written");
    let words: Vec<String> = metadata.iter().map(|(key, value)| format!("{}:{}", word(key), word(value))).collect();
    let header = std::str::from_utf8(header).expect("a header is text").trim_end();
    let comma = if header == "{}" { "" } else { "," };
    let mut header = format!("{{\"__metadata__\":{{{}}}{comma}{}", words.join(","), &header[1..]);
    header.push_str(&" ".repeat(header.len().next_multiple_of(8) - header.len()));
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

fn data(numbers: &Numbers) -> (Dtype, Vec<u8>) {
    match numbers {
        Numbers::Float32(values) => (Dtype::F32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Numbers::Float64(values) => (Dtype::F64, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Numbers::Bytes(values) => (Dtype::U8, values.clone()),
        Numbers::Integers(values) => (Dtype::I64, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_of_every_type_and_the_metadata_come_back() {
        let arrays = [
            ("a", Array { shape: vec![2, 1], numbers: Numbers::Float32(vec![0.5, f32::NAN]) }),
            ("b", Array { shape: vec![1], numbers: Numbers::Float64(vec![-0.1]) }),
            ("c", Array { shape: vec![3], numbers: Numbers::Bytes(vec![0, 7, 255]) }),
            ("d", Array { shape: vec![2], numbers: Numbers::Integers(vec![-1, i64::MAX]) }),
        ];
        let named: Vec<(&str, &Array)> = arrays.iter().map(|(name, array)| (*name, array)).collect();
        let read = read_safetensors(&safetensors_file(&named, &[("seed", "3".into())])).unwrap();
        assert_eq!(read.metadata, BTreeMap::from([("seed".to_owned(), "3".to_owned())]));
        assert_eq!(format!("{:?}", read.arrays["a"]), format!("{:?}", Ok::<_, ArrayError>(arrays[0].1.clone())));
        for (name, array) in &arrays[1..] {
            assert_eq!(read.arrays[*name].as_ref(), Ok(array));
        }
    }

    #[test]
    fn words_keep_their_order_and_quotes_and_the_same_file_has_the_same_bytes() {
        let array = Array { shape: vec![3], numbers: Numbers::Float32(vec![1.0, 2.0, 3.0]) };
        let words = [("z", "\"quoted\" \\ {}".to_owned()), ("a", String::new()), ("m", "ä".to_owned())];
        let file = safetensors_file(&[("a", &array)], &words);
        assert_eq!(file, safetensors_file(&[("a", &array)], &words));
        let read = read_safetensors(&file).unwrap();
        assert_eq!(read.metadata, words.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
        assert_eq!(read.arrays["a"].as_ref(), Ok(&array));
        assert_eq!(read_safetensors(&safetensors_file(&[], &[("a", "b".into())])).unwrap().metadata["a"], "b");
    }

    #[test]
    fn narrow_whole_numbers_keep_their_signs() {
        let bytes = [0xff, 0xff, 0x02, 0x00];
        for (dtype, expected) in [(Dtype::I16, vec![-1, 2]), (Dtype::U16, vec![65_535, 2])] {
            let view = TensorView::new(dtype, vec![2], &bytes).unwrap();
            assert_eq!(array(&view).unwrap().numbers, Numbers::Integers(expected));
        }
        let large = u64::MAX.to_le_bytes();
        assert_eq!(array(&TensorView::new(Dtype::U64, vec![1], &large).unwrap()), Err(ArrayError::TooLarge));
    }

    #[test]
    fn a_tensor_of_another_type_keeps_the_others_readable() {
        let (eighth, one) = ([0u8; 1], 1f32.to_le_bytes());
        let views = [
            ("eighth", TensorView::new(Dtype::F8_E4M3, vec![1], &eighth)),
            ("one", TensorView::new(Dtype::F32, vec![1], &one)),
        ];
        let bytes = safetensors::serialize(views.map(|(name, view)| (name, view.unwrap())), None).unwrap();
        let read = read_safetensors(&bytes).unwrap();
        assert_eq!(read.arrays["eighth"], Err(ArrayError::OtherType("F8_E4M3".into())));
        assert_eq!(read.arrays["one"].as_ref().unwrap().numbers, Numbers::Float32(vec![1.0]));
    }

    #[test]
    fn what_is_no_safetensors_file_or_cut_off_is_refused() {
        let whole = safetensors_file(&[("a", &Array { shape: vec![2], numbers: Numbers::Bytes(vec![1, 2]) })], &[]);
        for bytes in [&whole[..whole.len() - 1], &whole[..4], b"not tensors at all", &[]] {
            assert!(read_safetensors(bytes).is_err());
        }
    }
}
