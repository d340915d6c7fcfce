"""Soft targets of every arm, worked out with NumPy alone: the golden values of golden_arms.rs.

    python3 arms.py > arms.json
"""

import json

import numpy as np


def softmax(logits, temperature):
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    e = np.exp(scaled)
    return e / e.sum(axis=1, keepdims=True)


def flat(p_t, labels, classes):
    off = ((1 - p_t) / (classes - 1))[:, None]
    return np.where(np.eye(classes, dtype=bool)[labels], p_t[:, None], off)


def arms(logits, labels, temperature):
    n, classes = logits.shape
    p = softmax(logits, temperature)
    onehot = np.eye(classes)[labels]
    p_t = (p * onehot).sum(axis=1)
    counts = onehot.sum(axis=0)
    class_mean = (onehot.T @ p) / counts[:, None]
    class_p_t = (onehot.T @ p_t) / counts
    off_mean = (class_mean * (1 - np.eye(classes)))[labels]
    total = off_mean.sum(axis=1, keepdims=True)
    shares = np.where(total > 0, off_mean / np.where(total > 0, total, 1), (1 - onehot) / (classes - 1))
    return {
        "uniform": np.full((n, classes), 1 / classes),
        "class-prior": np.tile(counts / n, (n, 1)),
        "class-prior(teacher)": np.tile(p.mean(axis=0), (n, 1)),
        "label-smoothing": flat(np.full(n, p_t.mean()), labels, classes),
        "label-smoothing(0.9)": flat(np.full(n, 0.9), labels, classes),
        "class-smoothing": flat(class_p_t[labels], labels, classes),
        "class-mean": class_mean[labels],
        "partial": flat(p_t, labels, classes),
        "recombined": onehot * p_t[:, None] + shares * (1 - p_t)[:, None],
        # the shuffled arms are checked against these rows as multisets
        "teacher": p,
    }


def case(seed, n, classes, temperature, scale, extreme):
    draws = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(classes), np.arange(classes), draws.integers(0, classes, n - 2 * classes)])
    # logits that favour the label, rounded to what f32 holds exactly
    logits = draws.normal(size=(n, classes)) * scale + 2 * np.eye(classes)[labels]
    logits = np.round(logits * 64) / 64
    if extreme:
        logits[0] = 1e4 * (np.arange(classes) % 2)
        logits[1, :] = -1e4
        logits[2, 0] = 1e4
    targets = {name: rows.ravel().tolist() for name, rows in arms(logits, labels, temperature).items()}
    return {
        "classes": classes,
        "temperature": temperature,
        "labels": labels.tolist(),
        "logits": logits.ravel().tolist(),
        "targets": targets,
    }


print(json.dumps({"cases": [case(1, 13, 4, 2.0, 1.5, False), case(2, 9, 3, 0.5, 3.0, True), case(3, 6, 2, 4.0, 1.0, True)]}))
