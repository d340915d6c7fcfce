"""The soft targets of three arms from the logits of a made-up teacher.

python3 crates/python/examples/three_arms.py
"""

import numpy as np

import fractionate

# Four examples, three classes.
LOGITS = np.array([[4.0, 1.0, 0.0], [2.0, 1.5, 0.0], [0.0, 3.0, 2.0], [0.5, 0.0, 3.5]], dtype=np.float32)
LABELS = np.array([0, 0, 1, 2])

for name in ("label-smoothing", "class-mean", "teacher"):
    print(f"{name}: {fractionate.arm(name).formula}")
    for label, row in zip(LABELS, fractionate.targets(LOGITS, LABELS, name, temperature=2.0), strict=True):
        print(f"  label {label}: {row.round(3)}")
