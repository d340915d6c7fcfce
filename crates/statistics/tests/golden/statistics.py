"""Golden values for the statistics of a report, by SciPy and NumPy.

    python statistics.py > statistics.json
"""

import json

import numpy as np
from scipy import stats

quantiles = [
    [p, df, float(stats.t.ppf(p, df))]
    for p in (0.8, 0.95, 0.975, 0.995)
    for df in (1, 2, 3, 4, 5, 7, 9, 12, 19, 29, 49, 99, 999, 9999)
]

random = np.random.default_rng(1)
samples = [
    [81.0, 81.5],
    [81.12, 81.25, 80.97, 81.3, 81.02],
    (81 + 0.2 * random.standard_normal(10)).round(2).tolist(),
    (0.55 + 0.01 * random.standard_normal(20)).round(6).tolist(),
    (1e-3 * random.standard_normal(3)).tolist(),
]
summaries = []
for values in samples:
    low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    summaries.append(
        {
            "values": values,
            "mean": float(np.mean(values)),
            "sd": float(np.std(values, ddof=1)),
            "low": float(low),
            "high": float(high),
        }
    )

reference = (81 + 0.2 * random.standard_normal(10)).round(2)
arm = (reference + 1 + 0.3 * random.standard_normal(10)).round(2)
test = stats.ttest_rel(arm, reference)
interval = test.confidence_interval(0.95)
paired = {
    "arm": arm.tolist(),
    "reference": reference.tolist(),
    "mean": float(np.mean(arm - reference)),
    "sd": float(np.std(arm - reference, ddof=1)),
    "low": float(interval.low),
    "high": float(interval.high),
}

print(json.dumps({"t_quantiles": quantiles, "summaries": summaries, "paired": paired}, indent=1))
