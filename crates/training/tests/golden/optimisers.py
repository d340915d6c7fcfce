"""Writes optimisers.json: where PyTorch's optimisers move a weight and a bias by given gradients, in 64 bits.

Values and gradients follow the formulas below, so that the file holds outcomes alone:

    python optimisers.py > optimisers.json

PyTorch 2.13.
"""

import json

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)
STEPS, LEARNING_RATE, WEIGHT_DECAY = 6, 0.1, 0.05
SHAPES = [(2, 3), (3,)]


class Parameters(torch.nn.Module):
    def __init__(self):
        super().__init__()
        start = [torch.sin(1.0 + torch.arange(torch.Size(shape).numel(), dtype=torch.float64)) for shape in SHAPES]
        self.all = torch.nn.ParameterList(values.view(shape) for values, shape in zip(start, SHAPES))


def gradient(shape, step, at):
    places = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
    return (3.0 if step % 2 == 0 else 0.3) * torch.sin(0.7 * places + step + at).view(shape)


def moved(optimiser, weights_alone=False, clipping=None, ema=None):
    model = Parameters()
    groups = [
        {"params": [p], "weight_decay": WEIGHT_DECAY if p.dim() > 1 or not weights_alone else 0.0} for p in model.all
    ]
    optimiser = optimiser(groups)
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(ema)) if ema else None
    for step in range(STEPS):
        for at, parameter in enumerate(model.all):
            parameter.grad = gradient(parameter.shape, step, at)
        if clipping:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clipping)
        optimiser.step()
        if averaged:
            averaged.update_parameters(model)
    kept = averaged.module if averaged else model
    return [p.flatten().tolist() for p in kept.all]


def sgd(momentum=0.9, nesterov=False):
    return lambda groups: torch.optim.SGD(groups, lr=LEARNING_RATE, momentum=momentum, nesterov=nesterov)


def adamw(betas=(0.9, 0.999), eps=1e-8):
    return lambda groups: torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=betas, eps=eps)


CASES = {
    "sgd, clipped": ({"gradient_clipping": 1.5}, moved(sgd(), clipping=1.5)),
    "nesterov, clipped": (
        {"nesterov": True, "gradient_clipping": 1.5},
        moved(sgd(nesterov=True), clipping=1.5),
    ),
    "sgd, weights alone decay": ({"weight_decay_on": "weights"}, moved(sgd(), weights_alone=True)),
    "adamw": (
        {"momentum": 0.0, "optimiser": {"kind": "adamw", "betas": [0.9, 0.999], "epsilon": 1e-8}},
        moved(adamw()),
    ),
    "adamw, weights alone decay, clipped, averaged": (
        {
            "momentum": 0.0,
            "optimiser": {"kind": "adamw", "betas": [0.8, 0.95], "epsilon": 1e-3},
            "weight_decay_on": "weights",
            "gradient_clipping": 0.7,
            "ema": 0.7,
        },
        moved(adamw((0.8, 0.95), 1e-3), weights_alone=True, clipping=0.7, ema=0.7),
    ),
}
print(json.dumps([{"name": n, "training": t, "moved": m} for n, (t, m) in CASES.items()], indent=1))
