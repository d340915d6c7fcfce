"""What all sides of scripts/bench train on: examples, a teacher, its soft labels, the soft targets of ten arms.

Made once and kept in a folder: problem.pt for the peers, targets.npy for Fractionate, so that both see the same numbers.
"""

import gzip
import math
import pathlib

import numpy
import torch
from torch.nn.functional import cross_entropy, one_hot

PIXELS, CLASSES = 784, 10
BATCH, RATE, MOMENTUM, WEIGHT_DECAY = 128, 0.03, 0.9, 5e-4
TEMPERATURE, LAMBDA = 2.0, 0.9
ARMS = [
    "hard",
    "uniform",
    "class-prior",
    "label-smoothing",
    "class-smoothing",
    "class-mean",
    "shuffled",
    "shuffled-within-class",
    "partial",
    "teacher",
]


def cosine(step, steps):
    """The learning rate of a step, counted from 0."""
    return RATE * 0.5 * (1 + math.cos(math.pi * step / steps))


@torch.no_grad()
def sgd_step(parameters, gradients, velocities, rate):
    """The call that torch.optim.SGD(fused=True) ends in; velocities of 0 make its first step the usual one."""
    torch._fused_sgd_(
        parameters,
        gradients,
        velocities,
        weight_decay=WEIGHT_DECAY,
        momentum=MOMENTUM,
        lr=rate,
        dampening=0.0,
        nesterov=False,
        maximize=False,
        is_first_step=False,
    )


def teacher_network():
    nn = torch.nn
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 49, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, CLASSES),
    )


def student_network(shape):
    """784-H-10 for [H]; two stages of convolution, ReLU, pooling and a dense layer for [C, C, D].

    PyTorch's own initial weights are uniform in +-1/sqrt(fan-in), as Fractionate's are. Pooling comes before ReLU:
    the same numbers on a quarter of the pixels.
    """
    nn = torch.nn
    if len(shape) == 1:
        return nn.Sequential(nn.Linear(PIXELS, shape[0]), nn.ReLU(), nn.Linear(shape[0], CLASSES))
    first, second, dense = shape
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, first, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(first, second, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(second * 49, dense),
        nn.ReLU(),
        nn.Linear(dense, CLASSES),
    )


def read(folder, name, header):
    with gzip.open(pathlib.Path(folder) / f"{name}-ubyte.gz") as file:
        return torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=header).copy())


def train_teacher(images, labels, epochs):
    torch.manual_seed(0)
    model = teacher_network()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(BATCH):
            optimiser.zero_grad()
            cross_entropy(model(images[batch]), labels[batch]).backward()
            optimiser.step()
    return model.eval()


def soft_targets(logits, labels):
    """The arms' soft targets, [arms, examples, classes]; those of "hard" are there and not used."""
    n = len(labels)
    onehot = one_hot(labels, CLASSES).double()
    teacher = torch.softmax(logits.double() / TEMPERATURE, 1)
    true = (teacher * onehot).sum(1, keepdim=True)
    off = (1 - onehot) / (CLASSES - 1)
    by_class = onehot.T @ teacher / onehot.sum(0)[:, None]
    class_true = by_class.diagonal()[labels][:, None]
    generator = torch.Generator().manual_seed(0)
    within = torch.empty(n, dtype=torch.long)
    for label in range(CLASSES):
        rows = (labels == label).nonzero().squeeze(1)
        within[rows] = rows[torch.randperm(len(rows), generator=generator)]
    of_arm = {
        "hard": onehot,
        "uniform": torch.full_like(teacher, 1 / CLASSES),
        "class-prior": onehot.mean(0).expand_as(teacher),
        "label-smoothing": onehot * true.mean() + off * (1 - true.mean()),
        "class-smoothing": onehot * class_true + off * (1 - class_true),
        "class-mean": by_class[labels],
        "shuffled": teacher[torch.randperm(n, generator=generator)],
        "shuffled-within-class": teacher[within],
        "partial": onehot * true + off * (1 - true),
        "teacher": teacher,
    }
    return torch.stack([of_arm[arm] for arm in ARMS]).float()


def make(folder, data, rows, teacher_epochs):
    """Writes the two files. `rows`: the rows of the training part that Fractionate's split drew, {train, validation}."""
    pixels = read(data, "train-images-idx3", 16).view(-1, PIXELS)
    labels = read(data, "train-labels-idx1", 8).long()
    train, validation = (torch.tensor(rows[part]) for part in ("train", "validation"))
    # One mean and one deviation over all pixels of the training examples.
    seen = pixels[train].double() / 255
    mean, deviation = seen.mean(), seen.std(correction=0)
    prepared = lambda part: ((part.double() / 255 - mean) / deviation).float().contiguous()
    inputs = prepared(pixels[train])
    teacher = train_teacher(inputs, labels[train], teacher_epochs)
    with torch.inference_mode():
        logits = torch.cat([teacher(part) for part in inputs.split(1000)])
    targets = soft_targets(logits.clone(), labels[train])
    test = read(data, "t10k-images-idx3", 16).view(-1, PIXELS)
    problem = {
        "inputs": inputs,
        "labels": labels[train],
        "targets": targets,
        "teacher": teacher.state_dict(),
        "validation": (prepared(pixels[validation]), labels[validation]),
        "test": (prepared(test), read(data, "t10k-labels-idx1", 8).long()),
    }
    folder.mkdir(parents=True, exist_ok=True)
    numpy.save(folder / "targets.npy", targets.numpy())
    torch.save(problem, folder / "problem.part")
    (folder / "problem.part").rename(folder / "problem.pt")


def load(folder):
    return torch.load(pathlib.Path(folder) / "problem.pt", weights_only=True)
