"""Golden values of diagnostics.json, by NumPy, SciPy and scikit-learn.

    python diagnostics.py > diagnostics.json

Every quantity in another form than the code's own: omega by numerical differentiation in extended precision, CKA by
centred Gram matrices (HSIC), calibration by np.histogram, deciles by np.array_split. Inputs are multiples of 1/64, so
that they are the same numbers in binary32.
"""

import json

import numpy as np
from scipy.special import log_softmax, rel_entr, softmax
from scipy.stats import spearmanr
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss

rng = np.random.default_rng(5)
EXAMPLES, CLASSES, T, LAMBDA = 120, 7, 3.0, 0.7


def sixty_fourths(array):
    return np.round(array * 64) / 64


labels = rng.integers(0, CLASSES, EXAMPLES)
labels[:CLASSES] = np.arange(CLASSES)
signal = np.eye(CLASSES)[labels]
student = sixty_fourths(rng.normal(size=(EXAMPLES, CLASSES)) * 1.5 + signal * 2)
teacher = sixty_fourths(rng.normal(size=(EXAMPLES, CLASSES)) * 2 + signal * 4)
rows = np.arange(EXAMPLES)

# Soft targets that are exact in binary32: 65536ths that sum to 1.
rho = np.floor(softmax(teacher / T, axis=1) * 65536) / 65536
rho[rows, labels] += 1 - rho.sum(axis=1)


def loss(z, scale):
    """Per example, hard and soft, in extended precision."""
    z = z.astype(np.longdouble)
    log_q = lambda z: z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hard = -log_q(z)[rows, labels]
    return hard, (1 - LAMBDA) * hard - LAMBDA * scale * (rho * log_q(z / T)).sum(axis=1)


def omega(scale, step=np.longdouble(1e-5)):
    up, down = student.astype(np.longdouble), student.astype(np.longdouble)
    up[rows, labels] += step
    down[rows, labels] -= step
    difference = [b - a for a, b in zip(loss(down, scale), loss(up, scale))]
    return (difference[1] / difference[0]).astype(float)


q = softmax(student, axis=1)
p = softmax(teacher, axis=1)
p_t = softmax(teacher / T, axis=1)[rows, labels]
found = {scaling: omega(scale) for scaling, scale in [("hinton", T**2), ("none", 1.0)]}

confidence, right = q.max(axis=1), q.argmax(axis=1) == labels
edges = np.linspace(0, 1, 16)
count = np.histogram(confidence, edges)[0]
sums = [np.histogram(confidence, edges, weights=w)[0] for w in (right.astype(float), confidence)]
ece = (np.abs(sums[0] - sums[1])).sum() / count.sum()

parts = np.array_split(np.argsort(p_t, kind="stable"), 10)

features = [sixty_fourths(rng.normal(size=(EXAMPLES, width)) + signal[:, :width]) for width in (5, 3)]
centre = np.eye(EXAMPLES) - 1 / EXAMPLES
gram = [centre @ x @ x.T @ centre for x in features]
hsic = lambda a, b: np.trace(a @ b)

print(
    json.dumps(
        {
            "classes": CLASSES,
            "temperature": T,
            "lambda": LAMBDA,
            "labels": labels.tolist(),
            "student": student.ravel().tolist(),
            "teacher": teacher.ravel().tolist(),
            "rho": rho.ravel().tolist(),
            "omega": {scaling: values.tolist() for scaling, values in found.items()},
            "deciles": {s: np.quantile(v, np.arange(1, 10) / 10).tolist() for s, v in found.items()},
            "spearman": {s: spearmanr(v, p_t).statistic for s, v in found.items()},
            "agreement": accuracy_score(p.argmax(axis=1), q.argmax(axis=1)),
            "kl": rel_entr(p, q).sum(axis=1).mean(),
            "nll": log_loss(labels, q),
            "brier": brier_score_loss(labels, q, scale_by_half=False),
            "ece": ece,
            "by_difficulty": [right[part].mean() for part in parts],
            "features": [x.ravel().tolist() for x in features],
            "cka": hsic(*gram) / np.sqrt(hsic(gram[0], gram[0]) * hsic(gram[1], gram[1])),
        }
    )
)
