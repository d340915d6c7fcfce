"""The built-in trainer's MLP in PyTorch: the same initial weights, batches and learning rates, read from a file.

The option `initial` names the folder of the files that `fractionate initial SUITE --seed N --out N.safetensors` wrote."""

import json, os, pathlib
import numpy as np
import torch
from safetensors import safe_open
from torch.nn import functional as F

cell = pathlib.Path(os.environ["FRACTIONATE_CELL"])
ask = json.loads((cell / "cell.json").read_text())
array = {name: torch.from_numpy(np.load(cell / file)) for name, file in ask["arrays"].items()}
with safe_open(f"{ask['options']['initial']}/{ask['seed']}.safetensors", "pt") as file:
    start = {name: file.get_tensor(name) for name in file.keys()}
    known = file.metadata()
torch.set_num_threads(1)
depth = sum(name.endswith(".weight") for name in start)
layers = [[start[f"layers.{i}.{part}"].clone().requires_grad_() for part in ("weight", "bias")] for i in range(depth)]
x, labels, targets = array["training_examples"].flatten(1), array["labels"], array.get("targets")
T, lam, scale = ask["temperature"], ask["lambda"], ask["scale"]
sgd = torch.optim.SGD(sum(layers, []), 1.0, ask["momentum"], nesterov=ask["nesterov"], weight_decay=ask["weight_decay"])


def logits(x):
    for i, (weight, bias) in enumerate(layers):
        x = F.linear(F.relu(x) if i else x, weight, bias)
    return x


rates = iter(start["learning_rates"].tolist())
for order in start["batch_order"]:
    for rows in order.split(ask["batch_size"]):
        z = logits(x[rows])
        loss = (1 - lam) * F.cross_entropy(z, labels[rows])
        if targets is not None:
            loss = loss + lam * scale * F.cross_entropy(z / T, targets[rows])
        sgd.param_groups[0]["lr"] = next(rates)
        sgd.zero_grad(), loss.backward(), sgd.step()

for split in ("validation", "test"):
    if ask["expected"][split]:
        np.save(cell / f"{split}_logits.npy", logits(array[f"{split}_examples"].flatten(1)).detach().numpy())
hashes = {key: known[key] for key in ("initial_weights", "batch_order")}
(cell / "result.tmp").write_text(json.dumps({"format": 1, "cell": ask["cell"], **hashes}))
os.replace(cell / "result.tmp", cell / "result.json")
