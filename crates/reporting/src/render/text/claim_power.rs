//! What each claim needs to be supported, in sentences.

use fractionate_records::Kind;

use crate::model::claim_power::ClaimPower;
use crate::model::claim_verdict::Verdict;
use crate::model::metric_words::MetricWords;
use crate::numbers::{count, decimals_for, fixed, signed};

/// What the claims need, in lines; empty without claims.
pub fn claim_power_text(claims: &[ClaimPower]) -> String {
    let Some(first) = claims.first() else { return String::new() };
    let mut text = format!(
        "claims, by the runs that are there: what supports them with {:.0}% power if the estimates so far are the true \
         values\n",
        100.0 * first.power
    );
    for claim in claims {
        text.push_str(&format!("  {}\n    {}\n    {}\n", estimate(claim), needs(claim), buys(claim)));
    }
    text
}

/// `instance > domain (tuned): +0.41 ± 0.62 points over 5 of 10 seeds, undecided`.
fn estimate(claim: &ClaimPower) -> String {
    let decimals = decimals(claim, claim.half_width);
    let configuration = claim.configuration.as_ref().map_or(String::new(), |at| format!(", {at}"));
    let unit = if claim.kind == Some(Kind::Metric) { format!(" {}", claim.metric.gain_unit()) } else { String::new() };
    let seeds = match claim.components.seeds.count {
        n if n == claim.planned_seeds => count(n, "seed"),
        n => format!("{n} of {}", count(claim.planned_seeds, "seed")),
    };
    let tuning = match claim.components.tuning_seeds.count {
        _ if !claim.includes_selection => String::new(),
        m => format!(" and {}", count(m, "tuning seed")),
    };
    let teachers = claim.components.teachers.map(|of| count(of.own.count, "teacher") + ", ").unwrap_or_default();
    format!(
        "{} ({}{configuration}): {} ± {}{unit} over {teachers}{seeds}{tuning}, {}",
        claim.test,
        claim.comparison.name(),
        signed(claim.estimate, decimals),
        fixed(claim.half_width, decimals),
        claim.verdict.name()
    )
}

/// What supports it.
fn needs(claim: &ClaimPower) -> String {
    if !claim.possible {
        return "the estimate is not what the claim says: no number of seeds supports it as declared".to_owned();
    }
    let planned =
        format!("with {} planned its power is {:.0}%", count(claim.planned_seeds, "seed"), 100.0 * claim.planned_power);
    if claim.verdict == Verdict::Supported {
        return format!("supported so far; {planned}");
    }
    let seeds = claim.seeds_needed.map(|n| count(n, "seed"));
    let tuning = claim.tuning_seeds_needed.map(|m| count(m, "tuning seed"));
    let teachers = claim.teachers_needed.map(|j| count(j, "teacher"));
    let varies = match (claim.includes_selection, claim.components.teachers.is_some()) {
        (true, true) => "the selection and the teachers vary",
        (false, true) => "the teachers vary",
        _ => "the selection varies",
    };
    let others = tuning.into_iter().chain(teachers).collect::<Vec<_>>().join(", or ");
    let needed = match (seeds, others.is_empty()) {
        (Some(seeds), false) => format!("needs {seeds}, or {others}"),
        (Some(seeds), true) => format!("needs {seeds}"),
        (None, false) => format!("more seeds alone never suffice, as {varies} too much: needs {others}"),
        (None, true) => neither(claim),
    };
    format!("{needed}; {planned}")
}

/// What supports a claim that neither more seeds nor more tuning seeds alone support.
fn neither(claim: &ClaimPower) -> String {
    match claim.both_needed {
        Some((seeds, tuning)) => format!(
            "neither more seeds nor more tuning seeds alone suffice: needs {} with {}",
            count(seeds, "seed"),
            count(tuning, "tuning seed")
        ),
        None if claim.includes_selection && claim.components.tuning_seeds.count == 1 => {
            "more seeds alone never suffice, as the selection varies too much; what more tuning seeds give is not known from \
             one"
                .to_owned()
        }
        None if claim.components.teachers.is_some() => {
            let alone = if claim.includes_selection { "seeds, tuning seeds nor teachers" } else { "seeds nor teachers" };
            format!("neither more {alone} alone suffice: needs more of each")
        }
        None if claim.includes_selection => format!(
            "neither more seeds nor more tuning seeds suffice, as the selection varies too much: needs more than {} \
             validation examples",
            claim.components.validation_examples.count
        ),
        None => "needs more than a million seeds".to_owned(),
    }
}

/// What one more unit of each source buys.
fn buys(claim: &ClaimPower) -> String {
    let widths = [Some(claim.with_one_more_seed), claim.with_one_more_tuning_seed, claim.with_one_more_teacher];
    // One digit more than the estimate: else one more seed seems to change nothing.
    let decimals = decimals(claim, claim.half_width / 10.0);
    let names = ["seed", "tuning seed", "teacher"];
    let buys: Vec<String> = widths
        .iter()
        .zip(names)
        .filter_map(|(width, name)| Some(format!("one more {name} ± {}", fixed((*width)?, decimals))))
        .collect();
    let now = fixed(claim.half_width, decimals);
    let condition = match (claim.includes_selection, claim.comparison) {
        (false, fractionate_records::Comparison::Tuned) => "; conditional on the selected hyperparameters",
        _ => "",
    };
    format!("95% interval: now ± {now}, {}{condition}", buys.join(", "))
}

fn decimals(claim: &ClaimPower, half_width: f64) -> usize {
    let most = if claim.kind == Some(Kind::Metric) { claim.metric.decimals() + 1 } else { 4 };
    decimals_for(half_width, most)
}

#[cfg(test)]
mod tests {
    use fractionate_records::{Comparison, Metric};
    use fractionate_statistics::{MeanComponents, VarianceComponent};

    use super::*;

    fn claim() -> ClaimPower {
        let component = |count, variance| VarianceComponent { count, variance };
        ClaimPower {
            test: "instance > domain".into(),
            comparison: Comparison::Tuned,
            configuration: None,
            kind: Some(Kind::Metric),
            metric: Metric::TestAccuracy,
            verdict: Verdict::Undecided,
            estimate: 0.41,
            components: MeanComponents {
                seeds: component(5, 0.02),
                tuning_seeds: component(3, 0.03),
                validation_examples: component(5_000, 0.01),
                teachers: None,
            },
            includes_selection: true,
            half_width: 0.62,
            with_one_more_seed: 0.551,
            with_one_more_tuning_seed: Some(0.604),
            with_one_more_teacher: None,
            planned_seeds: 10,
            planned_power: 0.624,
            power: 0.8,
            possible: true,
            seeds_needed: Some(14),
            tuning_seeds_needed: Some(9),
            both_needed: Some((8, 5)),
            teachers_needed: None,
        }
    }

    #[test]
    fn a_claim_says_its_estimate_its_needs_and_what_more_buys() {
        let text = claim_power_text(&[claim()]);
        let expected = "claims, by the runs that are there: what supports them with 80% power if the estimates so far are \
                        the true values\n  instance > domain (tuned): +0.41 ± 0.62 points over 5 of 10 seeds and 3 tuning \
                        seeds, undecided\n    needs 14 seeds, or 9 tuning seeds; with 10 seeds planned its power is 62%\n    \
                        95% interval: now ± 0.620, one more seed ± 0.551, one more tuning seed ± 0.604\n";
        assert_eq!(text, expected);
        assert_eq!(claim_power_text(&[]), "");
    }

    #[test]
    fn what_never_suffices_is_said_with_what_would() {
        let of = |change: fn(&mut ClaimPower)| {
            let mut claim = claim();
            change(&mut claim);
            needs(&claim)
        };
        assert!(of(|claim| claim.seeds_needed = None).starts_with("more seeds alone never suffice"));
        let neither = |claim: &mut ClaimPower| (claim.seeds_needed, claim.tuning_seeds_needed) = (None, None);
        let mut both = claim();
        neither(&mut both);
        assert!(needs(&both).contains("needs 8 seeds with 5 tuning seeds"), "{}", needs(&both));
        both.both_needed = None;
        assert!(needs(&both).contains("needs more than 5000 validation examples"), "{}", needs(&both));
        both.components.tuning_seeds.count = 1;
        assert!(needs(&both).contains("what more tuning seeds give is not known from one"), "{}", needs(&both));
        let impossible = of(|claim| claim.possible = false);
        assert!(impossible.ends_with("no number of seeds supports it as declared"), "{impossible}");
        assert!(of(|claim| claim.verdict = Verdict::Supported).starts_with("supported so far; with 10 seeds planned"));
    }

    #[test]
    fn without_the_selection_the_interval_is_called_conditional() {
        let mut claim = claim();
        (claim.includes_selection, claim.with_one_more_tuning_seed) = (false, None);
        assert!(buys(&claim).ends_with("one more seed ± 0.551; conditional on the selected hyperparameters"));
        claim.comparison = Comparison::Fixed;
        assert!(buys(&claim).ends_with("one more seed ± 0.551"));
    }
}
