//! Names of networks as papers write them.

/// Whether the name is one of these, which are in small letters without hyphens: `MobileNetV2`, `mobilenet_v2`.
pub(super) fn is_called(name: &str, names: &[&str]) -> bool {
    names.contains(&bare(name).as_str())
}

/// The name in small letters, without hyphens and underscores.
pub(super) fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}
