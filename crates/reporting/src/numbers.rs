//! Numbers as people read them.

use crate::Summary;

/// `81.12`, with a real minus sign and no negative zero.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|b| matches!(b, b'1'..=b'9')) => format!("\u{2212}{digits}"),
        Some(digits) => digits.to_owned(),
        None => text,
    }
}

/// `+0.34`, `−0.47`, `0.00`.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let zero = !text.bytes().any(|b| matches!(b, b'1'..=b'9'));
    if zero || text.starts_with('\u{2212}') { text } else { format!("+{text}") }
}

/// `81.12 ± 0.11`, or the mean alone where there is no interval.
pub(crate) fn plus_minus(summary: &Summary, decimals: usize) -> String {
    with_half_width(fixed(summary.mean, decimals), summary, decimals)
}

/// `+0.34 ± 0.17`, or the mean alone where there is no interval.
pub(crate) fn signed_plus_minus(summary: &Summary, decimals: usize) -> String {
    with_half_width(signed(summary.mean, decimals), summary, decimals)
}

fn with_half_width(mean: String, summary: &Summary, decimals: usize) -> String {
    match summary.half_width() {
        Some(half) => format!("{mean} ± {}", fixed(half, decimals)),
        None => mean,
    }
}

/// `81.01 to 81.23`, or a dash.
pub(crate) fn interval(summary: &Summary, decimals: usize) -> String {
    match summary.interval {
        Some(i) => format!("{} to {}", fixed(i.low, decimals), fixed(i.high, decimals)),
        None => DASH.to_owned(),
    }
}

/// What stands where there is no number.
pub(crate) const DASH: &str = "–";

/// `1 seed`, `10 seeds`.
pub(crate) fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// `10,000`.
pub(crate) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [start @ .., last] => format!("{} and {last}", start.join(", ")),
    }
}

/// Seeds with runs of neighbours drawn together: `0–4, 7`.
pub(crate) fn seeds(seeds: &[u64]) -> String {
    let mut sorted = seeds.to_vec();
    sorted.sort_unstable();
    let mut spans: Vec<(u64, u64)> = Vec::new();
    for seed in sorted {
        match spans.last_mut() {
            Some((_, end)) if seed <= end.saturating_add(1) => *end = seed,
            _ => spans.push((seed, seed)),
        }
    }
    let words = spans.iter().map(|&(a, b)| match b - a {
        0 => a.to_string(),
        1 => format!("{a}, {b}"),
        _ => format!("{a}–{b}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_zero_has_no_sign() {
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(signed(0.001, 2), "0.00");
        assert_eq!(signed(0.34, 2), "+0.34");
        assert_eq!(signed(-0.47, 2), "−0.47");
    }

    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (5_000, "5,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(n), text);
        }
    }

    #[test]
    fn neighbouring_seeds_are_drawn_together() {
        assert_eq!(seeds(&[7, 0, 1, 2, 4, 5]), "0–2, 4, 5, 7");
        assert_eq!(seeds(&[u64::MAX]), u64::MAX.to_string());
    }
}
