"""Writes smoothed.json: smoothed means with their intervals, by the formulas of src/intervals/smoothed.rs. Needs NumPy
and SciPy."""

import json
import pathlib

import numpy as np
from scipy import stats

random = np.random.default_rng(0)


def jackknife(t, families):
    """The infinitesimal jackknife variance of statistics t [draws], bias-corrected."""
    total = 0.0
    for counts in families:
        draws, units = counts.shape
        covariances = np.array([np.cov(counts[:, j], t, bias=True)[0, 1] for j in range(units)])
        total += units / (units - 1) * (np.sum(covariances**2) - units / draws * np.var(t))
    return max(0.0, total)


cases = []
for draws, groups, seeds, n, effect in [(40, 6, 3, 4, 1.0), (60, 8, 2, 2, 0.2), (50, 5, 4, 10, 3.0), (80, 4, 5, 3, 0.0)]:
    w = random.multinomial(groups, np.full(groups, 1 / groups), draws)
    u = random.multinomial(seeds, np.full(seeds, 1 / seeds), draws)
    # A setting is selected by the counts; each has its own mean and its own noise at every comparison seed.
    chosen = ((w @ random.normal(size=groups) + effect * (u @ random.normal(size=seeds))) > 0).astype(int)
    values = random.normal(size=(2, n)) + np.array([[80.0], [80.0 + effect]])
    t = values[chosen]
    smoothed = t.mean(axis=0)
    of_mean = jackknife(t.mean(axis=1), [w, u])
    of_seeds = np.mean([jackknife(t[:, i], [w, u]) for i in range(n)])
    v = max(0.0, of_mean - max(0.0, of_seeds - of_mean) / (n - 1))
    sd = smoothed.std(ddof=1)
    half = np.sqrt(stats.t.ppf(0.975, n - 1) ** 2 * sd**2 / n + stats.norm.ppf(0.975) ** 2 * v)
    cases.append(
        {
            "draws": t.tolist(),
            "groups": w.tolist(),
            "seeds": u.tolist(),
            "centre": smoothed.mean(),
            "sd": sd,
            "other_variance": v,
            "low": smoothed.mean() - half,
            "high": smoothed.mean() + half,
        }
    )
(pathlib.Path(__file__).parent / "smoothed.json").write_text(json.dumps(cases) + "\n")
