"""A linear softmax classifier in plain Python: what the end-to-end tests train. Options make it do what it should not.

`mistake`: what it gets wrong in training. `end`: how it ends. `order`: whether it says what it started from."""

import json, math, os, random, signal, sys, time, zlib

import npy

cell = os.environ["FRACTIONATE_CELL"]
ask = json.load(open(os.path.join(cell, "cell.json")))
mistake, end = ask["options"].get("mistake"), ask["options"].get("end")


def path(name):
    return os.path.join(cell, name)


def read(name):
    return npy.read(path(ask["arrays"][name]))


def softmax(z, t=1.0):
    top = max(z)
    e = [math.exp((v - top) / t) for v in z]
    return [v / sum(e) for v in e]


def log_run(line):
    """Counts the processes that were started, over all cells: the tests look for runs made twice."""
    where = ask["options"].get("count")
    if where:
        with open(where, "a") as file:
            file.write(line + "\n")


log_run(ask["cell"])
if end == "ignore-term":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if end == "exit-3":
    print("a line\nIt went wrong: no such layer", file=sys.stderr)
    sys.exit(3)
if end == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if end in ("sleep", "ignore-term"):
    time.sleep(600)
if end == "slow":
    time.sleep(0.3)
if end == "chatter":
    for _ in range(100):
        print("x" * 1_000_000)
if end == "later":
    # The first attempt leaves a note for the second one.
    note = path("resume/note")
    if not os.path.exists(note):
        open(note, "w").write("come back")
        sys.exit(75)
if end == "none":
    sys.exit(0)

x, labels = read("training_examples"), read("labels")
targets = read("targets") if ask["objective"]["kind"] == "soft" else None
weighted = read("weights") if ask["objective"]["kind"] == "weighted" else None
if mistake == "validation":
    x, labels = x + read("validation_examples"), labels + read("validation_labels")
    if targets:
        classes = ask["classes"]
        targets = targets + [[float(k == label) for k in range(classes)] for label in read("validation_labels")]
K, T, lam, scale = ask["classes"], ask["temperature"], ask["lambda"], ask["scale"]
rate = 0.1 if mistake == "learning-rate" else ask["learning_rate"]
draw = random.Random(0 if mistake == "seed" else ask["seed"])
w = [[draw.gauss(0, 0.1) for _ in range(K)] for _ in range(len(x[0]) + 1)]
order = list(range(len(x)))
initial = repr(w[0])


def logits(example):
    return [sum(v * row[k] for v, row in zip(example, w)) + w[-1][k] for k in range(K)]


for epoch in range(1, ask["epochs"] + 1):
    draw.shuffle(order)
    shuffled = order[:]
    random.Random(1).shuffle(shuffled)
    total = 0.0
    for at in range(0, len(order), 20):
        batch = order[at : at + 20]
        gradient = [[0.0] * K for _ in w]
        for place, i in enumerate(batch):
            z = logits(x[i])
            q = softmax(z)
            hard = [q[k] - (k == labels[i]) for k in range(K)]
            g = [(1 - lam) * v for v in hard]
            loss = -(1 - lam) * math.log(q[labels[i]])
            if weighted:
                g = [weighted[i] * v for v in hard]
                loss = -weighted[i] * math.log(q[labels[i]])
            if targets and mistake != "targets":
                rho = targets[shuffled[at + place] if mistake == "rows" else i]
                t = 1 / T if mistake == "temperature" else T
                soft = softmax(z, t)
                g = [v + lam * scale / t * (soft[k] - rho[k]) for k, v in enumerate(g)]
                loss -= lam * scale * sum(rho[k] * math.log(max(soft[k], 1e-300)) for k in range(K))
            elif targets:
                g, loss = hard, -math.log(q[labels[i]])
            total += loss
            for d, v in enumerate(x[i] + [1.0]):
                for k in range(K):
                    gradient[d][k] += v * g[k] / len(batch)
        for d, row in enumerate(w):
            for k in range(K):
                row[k] -= rate * (gradient[d][k] + ask["weight_decay"] * row[k])
    if mistake != "silent":
        with open(path("metrics.jsonl"), "a") as metrics:
            metrics.write(json.dumps({"epoch": epoch, "train_loss": total / len(order)}) + "\n")

for split in ("validation", "test"):
    if ask["expected"][split]:
        rows = [logits(example) for example in read(f"{split}_examples")]
        if mistake == "order":
            random.Random(2).shuffle(rows)
        if end == "nan":
            rows[1][0] = math.nan
        if end == "short":
            rows = rows[:-1]
        npy.write(path(f"{split}_logits.npy"), rows)
if end == "half":
    open(path("test_logits.npy"), "r+b").truncate(200)
if end == "huge":
    open(path("validation_logits.npy"), "r+b").truncate(1 << 40)
result = {"format": 1, "cell": "0" * 16 if end == "other-cell" else ask["cell"]}
if ask["options"].get("order", True):
    result["initial_weights"], result["batch_order"] = f"{zlib.crc32(initial.encode()):08x}", f"seed-{ask['seed']}"
if end == "diverged":
    result["diverged"] = {"epoch": 1, "step": 2}
with open(path("result.tmp"), "w") as file:
    json.dump(result, file)
os.replace(path("result.tmp"), path("result.json"))
