//! Mixed pictures: each is blended with another (mixup), or a rectangle of it is taken from another (cutmix).
//!
//! As with views, an epoch's are drawn for all examples at once: with whom an example is mixed does not depend on its batch.
//! The examples' partners are a permutation, so that each example is seen once as itself and once as a partner.

use std::ops::Range;

use fractionate_records::{Seed, ViewsConfig};

use crate::{ExampleShape, Purpose, RandomStream};

/// How an epoch's examples are mixed, one draw for each.
#[derive(Debug, Clone)]
pub struct EpochMixing {
    draws: Vec<MixDraw>,
}

/// How an example is mixed.
#[derive(Debug, Clone, PartialEq)]
pub struct MixDraw {
    /// With which example.
    pub partner: usize,
    /// What the example itself counts, in [0, 1]; its partner counts the rest.
    pub share: f32,
    /// Rows and columns that are the partner's; without them the two are blended.
    pub rectangle: Option<(Range<usize>, Range<usize>)>,
}

impl EpochMixing {
    /// How `examples` pictures are mixed in an epoch (from 1); nothing where they are not.
    ///
    /// # Panics
    /// If the examples are no pictures.
    pub fn draw(config: ViewsConfig, shape: ExampleShape, examples: usize, seed: Seed, epoch: usize) -> Option<Self> {
        if !config.mixes() {
            return None;
        }
        let size = shape.picture.expect("a suite is checked: only pictures have views");
        let mut stream = RandomStream::new(seed, Purpose::Mixing, epoch as u64);
        let partners = stream.permutation(examples);
        let mut one = |partner| match (config.mixup, config.cutmix) {
            (Some(alpha), Some(_)) if stream.below(2) == 0 => MixDraw::blend(partner, &mut stream, alpha),
            (_, Some(alpha)) => MixDraw::cut(partner, &mut stream, alpha, size),
            (Some(alpha), None) => MixDraw::blend(partner, &mut stream, alpha),
            (None, None) => unreachable!("something mixes"),
        };
        Some(Self { draws: partners.into_iter().map(&mut one).collect() })
    }

    /// What was drawn, example by example.
    pub fn draws(&self) -> &[MixDraw] {
        &self.draws
    }

    /// With which example each is mixed.
    pub fn partners(&self) -> Vec<i64> {
        self.draws.iter().map(|draw| draw.partner as i64).collect()
    }

    /// What each example counts itself, in [0, 1].
    pub fn shares(&self) -> Vec<f32> {
        self.draws.iter().map(|draw| draw.share).collect()
    }

    /// With which example this one is mixed.
    ///
    /// # Panics
    /// If there is no such example.
    pub fn partner(&self, example: usize) -> usize {
        self.draws[example].partner
    }

    /// Mixes the view of an example with its partner's. Both hold their channels, each row by row.
    ///
    /// # Panics
    /// If the lengths are not those of such a picture, or there is no such example.
    pub fn apply(&self, example: usize, shape: ExampleShape, own: &mut [f32], partner: &[f32]) {
        let (height, width) = shape.picture.expect("pictures");
        assert!(own.len() == partner.len() && own.len().is_multiple_of(height * width));
        let MixDraw { share, rectangle, .. } = &self.draws[example];
        let Some((rows, columns)) = rectangle else {
            own.iter_mut().zip(partner).for_each(|(own, partner)| *own = share * *own + (1.0 - share) * partner);
            return;
        };
        let planes = own.chunks_exact_mut(height * width).zip(partner.chunks_exact(height * width));
        for (own, partner) in planes {
            for y in rows.clone() {
                let line = y * width + columns.start..y * width + columns.end;
                own[line.clone()].copy_from_slice(&partner[line]);
            }
        }
    }
}

impl MixDraw {
    fn blend(partner: usize, stream: &mut RandomStream, alpha: f64) -> Self {
        Self { partner, share: stream.symmetric_beta(alpha) as f32, rectangle: None }
    }

    /// The rectangle has the picture's aspect and lies around a pixel that is drawn; what of it lies beside the picture is
    /// cut off, and the share is that of the pixels that stay.
    fn cut(partner: usize, stream: &mut RandomStream, alpha: f64, (height, width): (usize, usize)) -> Self {
        let side = (1.0 - stream.symmetric_beta(alpha)).sqrt();
        let mut within = |size: usize| {
            let (length, centre) = ((size as f64 * side) as usize, stream.below(size as u64) as usize);
            let first = centre.saturating_sub(length / 2);
            first..(centre + length - length / 2).min(size)
        };
        let (rows, columns) = (within(height), within(width));
        let area = rows.len() * columns.len();
        Self { partner, share: 1.0 - area as f32 / (height * width) as f32, rectangle: Some((rows, columns)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ExampleShape = ExampleShape { features: 2 * 4 * 5, picture: Some((4, 5)), classes: 2 };

    fn mixing(mixup: Option<f64>, cutmix: Option<f64>) -> EpochMixing {
        let config = ViewsConfig { mixup, cutmix, ..ViewsConfig::default() };
        EpochMixing::draw(config, SHAPE, 300, Seed(3), 1).unwrap()
    }

    /// What is mixed of a picture of ones and a partner of zeros.
    fn of_ones_and_zeros(mixing: &EpochMixing, example: usize) -> Vec<f32> {
        let mut own = vec![1.0; SHAPE.features];
        mixing.apply(example, SHAPE, &mut own, &[0.0; SHAPE.features]);
        own
    }

    #[test]
    fn the_share_is_the_mean_of_the_pixels_that_are_the_examples_own() {
        for (mixup, cutmix) in [(Some(0.2), None), (None, Some(1.0)), (Some(1.0), Some(1.0))] {
            let mixing = mixing(mixup, cutmix);
            for (example, share) in mixing.shares().into_iter().enumerate() {
                let pixels = of_ones_and_zeros(&mixing, example);
                let mean = pixels.iter().sum::<f32>() / pixels.len() as f32;
                assert!((mean - share).abs() < 1e-5, "{mean} {share}");
            }
        }
    }

    #[test]
    fn mixup_blends_all_pixels_alike_cutmix_keeps_each_as_it_is_and_both_together_draw_one_of_the_two() {
        let blended = |mixing: &EpochMixing| {
            let is_blend = |example: &usize| {
                let pixels = of_ones_and_zeros(mixing, *example);
                pixels.iter().all(|&pixel| pixel == pixels[0]) && pixels[0] > 0.0 && pixels[0] < 1.0
            };
            (0..300).filter(is_blend).count()
        };
        assert_eq!([blended(&mixing(Some(1.0), None)), blended(&mixing(None, Some(1.0)))], [300, 0]);
        let both = blended(&mixing(Some(1.0), Some(1.0)));
        assert!((110..190).contains(&both), "{both}");
        let cut = mixing(None, Some(1.0));
        assert!((0..300).all(|example| of_ones_and_zeros(&cut, example).iter().all(|p| [0.0, 1.0].contains(p))));
    }

    #[test]
    fn every_example_is_a_partner_once_and_another_epoch_has_other_partners() {
        let mut partners = mixing(Some(0.2), None).partners();
        let config = ViewsConfig { mixup: Some(0.2), ..ViewsConfig::default() };
        assert_ne!(partners, EpochMixing::draw(config, SHAPE, 300, Seed(3), 2).unwrap().partners());
        partners.sort_unstable();
        assert!(partners.into_iter().eq(0..300));
    }
}
