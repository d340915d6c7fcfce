//! Bounded random integers.

/// A uniform integer in 0..n, without bias (Lemire 2019), from a source of 64 random bits.
///
/// # Panics
/// If n is 0.
pub fn bounded(n: u64, mut random_bits: impl FnMut() -> u64) -> u64 {
    assert!(n > 0, "no integer is below 0");
    let threshold = n.wrapping_neg() % n;
    loop {
        let product = u128::from(random_bits()) * u128::from(n);
        if product as u64 >= threshold {
            return (product >> 64) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_half_of_the_product_is_taken_and_biased_draws_are_rejected() {
        // 2^64 mod 3 = 1: a product whose low half is below 1 is rejected.
        let mut draws = [0, u64::MAX, 1 << 63].into_iter();
        assert_eq!([0; 2].map(|_| bounded(3, || draws.next().unwrap())), [2, 1]);
    }
}
