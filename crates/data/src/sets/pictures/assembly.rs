//! All pictures of a part, decoded in parallel into one array.

use rayon::prelude::*;

use super::block::Block;
use super::decoding::{Differences, Fault, Sizing, decode_into, size_of};
use super::progress::Count;

/// The decoded pictures of a part.
#[derive(Debug)]
pub(super) struct Assembled {
    /// Pictures x 3 x height x width.
    pub(super) pixels: Vec<u8>,
    /// How many differ from plain colour pictures of the wanted size.
    pub(super) differences: Differences,
    /// Pictures that could not be taken, by their number among all, rising; their pixels are 0.
    pub(super) faults: Vec<(usize, Fault)>,
}

/// Height and width of the first picture that can be decoded.
pub(super) fn first_size(blocks: &[Block]) -> Option<[usize; 2]> {
    blocks.iter().find_map(|block| {
        let mut found = None;
        block.each(|_, stored| {
            if found.is_none() {
                found = stored.and_then(|stored| size_of(&stored)).ok();
            }
        });
        found
    })
}

/// Decodes all pictures. An error completes "the pictures ...".
pub(super) fn assemble(blocks: &[Block], sizing: Sizing, count: &Count) -> Result<Assembled, String> {
    let [height, width] = sizing.size();
    let pictures: usize = blocks.iter().map(|block| block.labels.len()).sum();
    let (mut pixels, features) = (Vec::new(), 3 * height * width);
    let total = pictures.checked_mul(features).filter(|&total| pixels.try_reserve_exact(total).is_ok());
    let total = total.ok_or_else(|| {
        let gibibytes = pictures as f64 * features as f64 / f64::from(1 << 30);
        format!(
            "need {gibibytes:.0} GiB when decoded, which is more than the memory: give `image_size` a smaller number"
        )
    })?;
    pixels.resize(total, 0u8);
    let mut rest = &mut pixels[..];
    let mut work = Vec::with_capacity(blocks.len());
    for block in blocks {
        let (own, others) = rest.split_at_mut(block.labels.len() * features);
        work.push((block, own));
        rest = others;
    }
    let decoded: Vec<Vec<Result<Differences, Fault>>> = work
        .into_par_iter()
        .map(|(block, own)| {
            let mut places = own.chunks_exact_mut(features);
            let decoded =
                block.each(|_, stored| decode_into(places.next().expect("a place for each picture"), stored, sizing));
            count.add(decoded.len());
            decoded
        })
        .collect();
    let (mut differences, mut faults) = (Differences::default(), Vec::new());
    for (at, outcome) in decoded.into_iter().flatten().enumerate() {
        match outcome {
            Ok(found) => differences.add(found),
            Err(fault) => faults.push((at, fault)),
        }
    }
    Ok(Assembled { pixels, differences, faults })
}

impl Assembled {
    /// Takes the pictures with a fault out, and their labels.
    pub(super) fn leave_faulty_out(&mut self, labels: &mut Vec<u16>, features: usize) {
        let mut faulty = self.faults.iter().map(|(at, _)| *at).peekable();
        let mut kept = 0;
        for at in 0..labels.len() {
            if faulty.next_if_eq(&at).is_some() {
                continue;
            }
            labels[kept] = labels[at];
            self.pixels.copy_within(at * features..(at + 1) * features, kept * features);
            kept += 1;
        }
        labels.truncate(kept);
        self.pixels.truncate(kept * features);
    }

    /// One channel instead of three equal ones.
    pub(super) fn keep_one_channel(&mut self, plane: usize) {
        let pictures = self.pixels.len() / (3 * plane);
        for at in 0..pictures {
            self.pixels.copy_within(3 * at * plane..(3 * at + 1) * plane, at * plane);
        }
        self.pixels.truncate(pictures * plane);
        self.pixels.shrink_to_fit();
    }
}
