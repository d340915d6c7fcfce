"""Trains the seven arms of the decomposition at five seeds on a tiny made-up problem, as a group with its own PyTorch
code would, and writes what they would have: a table of runs with learning curves, and one of right and wrong predictions.
Beside them, the decomposition worked out in plain Python from the same numbers.

    python imported_runs.py     (PyTorch; writes imported_runs.csv, imported_runs_right.csv, imported_runs.json)
"""

import csv
import json
import math
import pathlib

import torch
from torch.nn.functional import cross_entropy, log_softmax, one_hot, softmax

HERE = pathlib.Path(__file__).parent
CLASSES, TRAIN, TEST, EPOCHS, SEEDS = 4, 160, 250, 6, range(5)
TEMPERATURE, LAMBDA = 2.0, 0.9

torch.set_num_threads(1)
torch.manual_seed(0)

# Four overlapping clouds, two and two close to each other.
CENTRES = torch.tensor([[0.0, 0.0], [1.2, 0.0], [3.0, 2.0], [3.0, 3.2]])


def examples(n):
    labels = torch.arange(n) % CLASSES
    return CENTRES[labels] + 0.9 * torch.randn(n, 2), labels


train_x, train_y = examples(TRAIN)
test_x, test_y = examples(TEST)


def network(width, seed):
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(2, width), torch.nn.ReLU(), torch.nn.Linear(width, CLASSES))


def fit(model, targets, epochs, rate, seed, after_epoch=lambda epoch: None):
    optimiser = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    order = torch.Generator().manual_seed(seed)
    for epoch in range(1, epochs + 1):
        for batch in torch.randperm(TRAIN, generator=order).split(20):
            logits = model(train_x[batch])
            loss = cross_entropy(logits, train_y[batch])
            if targets is not None:
                soft = -(targets[batch] * log_softmax(logits / TEMPERATURE, 1)).sum(1).mean()
                loss = (1 - LAMBDA) * loss + LAMBDA * TEMPERATURE**2 * soft
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        after_epoch(epoch)


teacher = network(64, 1000)
fit(teacher, None, 30, 0.05, 1000)
with torch.no_grad():
    p = softmax(teacher(train_x) / TEMPERATURE, 1)
rows = torch.arange(TRAIN)
p_t = p[rows, train_y]
hot = one_hot(train_y, CLASSES).float()


def flat(mass):
    """This mass on the label, the rest spread evenly."""
    return hot * mass[:, None] + (1 - hot) * ((1 - mass) / (CLASSES - 1))[:, None]


by_class = torch.stack([p[train_y == k].mean(0) for k in range(CLASSES)])
off = by_class[train_y] * (1 - hot)
# Names as such a group might have them.
ARMS = {
    "ce": ("hard", None),
    "label_smoothing": ("label-smoothing", flat(p_t.mean().expand(TRAIN))),
    "class_smoothing": ("class-smoothing", flat(by_class.diagonal()[train_y])),
    "class_mean": ("class-mean", by_class[train_y]),
    "KD-pt": ("partial", flat(p_t)),
    "recombined": ("recombined", hot * p_t[:, None] + off * ((1 - p_t) / off.sum(1))[:, None]),
    "kd": ("teacher", p),
}

table, right, accuracy = [], [], {}
for name, (arm, targets) in ARMS.items():
    for seed in SEEDS:
        student = network(6, seed)

        def evaluate(epoch):
            with torch.no_grad():
                logits = student(test_x)
            correct = logits.argmax(1) == test_y
            share = int(correct.sum()) / TEST
            nll = float(cross_entropy(logits.double(), test_y))
            table.append([name, seed, epoch, repr(100 * share), repr(nll), TEST])
            if epoch == EPOCHS:
                accuracy[arm, seed] = share
                right.extend([name, seed, i, int(c)] for i, c in enumerate(correct))

        fit(student, targets, EPOCHS, 0.02, seed, evaluate)


def write(name, head, rows):
    with open(HERE / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


write("imported_runs.csv", ["Method", "seed", "epoch", "test acc", "nll", "n_test"], table)
write("imported_runs_right.csv", ["method", "seed", "example", "correct"], right)

TERMS = {
    "universe": {"label-smoothing": 1, "hard": -1},
    "class-difficulty": {"class-smoothing": 1, "label-smoothing": -1},
    "domain": {"class-mean": 1, "class-smoothing": -1},
    "instance": {"partial": 1, "class-smoothing": -1},
    "interaction": {"recombined": 1, "partial": -1, "class-mean": -1, "class-smoothing": 1},
    "example-specific": {"teacher": 1, "recombined": -1},
    "total": {"teacher": 1, "hard": -1},
}
T_975_4 = 2.7764451051977987  # the 0.975 quantile of Student's t with 4 degrees of freedom (SciPy)


def summary(values):
    n = len(values)
    mean = math.fsum(values) / n
    sd = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    half = T_975_4 * sd / math.sqrt(n)
    return {"mean": mean, "sd": sd, "low": mean - half, "high": mean + half}


points = {
    term: [100 * math.fsum(f * accuracy[arm, seed] for arm, f in factors.items()) for seed in SEEDS]
    for term, factors in TERMS.items()
}
result = {
    "arms": {arm: summary([100 * accuracy[arm, seed] for seed in SEEDS]) for _, (arm, _) in ARMS.items()},
    "terms": {term: summary(values) | {"by_seed": values} for term, values in points.items()},
}
(HERE / "imported_runs.json").write_text(json.dumps(result, indent=1) + "\n")
