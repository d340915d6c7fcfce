"""Golden values for class relations, by NumPy and SciPy.

    python relations.py > relations.json
"""

import json

import numpy as np
from scipy import stats
from scipy.special import softmax

random = np.random.default_rng(5)
groups = [0, 1, 0, 2, 1, 0]
classes = len(groups)
logits = np.float32(3 * random.standard_normal((40, classes)))
weights = np.float32(random.standard_normal((classes, 7)))
pairs = [(a, b) for a in range(classes) for b in range(a + 1, classes)]


def off_diagonal(matrix):
    return [matrix[a, b] for a, b in pairs]


def contrast(matrix):
    inside = [matrix[a, b] for a, b in pairs if groups[a] == groups[b]]
    across = [matrix[a, b] for a, b in pairs if groups[a] != groups[b]]
    return float(np.mean(inside) - np.mean(across))


rows = np.float64(weights)
unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
cosines = unit @ unit.T

temperatures = []
for temperature in (0.5, 1.0, 2.0, 16.0):
    correlations = np.corrcoef(softmax(np.float64(logits) / temperature, axis=1), rowvar=False)
    temperatures.append(
        {
            "temperature": temperature,
            "correlations": correlations.ravel().tolist(),
            "contrast": contrast(correlations),
            "spearman": float(stats.spearmanr(off_diagonal(correlations), off_diagonal(cosines)).statistic),
        }
    )

print(
    json.dumps(
        {
            "groups": groups,
            "logits": np.float64(logits).ravel().tolist(),
            "weights": np.float64(weights).ravel().tolist(),
            "cosines": cosines.ravel().tolist(),
            "cosine_contrast": contrast(cosines),
            "temperatures": temperatures,
        }
    )
)
