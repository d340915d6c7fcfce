"""An MLP with one hidden layer in NumPy alone: all that a program has to do."""

import hashlib, json, os
import numpy as np

os.chdir(os.environ["FRACTIONATE_CELL"])
ask = json.load(open("cell.json"))
array = {name: np.load(file, mmap_mode="r") for name, file in ask["arrays"].items()}
flat = lambda name: array[name].reshape(len(array[name]), -1)
x, labels, targets = flat("training_examples"), array["labels"], array.get("targets")
T, lam, scale, K = ask["temperature"], ask["lambda"], ask["scale"], ask["classes"]
softmax = lambda z: np.exp(z - z.max(1, keepdims=True)) / np.exp(z - z.max(1, keepdims=True)).sum(1, keepdims=True)
cross_entropy = lambda p, q: -(p * np.log(q)).sum(1).mean()

random = np.random.default_rng(ask["seed"])
sizes = [(x.shape[1], ask["options"].get("hidden", 32)), (ask["options"].get("hidden", 32), K)]
weights = [random.normal(0, np.sqrt(2 / rows), (rows, columns)) for rows, columns in sizes]
velocity = [np.zeros(size) for size in sizes]
orders = [random.permutation(len(x)) for _ in range(ask["epochs"])]
hash_of = lambda arrays: hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()[:16]
result = {"format": 1, "cell": ask["cell"], "initial_weights": hash_of(weights), "batch_order": hash_of(orders)}
logits = lambda x: np.maximum(x @ weights[0], 0) @ weights[1]

for epoch, order in enumerate(orders, 1):
    losses = []
    for rows in np.array_split(order, -(-len(x) // ask["batch_size"])):
        batch, one_hot = x[rows], np.eye(K)[labels[rows]]
        hidden = np.maximum(batch @ weights[0], 0)
        z = hidden @ weights[1]
        gradient, loss = (1 - lam) * (softmax(z) - one_hot), (1 - lam) * cross_entropy(one_hot, softmax(z))
        if targets is not None:
            gradient += lam * scale / T * (softmax(z / T) - targets[rows])
            loss += lam * scale * cross_entropy(targets[rows], softmax(z / T))
        losses.append(loss)
        back = (gradient @ weights[1].T) * (hidden > 0)
        for w, v, g in zip(weights, velocity, [batch.T @ back, hidden.T @ gradient]):
            v[:] = ask["momentum"] * v + g / len(rows) + ask["weight_decay"] * w
            w -= ask["learning_rate"] * v
    print(json.dumps({"epoch": epoch, "train_loss": np.mean(losses)}), file=open("metrics.jsonl", "a"))

for split in [split for split in ("validation", "test") if ask["expected"][split]]:
    np.save(f"{split}_logits.npy", logits(flat(f"{split}_examples")))
json.dump(result, open("result.tmp", "w"))
os.replace("result.tmp", "result.json")
