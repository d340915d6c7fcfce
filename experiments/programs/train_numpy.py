"""An MLP with one hidden layer, trained by NumPy alone: what a program has to do, in 45 lines."""

import json, os, pathlib
import numpy as np

cell = pathlib.Path(os.environ["FRACTIONATE_CELL"])
ask = json.loads((cell / "cell.json").read_text())
arrays = {name: np.load(cell / file, mmap_mode="r") for name, file in ask["arrays"].items()}
x, labels = arrays["training_examples"].reshape(len(arrays["labels"]), -1), arrays["labels"]
T, lam, scale, K = ask["temperature"], ask["lambda"], ask["scale"], ask["classes"]

random = np.random.default_rng(ask["seed"])
width = ask["options"].get("hidden", 32)
sizes = [(x.shape[1], width), (width,), (width, K), (K,)]
weights = [random.normal(0, np.sqrt(2 / s[0]), s) if len(s) == 2 else np.zeros(s) for s in sizes]
velocity = [np.zeros(s) for s in sizes]
orders = [random.permutation(len(x)) for _ in range(ask["epochs"])]
hashed = [np.concatenate([w.ravel() for w in weights]).tobytes(), np.concatenate(orders).tobytes()]


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def logits(x):
    return np.maximum(x @ weights[0] + weights[1], 0) @ weights[2] + weights[3]


for epoch, order in enumerate(orders, 1):
    losses = []
    for rows in np.array_split(order, max(1, len(x) // (ask["batch_size"] or 64))):
        batch = x[rows]
        hidden = np.maximum(batch @ weights[0] + weights[1], 0)
        z, one_hot = hidden @ weights[2] + weights[3], np.eye(K)[labels[rows]]
        q, loss = softmax(z), 0.0
        gradient = (1 - lam) * (q - one_hot)
        loss = -(1 - lam) * (one_hot * np.log(q)).sum(1).mean()
        if ask["objective"]["kind"] == "soft":
            rho, soft = arrays["targets"][rows], softmax(z / T)
            gradient = gradient + lam * scale / T * (soft - rho)
            loss -= lam * scale * (rho * np.log(soft)).sum(1).mean()
        losses.append(loss)
        gradient /= len(rows)
        back = (gradient @ weights[2].T) * (hidden > 0)
        gradients = [batch.T @ back, back.sum(0), hidden.T @ gradient, gradient.sum(0)]
        for w, v, g in zip(weights, velocity, gradients):
            v *= ask["momentum"]
            v += g + ask["weight_decay"] * w
            w -= ask["learning_rate"] * v
    with open(cell / "metrics.jsonl", "a") as metrics:
        metrics.write(json.dumps({"epoch": epoch, "train_loss": float(np.mean(losses))}) + "\n")

for split in ["validation", "test"]:
    if ask["expected"][split]:
        np.save(cell / f"{split}_logits.npy", logits(arrays[f"{split}_examples"].reshape(ask["expected"][split], -1)))

import hashlib
result = {"format": 1, "cell": ask["cell"]}
result["initial_weights"], result["batch_order"] = (hashlib.sha256(part).hexdigest()[:16] for part in hashed)
(cell / "result.tmp").write_text(json.dumps(result))
os.replace(cell / "result.tmp", cell / "result.json")
