"""The built-in trainer's MLP in PyTorch: the same initial weights, batches and learning rates, read from a file.

The option `initial` names the folder of the files that `fractionate initial SUITE --seed N --out N.safetensors` wrote:
their views (crops, flips) and mixed pictures are repeated, too."""

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
labels, targets = array["labels"], array.get("targets")
T, lam, scale = ask["temperature"], ask["lambda"], ask["scale"]
sgd = torch.optim.SGD(sum(layers, []), 1.0, ask["momentum"], nesterov=ask["nesterov"], weight_decay=ask["weight_decay"])


def logits(x):
    for i, (weight, bias) in enumerate(layers):
        x = F.linear(F.relu(x) if i else x, weight, bias)
    return x


if {"view_cutout", "view_rectangle"} & start.keys() or known.get("padding") == "reflect":
    raise SystemExit("cutouts, stretched rectangles and mirrored padding are not repeated here")
# Some training picture has a black pixel in every channel.
black = array["training_examples"].amin((0, 2, 3), keepdim=True)


def views(epoch, rows):
    """What the examples look like in an epoch, before any are mixed."""
    pictures, draw = array["training_examples"][rows], lambda name: start[name][epoch, rows]
    if "view_crop" in start:
        (height, width), padding = pictures.shape[2:], int(known["crop_padding"])
        padded = F.pad(pictures - black, [padding] * 4) + black
        crop = lambda picture, at: picture[..., at[0] : at[0] + height, at[1] : at[1] + width]
        pictures = torch.stack([crop(picture, at) for picture, at in zip(padded, draw("view_crop").tolist())])
    if "view_flip" in start:
        pictures = torch.where(draw("view_flip").bool()[:, None, None, None], pictures.flip(-1), pictures)
    return pictures


def mixed(epoch, rows):
    """Pictures, and a function that mixes what else an example has as they are mixed."""
    own = views(epoch, rows)
    if "mix_share" not in start:
        return own, lambda table: table[rows]
    partner, share = start["mix_partner"][epoch, rows], start["mix_share"][epoch, rows]
    other = views(epoch, partner)
    picture = torch.lerp(other, own, share[:, None, None, None])
    if "mix_rectangle" not in start:
        return picture, lambda table: share[:, None] * table[rows] + (1 - share[:, None]) * table[partner]
    for at, (top, left, height, width) in enumerate(start["mix_rectangle"][epoch, rows].tolist()):
        if height:
            square = (slice(None), slice(top, top + height), slice(left, left + width))
            picture[at] = own[at]
            picture[at][square] = other[at][square]
    return picture, lambda table: share[:, None] * table[rows] + (1 - share[:, None]) * table[partner]


one_hot = F.one_hot(labels.long()).float()
rates = iter(start["learning_rates"].tolist())
for epoch, order in enumerate(start["batch_order"]):
    for rows in order.split(ask["batch_size"]):
        pictures, mix = mixed(epoch, rows)
        z = logits(pictures.flatten(1))
        loss = (1 - lam) * F.cross_entropy(z, mix(one_hot))
        if targets is not None:
            loss = loss + lam * scale * F.cross_entropy(z / T, mix(targets))
        sgd.param_groups[0]["lr"] = next(rates)
        sgd.zero_grad(), loss.backward(), sgd.step()

for split in ("validation", "test"):
    if ask["expected"][split]:
        np.save(cell / f"{split}_logits.npy", logits(array[f"{split}_examples"].flatten(1)).detach().numpy())
hashes = {key: known[key] for key in ("initial_weights", "batch_order")}
(cell / "result.tmp").write_text(json.dumps({"format": 1, "cell": ask["cell"], **hashes}))
os.replace(cell / "result.tmp", cell / "result.json")
