"""A small convolutional network in PyTorch, with its own augmentation: shifts and flips."""

import hashlib, json, os
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

os.chdir(os.environ["FRACTIONATE_CELL"])
ask = json.load(open("cell.json"))
array = {name: torch.from_numpy(np.load(file)) for name, file in ask["arrays"].items()}
device = "cuda" if torch.cuda.is_available() else "cpu"
T, lam, scale, width = ask["temperature"], ask["lambda"], ask["scale"], ask["options"].get("width", 16)
torch.manual_seed(ask["seed"])
torch.use_deterministic_algorithms(True, warn_only=True)

x, labels, targets = array["training_examples"], array["labels"], array.get("targets")
stage = lambda i, o: [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2)]
head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, ask["classes"])]
net = nn.Sequential(*stage(x.shape[1], width), *stage(width, 2 * width), *stage(2 * width, 4 * width), *head).to(device)
orders = [torch.randperm(len(x)) for _ in range(ask["epochs"])]
hash_of = lambda parts: hashlib.sha256(b"".join(p.cpu().numpy().tobytes() for p in parts)).hexdigest()[:16]
result = {"format": 1, "cell": ask["cell"], "batch_order": hash_of(orders)}
result["initial_weights"] = hash_of(net.state_dict().values())
sgd = torch.optim.SGD(net.parameters(), ask["learning_rate"], ask["momentum"], weight_decay=ask["weight_decay"])
steps = ask["epochs"] * len(orders[0].split(ask["batch_size"]))
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, steps)

for epoch, order in enumerate(orders, 1):
    losses = []
    for rows in order.split(ask["batch_size"]):
        shift, flip = torch.randint(-2, 3, (2,)).tolist(), torch.rand(()) < 0.5
        z = net(torch.roll(x[rows].flip(3) if flip else x[rows], shift, (2, 3)).to(device))
        loss = (1 - lam) * F.cross_entropy(z, labels[rows].to(device))
        if targets is not None:
            loss = loss + lam * scale * F.cross_entropy(z / T, targets[rows].to(device))
        sgd.zero_grad(), loss.backward(), sgd.step(), schedule.step()
        losses.append(loss.item())
    print(json.dumps({"epoch": epoch, "train_loss": np.mean(losses)}), file=open("metrics.jsonl", "a"))

net.eval()
for split in [split for split in ("validation", "test") if ask["expected"][split]]:
    with torch.no_grad():
        logits = [net(part.to(device)).cpu() for part in array[f"{split}_examples"].split(500)]
    np.save(f"{split}_logits.npy", torch.cat(logits).numpy())
json.dump(result, open("result.tmp", "w"))
os.replace("result.tmp", "result.json")
