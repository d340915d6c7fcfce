//! The proof that the processor has AVX-512.

/// Exists only where the processor has AVX-512: what takes one may use it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Avx512(());

impl Avx512 {
    /// The proof, if the processor has it.
    pub(super) fn detected() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        return std::arch::is_x86_feature_detected!("avx512f").then_some(Self(()));
        #[cfg(not(target_arch = "x86_64"))]
        return None;
    }
}
