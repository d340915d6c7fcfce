"""Writes welch.json: Welch's 95% intervals of the difference of two means. Needs SciPy."""

import json
import pathlib

import numpy as np
from scipy import stats

random = np.random.default_rng(0)
cases = []
for n, m, sd in [(2, 2, 1.0), (3, 10, 5.0), (10, 10, 1.0), (10, 4, 0.1), (50, 7, 20.0)]:
    first = random.normal(80.0, 1.0, n)
    other = random.normal(81.0, sd, m)
    interval = stats.ttest_ind(other, first, equal_var=False).confidence_interval(0.95)
    cases.append({"first": list(first), "other": list(other), "low": interval.low, "high": interval.high})
(pathlib.Path(__file__).parent / "welch.json").write_text(json.dumps(cases, indent=1) + "\n")
