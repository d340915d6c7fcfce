"""An MLP with one hidden layer in JAX."""

import hashlib, json, os
import jax, numpy as np
from jax import numpy as jnp

os.chdir(os.environ["FRACTIONATE_CELL"])
ask = json.load(open("cell.json"))
array = {name: jnp.asarray(np.load(file)) for name, file in ask["arrays"].items()}
flat = lambda name: array[name].reshape(len(array[name]), -1)
x, one_hot = flat("training_examples"), jax.nn.one_hot(array["labels"], ask["classes"])
targets = array.get("targets", one_hot)
T, lam, scale, width = ask["temperature"], ask["lambda"], ask["scale"], ask["options"].get("hidden", 32)

key, one, two = jax.random.split(jax.random.key(ask["seed"]), 3)
weights = [jax.random.normal(one, (x.shape[1], width)) * (2 / x.shape[1]) ** 0.5]
weights += [jax.random.normal(two, (width, ask["classes"])) * (2 / width) ** 0.5]
velocity = [jnp.zeros_like(w) for w in weights]
orders = [np.asarray(jax.random.permutation(k, len(x))) for k in jax.random.split(key, ask["epochs"])]
hash_of = lambda arrays: hashlib.sha256(b"".join(np.asarray(a).tobytes() for a in arrays)).hexdigest()[:16]
result = {"format": 1, "cell": ask["cell"], "initial_weights": hash_of(weights), "batch_order": hash_of(orders)}
logits = lambda weights, x: jax.nn.relu(x @ weights[0]) @ weights[1]
cross_entropy = lambda p, z: -(p * jax.nn.log_softmax(z)).sum(1).mean()


def loss(weights, x, one_hot, targets):
    z = logits(weights, x)
    return (1 - lam) * cross_entropy(one_hot, z) + lam * scale * cross_entropy(targets, z / T)


@jax.jit
def step(weights, velocity, *batch):
    value, gradients = jax.value_and_grad(loss)(weights, *batch)
    decayed = [g + ask["weight_decay"] * w for g, w in zip(gradients, weights)]
    velocity = [ask["momentum"] * v + g for v, g in zip(velocity, decayed)]
    return value, [w - ask["learning_rate"] * v for w, v in zip(weights, velocity)], velocity


for epoch, order in enumerate(orders, 1):
    losses = []
    for rows in np.array_split(order, -(-len(x) // ask["batch_size"])):
        value, weights, velocity = step(weights, velocity, x[rows], one_hot[rows], targets[rows])
        losses.append(float(value))
    print(json.dumps({"epoch": epoch, "train_loss": np.mean(losses)}), file=open("metrics.jsonl", "a"))

for split in [split for split in ("validation", "test") if ask["expected"][split]]:
    np.save(f"{split}_logits.npy", logits(weights, flat(f"{split}_examples")))
json.dump(result, open("result.tmp", "w"))
os.replace("result.tmp", "result.json")
