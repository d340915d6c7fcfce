"""Golden values for rank correlations, by SciPy.

    python ranks.py > ranks.json
"""

import json

import numpy as np
from scipy import stats

random = np.random.default_rng(5)
random.standard_normal((40, 6)), random.standard_normal((6, 7))  # what reporting's relations.py draws first

spearman = []
for n, values in ((5, 3), (20, 6), (50, 1000)):
    a, b = (random.integers(0, values, n).astype(float) for _ in range(2))
    spearman.append({"a": a.tolist(), "b": b.tolist(), "rho": float(stats.spearmanr(a, b).statistic)})

print(json.dumps({"spearman": spearman}))
