"""Clusters of made-up classes by Ward's method, by SciPy.

    python clusters.py > clusters.json
"""

import json

import numpy
from scipy.cluster.hierarchy import fcluster, linkage

CLASSES = 20

rng = numpy.random.default_rng(7)
centres = rng.normal(size=(4, 30))
vectors = centres[rng.integers(4, size=CLASSES)] + rng.normal(size=(CLASSES, 30))
vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
tree = linkage(vectors, "ward")
golden = {"relations": (vectors @ vectors.T).ravel().tolist()}
for most in (1, 2, 5, 8, CLASSES):
    golden[f"into_{most}"] = fcluster(tree, most, "maxclust").tolist()
print(json.dumps(golden))
