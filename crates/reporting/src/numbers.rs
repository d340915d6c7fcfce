//! Numbers as people read them.

use fractionate_statistics::{Interval, Summary};

/// `81.12`, with a real minus sign and no negative zero.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|b| matches!(b, b'1'..=b'9')) => format!("\u{2212}{digits}"),
        Some(digits) => digits.to_owned(),
        None => text,
    }
}

/// `+0.34`, `−0.47`, `0.00`.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let zero = !text.bytes().any(|b| matches!(b, b'1'..=b'9'));
    if zero || text.starts_with('\u{2212}') { text } else { format!("+{text}") }
}

/// How many decimals a number deserves whose interval has this half-width: those of its first two digits, and never more
/// than `most`.
pub fn decimals_for(half_width: f64, most: usize) -> usize {
    if !(half_width > 0.0 && half_width.is_finite()) {
        return most;
    }
    // Printed first: 0.0998 is 0.10 in two digits, not 0.100.
    let printed = format!("{half_width:.1e}");
    let power: i64 = printed.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or_default();
    usize::try_from(1 - power).unwrap_or(0).min(most)
}

/// The decimals that a summary deserves, `most` of them where it has no interval.
pub fn decimals_of(summary: &Summary, most: usize) -> usize {
    summary.half_width().map_or(most, |half| decimals_for(half, most))
}

/// `81.12 ± 0.11`, rounded by the half-width to at most so many decimals; the mean alone where there is no interval.
pub fn plus_minus(summary: &Summary, most: usize) -> String {
    let decimals = decimals_of(summary, most);
    with_half_width(fixed(summary.mean, decimals), summary, decimals)
}

/// `+0.34 ± 0.17`, rounded by the half-width to at most so many decimals; the mean alone where there is no interval.
pub fn signed_plus_minus(summary: &Summary, most: usize) -> String {
    let decimals = decimals_of(summary, most);
    with_half_width(signed(summary.mean, decimals), summary, decimals)
}

fn with_half_width(mean: String, summary: &Summary, decimals: usize) -> String {
    match summary.half_width() {
        Some(half) => format!("{mean} ± {}", fixed(half, decimals)),
        None => mean,
    }
}

/// `81.01 to 81.23`, rounded by its half-width to at most so many decimals; a dash where there is none.
pub fn interval(interval: Option<Interval>, most: usize) -> String {
    interval.map_or(DASH.to_owned(), |i| {
        let decimals = decimals_for((i.high - i.low) / 2.0, most);
        format!("{} to {}", fixed(i.low, decimals), fixed(i.high, decimals))
    })
}

/// A p-value in two digits: `0.31`, `0.043`, `0.0020`; `<0.001` below that.
pub fn p_value(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { fixed(p, decimals_for(p, 4).max(2)) }
}

/// What stands where there is no number.
pub const DASH: &str = "–";

/// `1 seed`, `10 seeds`.
pub fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// `10,000`.
pub fn grouped(n: usize) -> String {
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
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [start @ .., last] => format!("{} and {last}", start.join(", ")),
    }
}

/// The text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Seeds with runs of neighbours drawn together: `0–4, 7`.
pub fn seeds(seeds: &[u64]) -> String {
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

    fn summary(mean: f64, half: f64) -> Summary {
        let interval = Some(Interval { low: mean - half, high: mean + half });
        Summary { n: 9, mean, sd: None, interval, other_variance: 0.0, teachers: None, degrees: None }
    }

    #[test]
    fn numbers_are_rounded_by_their_uncertainty_and_never_finer_than_the_metric() {
        for (mean, half, words) in [
            (81.1234, 0.1102, "81.12 ± 0.11"),
            (81.1234, 0.0123, "81.12 ± 0.01"),
            (81.1234, 1.23, "81.1 ± 1.2"),
            (81.1234, 0.9951, "81.1 ± 1.0"),
            (81.1234, 0.0996, "81.12 ± 0.10"),
            (81.1234, 23.4, "81 ± 23"),
            (-81.1234, 12_345.6, "−81 ± 12346"),
            (81.1234, 0.0, "81.12 ± 0.00"),
        ] {
            assert_eq!(plus_minus(&summary(mean, half), 2), words);
        }
        assert_eq!(signed_plus_minus(&summary(0.34, 0.17), 2), "+0.34 ± 0.17");
        assert_eq!(plus_minus(&Summary { interval: None, ..summary(81.1234, 0.0) }, 2), "81.12");
        assert_eq!(interval(summary(81.1234, 1.23).interval, 2), "79.9 to 82.4");
        assert_eq!(interval(None, 2), DASH);
    }

    #[test]
    fn p_values_have_two_digits() {
        for (p, words) in [(1.0, "1.00"), (0.314, "0.31"), (0.0431, "0.043"), (0.001953, "0.0020"), (0.000_4, "<0.001")]
        {
            assert_eq!(p_value(p), words);
        }
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
