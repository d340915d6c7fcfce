//! Every golden value beside ours.

use fractionate_statistics::*;
use serde_json::Value;

/// A value that another program computed too.
pub(crate) struct Compared {
    statistic: &'static str,
    program: &'static str,
    case: String,
    ours: f64,
    theirs: f64,
}

/// All of them, statistic by statistic.
pub(crate) fn compared() -> Vec<Compared> {
    let golden: Value = serde_json::from_str(include_str!("../../tests/golden/tests_of_pairs.json"))
        .expect("the golden values are JSON");
    let summaries: Value =
        serde_json::from_str(include_str!("../../tests/golden/statistics.json")).expect("the golden values are JSON");
    let mut all = All(Vec::new());
    for case in cases(&summaries["summaries"]) {
        let summary = Summary::of(&numbers(&case["values"])).expect("there are values");
        all.interval("t interval of a mean", "SciPy", case, summary.interval, summary.n);
    }
    for case in cases(&golden["bca"]) {
        let values = numbers(&case["values"]);
        let counts = |drawn: &Value| {
            let mut counts = vec![0u32; values.len()];
            numbers(drawn).iter().for_each(|i| counts[*i as usize] += 1);
            counts
        };
        let found = bca_of_resamples(&values, cases(&case["resamples"]).iter().map(counts));
        all.interval("BCa interval, same resamples", "SciPy", case, found, values.len());
    }
    let crossed: Value = serde_json::from_str(include_str!("../../tests/golden/crossed_effects.json"))
        .expect("the golden values are JSON");
    for case in cases(&crossed) {
        let values: Vec<Vec<f64>> = cases(&case["values"]).iter().map(numbers).collect();
        let found = CrossedEffects::of(&values).expect("there are seeds and examples");
        for (key, ours) in [("seed", found.row), ("example", found.column), ("interaction", found.interaction)] {
            let layout = format!("{key}, {} x {}", found.rows, found.columns);
            all.add("variance component, crossed effects", "statsmodels", layout, Some(ours), &case[key]);
        }
    }
    let smoothed: Value =
        serde_json::from_str(include_str!("../../tests/golden/smoothed.json")).expect("the golden values are JSON");
    for case in cases(&smoothed) {
        let draws: Vec<Vec<f64>> = cases(&case["draws"]).iter().map(numbers).collect();
        let counts = |key: &str| -> Vec<Vec<u32>> {
            cases(&case[key]).iter().map(|row| numbers(row).iter().map(|count| *count as u32).collect()).collect()
        };
        let found = smoothed_mean(&draws, &[&counts("groups"), &counts("seeds")]);
        let n = draws[0].len();
        all.interval("interval smoothed over selections, same draws", "NumPy", case, found.and_then(|f| f.interval), n);
    }
    for case in cases(&golden["interquartile_means"]) {
        let values = numbers(&case["values"]);
        all.add("interquartile mean", "rliable", pairs(&values), interquartile_mean(&values), &case["mean"]);
    }
    let tests = cases(&golden["tests"]);
    let each = |all: &mut All, statistic, program, of: &dyn Fn(&[f64]) -> Option<f64>, key: &str| {
        for case in tests.iter().filter(|case| !case[key].is_null()) {
            let differences = numbers(&case["differences"]);
            all.add(statistic, program, pairs(&differences), of(&differences), &case[key]);
        }
    };
    each(&mut all, "paired t test", "SciPy", &paired_t_test, "t");
    each(&mut all, "sign-flip test, exact", "SciPy", &|d| Some(sign_flip_test(d)), "sign_flip");
    each(&mut all, "sign-flip test, drawn", "NumPy, other draws", &|d| Some(sign_flip_test(d)), "sign_flip_drawn");
    each(&mut all, "signed-rank test", "SciPy", &|d| Some(signed_rank_test(d)), "signed_rank");
    each(&mut all, "Cohen's d_z", "NumPy", &cohens_d_z, "d_z");
    for case in cases(&golden["holm"]) {
        let theirs = cases(&case["adjusted"]);
        for (ours, theirs) in holm(&numbers(&case["p"]), numbers(&case["p"]).len()).into_iter().zip(theirs) {
            all.add(
                "Holm's adjustment",
                "statsmodels",
                format!("{} comparisons", cases(&case["p"]).len()),
                Some(ours),
                theirs,
            );
        }
    }
    for case in cases(&golden["improvement"]) {
        let differences = numbers(&case["differences"]);
        let found = probability_of_improvement(&differences);
        all.interval("probability of improvement", "statsmodels", case, found.map(|f| f.interval), differences.len());
    }
    for case in cases(&golden["equivalence"]) {
        let differences = numbers(&case["differences"]);
        let found = Equivalence::of(&differences, number(&case["margin"])).map(|f| f.interval);
        all.interval("90% interval of equivalence", "statsmodels", case, found, differences.len());
    }
    for case in cases(&golden["correlations"]) {
        let (a, b) = (numbers(&case["a"]), numbers(&case["b"]));
        all.add("Pearson's correlation", "SciPy", pairs(&a), pearson(&a, &b), &case["r"]);
    }
    for case in cases(&golden["power"]) {
        let (d_z, n) = (number(&case["d_z"]), number(&case["pairs"]));
        let name = format!("d_z {d_z}, {n} pairs");
        all.add("power of the paired t test", "statsmodels", name, power_of_paired_t(d_z, n as usize), &case["power"]);
    }
    for case in cases(&golden["pairs_for_power"]) {
        let (d_z, power) = (number(&case["d_z"]), number(&case["power"]));
        let found = pairs_for_power(d_z, power).map(|n| n as f64);
        all.add("pairs for a power", "statsmodels", format!("d_z {d_z}, power {power}"), found, &case["pairs"]);
    }
    for case in cases(&golden["detectable"]) {
        let (n, power) = (number(&case["pairs"]), number(&case["power"]));
        let found = detectable_d_z(n as usize, power);
        all.add("d_z for a power", "statsmodels", format!("{n} pairs, power {power}"), found, &case["d_z"]);
    }
    all.0
}

struct All(Vec<Compared>);

impl All {
    fn add(&mut self, statistic: &'static str, program: &'static str, case: String, ours: Option<f64>, theirs: &Value) {
        let (ours, theirs) = (ours.unwrap_or(f64::NAN), number(theirs));
        self.0.push(Compared { statistic, program, case, ours, theirs });
    }

    fn interval(
        &mut self,
        statistic: &'static str,
        program: &'static str,
        case: &Value,
        found: Option<Interval>,
        n: usize,
    ) {
        self.add(statistic, program, format!("n = {n}, low"), found.map(|i| i.low), &case["low"]);
        self.add(statistic, program, format!("n = {n}, high"), found.map(|i| i.high), &case["high"]);
    }
}

fn cases(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn numbers(value: &Value) -> Vec<f64> {
    cases(value).iter().map(number).collect()
}

fn pairs(values: &[f64]) -> String {
    format!("n = {}", values.len())
}

/// One row a statistic: its first case, and the largest difference of all its values.
pub(crate) fn markdown(values: &[Compared]) -> String {
    let mut text = "## Beside other programs\n\nOne case of each statistic, and the largest difference of all values that \
                    were compared: each of them is in `golden.csv`. Bootstrap intervals share their draws; the sign-flip \
                    test above 20 pairs is drawn, by either program on its own.\n\n| statistic | beside | case | ours | \
                    theirs | difference | values | largest difference |\n| --- | --- | --- | ---: | ---: | ---: | ---: | \
                    ---: |\n"
        .to_owned();
    for of_one in values.chunk_by(|a, b| a.statistic == b.statistic) {
        let first = &of_one[0];
        let largest = of_one
            .iter()
            .map(|v| (v.ours - v.theirs).abs())
            .fold(0.0f64, |most, d| if d > most || d.is_nan() { d } else { most });
        text.push_str(&format!(
            "| {} | {} | {} | {:.10} | {:.10} | {:.1e} | {} | {:.1e} |\n",
            first.statistic,
            first.program,
            first.case,
            first.ours,
            first.theirs,
            first.ours - first.theirs,
            of_one.len(),
            largest
        ));
    }
    text
}

pub(crate) fn csv(values: &[Compared]) -> String {
    let mut text = "statistic,beside,case,ours,theirs,difference\n".to_owned();
    for v in values {
        let difference = v.ours - v.theirs;
        let cells = [v.statistic, v.program, &v.case].map(|cell| format!("\"{cell}\"")).join(",");
        text.push_str(&format!("{cells},{:?},{:?},{difference:e}\n", v.ours, v.theirs));
    }
    text
}
