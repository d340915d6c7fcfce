"""Golden values for the statistics of paired seeds, by SciPy, statsmodels and rliable.

    python -m venv env && env/bin/pip install scipy statsmodels && env/bin/pip install --no-deps rliable
    env/bin/python tests_of_pairs.py > tests_of_pairs.json
"""

import json
import math
from types import SimpleNamespace

import numpy as np
from rliable import metrics
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

random = np.random.default_rng(7)


def normal(n, mean=0.0, sd=1.0, decimals=6):
    return (mean + sd * random.standard_normal(n)).round(decimals).tolist()


def bca(values, draws):
    values = np.array(values)
    drawn = random.integers(0, len(values), (draws, len(values)))
    counts = np.stack([np.bincount(row, minlength=len(values)) for row in drawn])
    means = (counts * (values - values.mean())).sum(axis=1) / len(values) + values.mean()
    # The same draws in another order have the same mean.
    means[np.abs(means - values.mean()) < 1e-12 * np.abs(values).max()] = values.mean()
    found = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=0,
        bootstrap_result=SimpleNamespace(bootstrap_distribution=means),
        method="BCa",
        confidence_level=0.95,
    ).confidence_interval
    return {
        "values": values.tolist(),
        "resamples": drawn.tolist(),
        "low": float(found.low),
        "high": float(found.high),
    }


bca_cases = [
    bca(normal(5, 81.0, 0.2, 2), 400),
    bca(normal(10, 1.5, 0.3), 400),
    bca((random.exponential(1.0, 12) - 1.0).round(6).tolist(), 400),
    bca(normal(20, -0.4, 0.5), 300),
    bca([0.1, 0.4], 200),
]

interquartile_means = [
    {"values": values, "mean": float(metrics.aggregate_iqm(np.array(values)))}
    for values in ([1.5], normal(2), normal(3), normal(5), normal(10), normal(13), normal(40))
]


def signs(n):
    return 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)


def signed_rank(differences):
    """SciPy's where it is exact or the normal approximation is wanted; with ties, over all sign patterns."""
    differences = np.array([d for d in differences if d != 0])
    n = len(differences)
    ranks = stats.rankdata(np.abs(differences))
    tied = len(set(ranks)) < n
    if n > 50:
        return float(stats.wilcoxon(differences, zero_method="wilcox", correction=False, method="asymptotic").pvalue)
    if not tied:
        return float(stats.wilcoxon(differences, method="exact").pvalue)
    sums = (signs(n) > 0) @ ranks
    observed = ranks[differences > 0].sum()
    tail = min((sums <= observed).mean(), (sums >= observed).mean())
    found = min(1.0, 2 * tail)
    if n <= 13:
        method = stats.PermutationMethod(n_resamples=np.inf)
        assert abs(stats.wilcoxon(differences, method=method).pvalue - found) < 1e-12
    return float(found)


def sign_flip(differences):
    """SciPy's permutation test of paired samples: every sign pattern."""
    return stats.permutation_test(
        (np.array(differences),),
        lambda values, axis: values.sum(axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    ).pvalue


def tests_of(differences):
    case = {
        "differences": differences,
        "t": float(stats.ttest_1samp(differences, 0.0).pvalue),
        "d_z": float(np.mean(differences) / np.std(differences, ddof=1)),
        "signed_rank": signed_rank(differences),
    }
    if len(differences) <= 14:
        case["sign_flip"] = float(sign_flip(differences))
    elif len(differences) <= 20:
        sums = np.abs(signs(len(differences)) @ np.array(differences))
        case["sign_flip"] = float((sums >= abs(sum(differences)) - 1e-9).mean())
    else:
        flips = random.choice([-1.0, 1.0], (200_000, len(differences)))
        case["sign_flip_drawn"] = float((np.abs(flips @ np.array(differences)) >= abs(sum(differences)) - 1e-9).mean())
    return case


tests = [
    tests_of([0.5, -0.25, 1.0, 0.75, 0.3]),
    tests_of(normal(5, 1.0)),
    tests_of(normal(10, 0.5)),
    # Ties and zeros, as whole test examples in percent give them.
    tests_of([0.12, -0.12, 0.3, 0.0, 0.12, 0.55, -0.3, 0.41, 0.12, 0.07]),
    tests_of([1.0, 2.0, 2.0, -1.0, 3.0, 3.0, 0.0, 2.0, -2.0, 5.0, 4.0, 1.0, -1.0]),
    tests_of(normal(13, 0.3)),
    tests_of(normal(20, 0.4)),
    tests_of(normal(19, 0.4, 1.0, 1)),
    tests_of(normal(30, 0.3)),
    tests_of(normal(50, 0.25)),
    tests_of(normal(51, 0.25)),
    tests_of(normal(120, 0.15, 1.0, 1)),
]

p_values = [
    [0.01, 0.04, 0.03, 0.005],
    [0.2],
    [0.5, 0.9, 0.5, 1.0],
    random.uniform(0.0, 0.1, 9).round(6).tolist(),
    random.uniform(0.0, 1.0, 45).round(6).tolist(),
]
holm = [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in p_values]


def improvement(differences):
    differences = np.array(differences)
    count = float((differences > 0).sum() + 0.5 * (differences == 0).sum())
    low, high = proportion_confint(count, len(differences), method="wilson")
    share = count / len(differences)
    return {"differences": differences.tolist(), "share": share, "low": float(low), "high": float(high)}


improvements = [
    improvement([1.0, 2.0, 0.0, -1.0, 3.0]),
    improvement([0.5] * 10),
    improvement([-0.5] * 4),
    improvement(normal(20, 0.5, 1.0, 0)),
]


def equivalence(differences, margin):
    described = DescrStatsW(differences)
    low, high = described.tconfint_mean(alpha=0.1)
    p = described.ttost_mean(-margin, margin)[0]
    return {"differences": differences, "margin": margin, "low": float(low), "high": float(high), "p": float(p)}


equivalences = [
    equivalence(normal(10, 0.0, 0.1), 0.2),
    equivalence(normal(10, 0.1, 0.3), 0.2),
    equivalence(normal(5, 1.0, 0.2), 0.2),
    equivalence(normal(20, -0.05, 0.2), 0.2),
]

power = TTestPower()
powers = [
    {"d_z": d_z, "pairs": pairs, "power": float(power.power(d_z, pairs, 0.05, alternative="two-sided"))}
    for d_z in (0.2, 0.5, 0.8, 1.0, 1.5, 3.0)
    for pairs in (2, 3, 5, 10, 20, 50, 200)
]
# SciPy's noncentral t gives up far out, where the power is 1.
powers = [case for case in powers if math.isfinite(case["power"])]
pairs_for_power = []
for d_z in (0.2, 0.5, 0.8, 1.0, 1.5, 2.0):
    for wanted in (0.5, 0.8, 0.9):
        needed = math.ceil(power.solve_power(effect_size=d_z, power=wanted, alpha=0.05) - 1e-9)
        # The solver is a root finder: its neighbours settle the whole number.
        while power.power(d_z, needed, 0.05) < wanted:
            needed += 1
        while needed > 2 and power.power(d_z, needed - 1, 0.05) >= wanted:
            needed -= 1
        pairs_for_power.append({"d_z": d_z, "power": wanted, "pairs": needed})


def effect(pairs, wanted):
    def short_of_it(d_z):
        found = power.power(d_z, pairs, 0.05)
        return (found if math.isfinite(found) else 1.0) - wanted

    return float(brentq(short_of_it, 1e-3, 5.0, xtol=1e-14, rtol=1e-14))


detectable = [
    {"pairs": pairs, "power": wanted, "d_z": effect(pairs, wanted)}
    for pairs in (5, 10, 20, 100)
    for wanted in (0.5, 0.8, 0.95)
]

correlations = []
for n in (3, 10, 25):
    a = normal(n)
    b = (np.array(a) * 0.6 + random.standard_normal(n)).round(6).tolist()
    correlations.append({"a": a, "b": b, "r": float(stats.pearsonr(a, b).statistic)})

print(
    json.dumps(
        {
            "bca": bca_cases,
            "interquartile_means": interquartile_means,
            "tests": tests,
            "holm": holm,
            "improvement": improvements,
            "equivalence": equivalences,
            "power": powers,
            "pairs_for_power": pairs_for_power,
            "detectable": detectable,
            "correlations": correlations,
        }
    )
)
