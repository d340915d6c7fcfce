"""Writes crossed_effects.json: variance components of two crossed factors from the mean squares of statsmodels' two-way
analysis of variance. Needs NumPy, pandas and statsmodels."""

import json
import pathlib

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.formula.api import ols

random = np.random.default_rng(0)
cases = []
for seeds, examples, a, b, c in [(3, 8, 1.0, 1.0, 1.0), (5, 20, 0.1, 2.0, 0.5), (10, 12, 2.0, 0.0, 1.0), (2, 5, 0.0, 1.0, 3.0)]:
    y = (
        80.0
        + a * random.normal(size=(seeds, 1))
        + b * random.normal(size=(1, examples))
        + c * random.normal(size=(seeds, examples))
    )
    frame = pd.DataFrame(
        {"y": y.ravel(), "seed": np.repeat(np.arange(seeds), examples), "example": np.tile(np.arange(examples), seeds)}
    )
    table = sm.stats.anova_lm(ols("y ~ C(seed) + C(example)", data=frame).fit())
    squares = table["mean_sq"]
    rest = squares["Residual"]
    cases.append(
        {
            "values": y.tolist(),
            "mean": y.mean(),
            "seed": max(0.0, (squares["C(seed)"] - rest) / examples),
            "example": max(0.0, (squares["C(example)"] - rest) / seeds),
            "interaction": rest,
        }
    )
(pathlib.Path(__file__).parent / "crossed_effects.json").write_text(json.dumps(cases) + "\n")
