"""A small convolutional network in PyTorch, with its own augmentation: random crops and flips."""

import hashlib, json, os, pathlib
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

cell = pathlib.Path(os.environ["FRACTIONATE_CELL"])
ask = json.loads((cell / "cell.json").read_text())
array = {name: torch.from_numpy(np.load(cell / file)) for name, file in ask["arrays"].items()}
device = "cuda" if torch.cuda.is_available() else "cpu"
T, lam, scale, width = ask["temperature"], ask["lambda"], ask["scale"], ask["options"].get("width", 16)
torch.manual_seed(ask["seed"])
torch.use_deterministic_algorithms(True, warn_only=True)

x, labels, targets = array["training_examples"], array["labels"], array.get("targets")
block = lambda i, o: nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2))
net = nn.Sequential(block(x.shape[1], width), block(width, 2 * width), block(2 * width, 4 * width),
                    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, ask["classes"])).to(device)
hash_of = lambda parts: hashlib.sha256(b"".join(p.cpu().numpy().tobytes() for p in parts)).hexdigest()[:16]
result = {"format": 1, "cell": ask["cell"], "initial_weights": hash_of(net.state_dict().values())}
orders = [torch.randperm(len(x)) for _ in range(ask["epochs"])]
result["batch_order"] = hash_of(orders)
sgd = torch.optim.SGD(net.parameters(), ask["learning_rate"], ask["momentum"], weight_decay=ask["weight_decay"])
batches = orders[0].split(ask["batch_size"])
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, ask["epochs"] * len(batches))

for epoch, order in enumerate(orders, 1):
    net.train()
    losses = []
    for rows in order.split(ask["batch_size"]):
        shift, flip = torch.randint(-2, 3, (2,)).tolist(), torch.rand(()) < 0.5
        z = net(torch.roll(x[rows].flip(3) if flip else x[rows], shift, (2, 3)).to(device))
        loss = (1 - lam) * F.cross_entropy(z, labels[rows].to(device))
        if targets is not None:
            loss = loss + lam * scale * F.cross_entropy(z / T, targets[rows].to(device))
        sgd.zero_grad(), loss.backward(), sgd.step(), schedule.step()
        losses.append(loss.item())
    with open(cell / "metrics.jsonl", "a") as metrics:
        metrics.write(json.dumps({"epoch": epoch, "train_loss": float(np.mean(losses))}) + "\n")

net.eval()
with torch.no_grad():
    for split in ("validation", "test"):
        if ask["expected"][split]:
            parts = [net(part.to(device)).cpu() for part in array[f"{split}_examples"].split(500)]
            np.save(cell / f"{split}_logits.npy", torch.cat(parts).numpy())
(cell / "result.tmp").write_text(json.dumps(result))
os.replace(cell / "result.tmp", cell / "result.json")
