//! One order of a set's pictures, whatever files they came from, and the hash of their contents.

use rayon::prelude::*;

use super::{ExampleShape, Part, Rows};

/// The rows of both parts, by label and then by the hash of the pixels: the same set has the same pictures in this order
/// whether it was read from records, from a table or from folders.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PictureOrder {
    /// The rows of the training part.
    pub(crate) train: Vec<usize>,
    /// The rows of the test part.
    pub(crate) test: Vec<usize>,
    /// Over shape, labels and pixels in this order: 16 hexadecimal digits.
    pub(crate) hash: String,
}

impl PictureOrder {
    /// Of pictures with a byte for each pixel and channel; `None` of other examples.
    pub(crate) fn of(shape: ExampleShape, train: &Part, test: &Part) -> Option<Self> {
        let (Rows::Bytes(of_train), Rows::Bytes(of_test)) = (&train.rows, &test.rows) else { return None };
        let (height, width) = shape.picture?;
        let mut hasher = blake3::Hasher::new_derive_key("fractionate pictures");
        for number in [shape.features, height, width, shape.classes] {
            hasher.update(&(number as u64).to_le_bytes());
        }
        let train = ordered(&mut hasher, of_train, &train.labels, shape.features);
        let test = ordered(&mut hasher, of_test, &test.labels, shape.features);
        Some(Self { train, test, hash: hasher.finalize().to_hex()[..16].to_owned() })
    }
}

/// The rows in their order. Pictures that are alike in label and pixels stay in the order of their rows, which no number
/// depends on.
fn ordered(hasher: &mut blake3::Hasher, pixels: &[u8], labels: &[u16], features: usize) -> Vec<usize> {
    let keys = pixels.par_chunks_exact(features).zip(labels.par_iter().copied());
    let keys = keys.map(|(picture, label)| (label, *blake3::hash(picture).as_bytes()));
    let mut keyed: Vec<((u16, [u8; 32]), usize)> = keys.enumerate().map(|(row, key)| (key, row)).collect();
    keyed.par_sort_unstable();
    hasher.update(&(keyed.len() as u64).to_le_bytes());
    for ((label, hash), _) in &keyed {
        hasher.update(&label.to_le_bytes());
        hasher.update(hash);
    }
    keyed.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ExampleShape = ExampleShape { features: 2, picture: Some((1, 2)), classes: 2 };

    fn part(pictures: &[[u8; 2]], labels: &[u16]) -> Part {
        Part { rows: Rows::Bytes(pictures.concat().into()), labels: labels.to_vec() }
    }

    #[test]
    fn the_same_pictures_in_another_order_have_one_hash_and_one_order() {
        let pictures = [[1, 2], [3, 4], [5, 6], [7, 8]];
        let first = PictureOrder::of(SHAPE, &part(&pictures, &[1, 0, 1, 0]), &part(&[[9, 9]], &[0])).unwrap();
        let turned = [[7, 8], [5, 6], [3, 4], [1, 2]];
        let second = PictureOrder::of(SHAPE, &part(&turned, &[0, 1, 0, 1]), &part(&[[9, 9]], &[0])).unwrap();
        assert_eq!(first.hash, second.hash);
        let in_order = |order: &PictureOrder, pictures: &[[u8; 2]]| -> Vec<[u8; 2]> {
            order.train.iter().map(|&row| pictures[row]).collect()
        };
        assert_eq!(in_order(&first, &pictures), in_order(&second, &turned));
    }

    #[test]
    fn another_pixel_label_or_part_is_another_hash() {
        let hash = |pictures: &[[u8; 2]], labels: &[u16], test: &[[u8; 2]], of_test: &[u16]| {
            PictureOrder::of(SHAPE, &part(pictures, labels), &part(test, of_test)).unwrap().hash
        };
        let one = hash(&[[1, 2], [3, 4]], &[0, 1], &[[5, 6]], &[0]);
        assert_ne!(one, hash(&[[1, 2], [3, 5]], &[0, 1], &[[5, 6]], &[0]));
        assert_ne!(one, hash(&[[1, 2], [3, 4]], &[1, 0], &[[5, 6]], &[0]));
        assert_ne!(one, hash(&[[1, 2]], &[0], &[[3, 4], [5, 6]], &[1, 0]));
    }
}
