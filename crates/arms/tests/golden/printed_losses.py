"""Runs the losses of printed_losses.json, which `fractionate targets` prints, in PyTorch: python printed_losses.py

Each is compared with its definition, written out here without the functions that the printed code calls.
"""

import json
import pathlib

import torch

torch.manual_seed(1)
LOGITS, LABELS = torch.randn(6, 4).double() * 2, torch.tensor([0, 1, 2, 3, 1, 0])
P, WEIGHTS = torch.softmax(torch.randn(6, 4).double(), 1), torch.rand(6).double()
ROWS = range(6)
HARD = -torch.log(torch.softmax(LOGITS, 1)[ROWS, LABELS])
OTHERS = torch.ones(6, 4, dtype=torch.bool).scatter(1, LABELS[:, None], False)


def soft(t, s, lam):
    soft = -(P * torch.log(torch.softmax(LOGITS / t, 1))).sum(1)
    return (1 - lam) * HARD.mean() + lam * s * soft.mean()


def decoupled(alpha, beta, t, s):
    q = torch.softmax(LOGITS / t, 1)
    p_t, q_t = P[ROWS, LABELS], q[ROWS, LABELS]
    tckd = p_t * (p_t / q_t).log() + (1 - p_t) * ((1 - p_t) / (1 - q_t)).log()
    p_others, q_others = (rows[OTHERS].view(6, 3) for rows in (P, q))
    p_others, q_others = p_others / (1 - p_t)[:, None], q_others / (1 - q_t)[:, None]
    nckd = (p_others * (p_others / q_others).log()).sum(1)
    return HARD.mean() + s * (alpha * tckd.mean() + beta * nckd.mean())


WANTED = {
    "teacher": soft(2, 4, 0.9),
    "virtual-teacher": soft(20, 400, 0.9),
    "dkd(1,8,20)": decoupled(1, 8, 2, 4),
    "nckd": decoupled(0, 1, 2, 4),
    "target-weighted": (WEIGHTS * HARD).mean(),
    "confidence-weighted": (WEIGHTS * HARD).sum() / WEIGHTS.sum(),
}
printed = json.loads(pathlib.Path(__file__).with_suffix(".json").read_text())
assert printed.keys() == WANTED.keys()
for arm, code in printed.items():
    names = {}
    exec(code, names)
    rows = WEIGHTS if "weighted" in arm else P
    found = names["loss"](LOGITS, LABELS, rows)
    assert torch.isclose(found, WANTED[arm], rtol=1e-9), (arm, found, WANTED[arm])
print("the printed losses are what they say")
