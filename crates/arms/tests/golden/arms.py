"""Every arm, worked out with NumPy alone: the golden values of golden_arms.rs.

    python3 arms.py cases > cases.json        # labels, logits, last layers
    WRITE_PERMUTATIONS=1 cargo test --release --workspace --test golden_arms
    python3 arms.py > arms.json

The permutations are data here: golden_arms.rs draws them from the seed's random streams into permutations.json, and
checks that the file is what these streams give.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def softmax(logits, temperature):
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    e = np.exp(scaled)
    return e / e.sum(axis=1, keepdims=True)


def flat(p_t, labels, classes):
    off = ((1 - p_t) / (classes - 1))[:, None]
    return np.where(np.eye(classes, dtype=bool)[labels], p_t[:, None], off)


def permuted(row, held, order):
    """The entries but the held one, taken in the order given."""
    others = [k for k in range(len(row)) if k != held]
    result = row.copy()
    result[others] = row[others][order]
    return result


def top_k(p, k):
    classes = p.shape[1]
    result = np.empty_like(p)
    for i, row in enumerate(p):
        # the lower class first where entries are equal
        kept = sorted(range(classes), key=lambda c: (-row[c], c))[:k]
        left_over = max(0.0, 1 - sum(row[c] for c in kept))
        result[i] = left_over / (classes - k) if k < classes else 0.0
        result[i, kept] = row[kept]
    return result


def similarity(classifier, labels, p_t, tau=None):
    unit = classifier / np.linalg.norm(classifier, axis=1, keepdims=True)
    cosines = unit @ unit.T

    def rows(tau):
        return softmax(cosines, tau)[labels]

    def mean_target(tau):
        return rows(tau)[np.arange(len(labels)), labels].mean()

    if tau is None:
        low, high = -12.0, 12.0  # log10 of tau; the mean falls with tau
        for _ in range(200):
            middle = (low + high) / 2
            if mean_target(10**middle) > p_t.mean():
                low = middle
            else:
                high = middle
        tau = 10**low
        assert abs(mean_target(tau) - p_t.mean()) < 1e-9, (mean_target(tau), p_t.mean())
    return rows(tau)


def arms(case, permutations):
    labels, classes, temperature = np.array(case["labels"]), case["classes"], case["temperature"]
    n = len(labels)
    logits = np.array(case["logits"]).reshape(n, classes)
    classifier = np.array(case["classifier"]).reshape(classes, -1)
    p = softmax(logits, temperature)
    onehot = np.eye(classes)[labels]
    p_t = (p * onehot).sum(axis=1)
    counts = onehot.sum(axis=0)
    class_mean = (onehot.T @ p) / counts[:, None]
    class_p_t = (onehot.T @ p_t) / counts
    correct = np.array([row.tolist().index(row.max()) for row in p]) == labels
    onehot_correct = onehot * correct[:, None]
    counts_correct = onehot_correct.sum(axis=0)
    off_mean = (class_mean * (1 - np.eye(classes)))[labels]
    total = off_mean.sum(axis=1, keepdims=True)
    shares = np.where(total > 0, off_mean / np.where(total > 0, total, 1), (1 - onehot) / (classes - 1))
    class_permuted = np.array([permuted(class_mean[c], c, order) for c, order in enumerate(permutations["class-permuted"])])
    # where each example takes what is moved inside its class
    within = np.empty(n, dtype=int)
    for c, order in enumerate(permutations["within-class"]):
        members = np.flatnonzero(labels == c)
        within[members] = members[order]
    hand_made = flat(np.full(n, 0.99), labels, classes)
    argmax = [row.tolist().index(row.max()) for row in p]
    targets = {
        "uniform": np.full((n, classes), 1 / classes),
        "class-prior": np.tile(counts / n, (n, 1)),
        "class-prior(teacher)": np.tile(p.mean(axis=0), (n, 1)),
        "label-smoothing": flat(np.full(n, p_t.mean()), labels, classes),
        "label-smoothing(0.9)": flat(np.full(n, 0.9), labels, classes),
        "label-smoothing(correct)": flat(np.full(n, p_t[correct].mean()), labels, classes),
        "virtual-teacher": softmax(np.log(hand_made), 20),
        "virtual-teacher(unsoftened)": hand_made,
        "virtual-teacher(code)": softmax(hand_made, 20),
        "class-smoothing": flat(class_p_t[labels], labels, classes),
        "class-smoothing(correct)": flat(((onehot_correct.T @ p_t) / counts_correct)[labels], labels, classes),
        "class-mean": class_mean[labels],
        "class-mean(correct)": ((onehot_correct.T @ p) / counts_correct[:, None])[labels],
        "class-permuted": class_permuted[labels],
        "class-similarity": similarity(classifier, labels, p_t),
        "class-similarity(0.1)": similarity(classifier, labels, p_t, 0.1),
        "shuffled-within-class": p[within],
        "shuffled": p[permutations["shuffled"]],
        "partial": flat(p_t, labels, classes),
        "permuted": np.array([permuted(row, t, order) for row, t, order in zip(p, labels, permutations["permuted"])]),
        "permuted(argmax)": np.array([permuted(row, t, order) for row, t, order in zip(p, argmax, permutations["permuted"])]),
        "recombined": onehot * p_t[:, None] + shares * (1 - p_t)[:, None],
        "top-k": top_k(p, math.ceil(classes / 4)),
        "top-k(0.5)": top_k(p, math.ceil(classes / 2)),
        **{f"top-k({k})": top_k(p, k) for k in (1, 2, 3) if k <= classes},
        "teacher": p,
        "dkd": p,
        "dkd(1,2)": p,
        "dkd(1,8,20)": p,
        "tckd": p,
        "nckd": p,
    }
    weights = {
        "target-weighted": p_t / p_t.mean(),
        "target-weighted(shuffled)": (p_t / p_t.mean())[within],
        # the loss divides by the batch's sum
        "confidence-weighted": softmax(logits, 1).max(axis=1),
    }
    # alpha, beta and epochs of warm-up
    decoupled = {"dkd": [1, 8, 0], "dkd(1,2)": [1, 2, 0], "dkd(1,8,20)": [1, 8, 20], "tckd": [1, 0, 0], "nckd": [0, 1, 0]}
    return {
        "targets": {name: rows.ravel().round(12).tolist() for name, rows in targets.items()},
        "weights": {name: rows.round(12).tolist() for name, rows in weights.items()},
        "decoupled": decoupled,
    }


def case(seed, n, classes, temperature, scale, extreme):
    draws = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(classes), np.arange(classes), draws.integers(0, classes, n - 2 * classes)])
    # logits that favour the label, rounded to what f32 holds exactly
    logits = draws.normal(size=(n, classes)) * scale + 2 * np.eye(classes)[labels]
    logits = np.round(logits * 64) / 64
    # one example of each class that is classified correctly
    logits[np.arange(classes), np.arange(classes)] = logits[:classes].max(axis=1) + 1
    if extreme:
        logits[classes] = 1e4 * (np.arange(classes) % 2)
        logits[classes + 1, :] = -1e4
        logits[-1, 0] = 1e4
    classifier = np.round(draws.normal(size=(classes, 5)) * 64) / 64
    return {
        "classes": classes,
        "temperature": temperature,
        "labels": labels.tolist(),
        "logits": logits.ravel().tolist(),
        "classifier": classifier.ravel().tolist(),
    }


if sys.argv[1:] == ["cases"]:
    made = [
        case(1, 13, 4, 2.0, 1.5, False),
        case(2, 9, 3, 0.5, 3.0, True),
        case(3, 6, 2, 4.0, 1.0, True),
        case(4, 27, 12, 4.0, 3.0, False),
    ]
    print(json.dumps({"cases": made}))
else:
    cases = json.loads((FOLDER / "cases.json").read_text())["cases"]
    permutations = json.loads((FOLDER / "permutations.json").read_text())
    print(json.dumps([arms(case, permutations) for case, permutations in zip(cases, permutations, strict=True)]))
