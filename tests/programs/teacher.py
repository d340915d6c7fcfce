"""A teacher in plain Python: logits by the distance to each class's mean. The option `end` makes it fail."""

import json, os, sys

import npy

os.chdir(os.environ["FRACTIONATE_CELL"])
ask = json.load(open("cell.json"))
if ask["options"].get("end") == "exit-1":
    sys.exit("no such network")


def read(name):
    return npy.read(ask["arrays"][name])


x, labels = read("training_examples"), read("labels")
means = []
for k in range(ask["classes"]):
    own = [row for row, label in zip(x, labels) if label == k]
    means.append([sum(column) / len(own) + 0.001 * ask["seed"] for column in zip(*own)])
for split in ("training", "validation", "test"):
    rows = [[-sum((a - b) ** 2 for a, b in zip(row, mean)) for mean in means] for row in read(f"{split}_examples")]
    if ask["options"].get("end") == "short":
        rows = rows[1:]
    npy.write(f"{split}_logits.npy", rows)
json.dump({"format": 1, "cell": ask["cell"]}, open("result.tmp", "w"))
os.replace("result.tmp", "result.json")
