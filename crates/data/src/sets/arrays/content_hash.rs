//! A hash over the numbers of a data set.

use crate::sets::{DataSet, Part, Rows};

/// 16 hexadecimal digits over shape, examples and labels of both parts, whatever files they lay in. Colour pictures in
/// bytes have the hash that they have in every layout.
pub(super) fn content_hash(data: &DataSet) -> String {
    if let Some(order) = &data.order {
        return order.hash.clone();
    }
    let mut hasher = blake3::Hasher::new_derive_key("fractionate arrays");
    let (height, width) = data.shape.picture.unwrap_or((0, 0));
    for number in [data.shape.features, height, width, data.shape.classes] {
        hasher.update(&(number as u64).to_le_bytes());
    }
    add(&mut hasher, &data.train);
    add(&mut hasher, &data.test);
    hasher.finalize().to_hex()[..16].to_owned()
}

fn add(hasher: &mut blake3::Hasher, part: &Part) {
    hasher.update(&(part.labels.len() as u64).to_le_bytes());
    let labels: Vec<u8> = part.labels.iter().flat_map(|label| label.to_le_bytes()).collect();
    hasher.update(&labels);
    match &part.rows {
        Rows::Bytes(bytes) => {
            hasher.update(b"bytes");
            hasher.update(bytes);
        }
        Rows::Numbers(values) | Rows::AsTheyAre(values) => {
            hasher.update(b"numbers");
            for values in values.chunks(1 << 16) {
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                hasher.update(&bytes);
            }
        }
        Rows::Doubles(values) => {
            hasher.update(b"doubles");
            for values in values.chunks(1 << 16) {
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                hasher.update(&bytes);
            }
        }
        Rows::Texts(_) => unreachable!("arrays hold no texts"),
    }
}
