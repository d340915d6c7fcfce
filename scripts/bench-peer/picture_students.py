"""The PyTorch side of scripts/bench-pictures: the students of one seed in one process, channels last."""

import argparse
import json
import math
import pathlib
import sys
import time

import numpy
import torch
from torch.nn.functional import cross_entropy, softmax

from pictures import BATCH, CLASSES, LAMBDA, MOMENTUM, RATE, TEMPERATURE, WEIGHT_DECAY

MEAN, DEVIATION = (0.5071, 0.4867, 0.4408), (0.2675, 0.2565, 0.2761)


class Block(torch.nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        nn = torch.nn
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = self.bn2(self.conv2(torch.relu_(self.bn1(self.conv1(x)))))
        return torch.relu_(out + (x if self.downsample is None else self.downsample(x)))


class ResNet(torch.nn.Module):
    """resnetD and resnetDxW of the CIFAR repositories."""

    def __init__(self, name):
        super().__init__()
        depth, _, width = name.removeprefix("resnet").partition("x")
        stages = [16, 16, 32, 64] if not width else [32, *(int(width) * size for size in (16, 32, 64))]
        nn = torch.nn
        self.conv1, self.bn1 = nn.Conv2d(3, stages[0], 3, 1, 1, bias=False), nn.BatchNorm2d(stages[0])
        inputs = stages[0]
        for stage, outputs in enumerate(stages[1:], 1):
            blocks = []
            for place in range((int(depth) - 2) // 6):
                blocks.append(Block(inputs, outputs, 2 if stage > 1 and place == 0 else 1))
                inputs = outputs
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.fc = nn.Linear(inputs, CLASSES)

    def forward(self, x):
        x = torch.relu_(self.bn1(self.conv1(x)))
        return self.fc(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


class Examples:
    """Padded pictures in memory [n, height, width, channel]; a batch's views are made at once."""

    def __init__(self, folder):
        pictures = torch.from_numpy(numpy.load(folder / "examples.npy")).permute(0, 2, 3, 1)
        self.labels = torch.from_numpy(numpy.load(folder / "labels.npy"))
        self.padded = torch.zeros(len(pictures), 40, 40, 3, dtype=torch.uint8)
        self.padded[:, 4:36, 4:36] = pictures
        scale = torch.tensor(DEVIATION)
        self.factor, self.offset = 1 / (255 * scale), -torch.tensor(MEAN) / scale

    def views(self, rows):
        top, left = torch.randint(0, 9, (2, len(rows), 1))
        along = torch.arange(32)
        columns = torch.where(torch.rand(len(rows), 1) < 0.5, along, 31 - along) + left
        pixels = self.padded[rows[:, None, None], (along + top)[:, :, None], columns[:, None, :]]
        return torch.addcmul(self.offset, pixels.float(), self.factor).permute(0, 3, 1, 2)


class Student:
    def __init__(self, name, steps):
        self.model = ResNet(name).to(memory_format=torch.channels_last)
        self.parameters = list(self.model.parameters())
        self.velocities = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.step, self.steps = 0, steps

    def train(self, views, labels, soft):
        logits = self.model(views)
        loss = cross_entropy(logits, labels)
        if soft is not None:
            loss = (1 - LAMBDA) * loss + LAMBDA * TEMPERATURE**2 * cross_entropy(logits / TEMPERATURE, soft)
        gradients = torch.autograd.grad(loss, self.parameters)
        rate = RATE * 0.5 * (1 + math.cos(math.pi * self.step / self.steps))
        with torch.no_grad():
            # The call that torch.optim.SGD(fused=True) ends in.
            torch._fused_sgd_(self.parameters, gradients, self.velocities, weight_decay=WEIGHT_DECAY, momentum=MOMENTUM,
                              lr=rate, dampening=0.0, nesterov=False, maximize=False, is_first_step=False)  # fmt: skip
        self.step += 1


def peer(options):
    """One process on one core: the students of one seed. Prints the seconds of a student."""
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    examples = Examples(options.work)
    teacher = None
    if options.teacher:
        teacher = ResNet(options.teacher).to(memory_format=torch.channels_last).eval()
        teacher.load_state_dict(torch.load(options.work / "teacher.pt", weights_only=True))

    def ask(views):
        if teacher is None:
            return None
        with torch.inference_mode():
            return softmax(teacher(views) / TEMPERATURE, 1).clone()

    def train(students, epochs, rows):
        students = [Student(options.student, epochs * math.ceil(rows / BATCH)) for _ in range(students)]
        for _ in range(epochs):
            for batch in torch.randperm(rows).split(BATCH):
                views, labels = examples.views(batch), examples.labels[batch]
                soft = ask(views)
                soft = soft if soft is None else torch.from_numpy(soft.numpy())
                for student in students:
                    student.train(views, labels, soft)

    train(1, 1, 4 * BATCH)
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    if options.peer == "lockstep":
        train(options.students, options.epochs, options.examples)
    else:
        for _ in range(options.students):
            train(1, options.epochs, options.examples)
    print((time.monotonic() - began) / options.students, flush=True)


def make(options):
    """Random pictures with labels, and a teacher with random weights, for both sides."""
    options.work.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(0)
    n = options.examples + 2 * CLASSES
    numpy.save(options.work / "examples.npy", random.integers(0, 256, (n, 3, 32, 32), dtype=numpy.uint8))
    numpy.save(options.work / "labels.npy", numpy.arange(n) % CLASSES)
    if not options.teacher:
        return
    torch.manual_seed(0)
    state = ResNet(options.teacher).state_dict()
    torch.save(state, options.work / "teacher.pt")
    header, data = {}, b""
    for name, value in state.items():
        if value.is_floating_point():
            numbers = value.numpy().tobytes()
            header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(numbers)]}
            data += numbers
    text = json.dumps(header).encode()
    (options.work / "teacher.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="in-turn or lockstep; without it pictures and teacher are made")
    for name in ("--work", "--student", "--teacher"):
        parser.add_argument(name)
    for name in ("--students", "--examples", "--epochs", "--seed"):
        parser.add_argument(name, type=int)
    options = parser.parse_args()
    options.work = pathlib.Path(options.work)
    peer(options) if options.peer else make(options)
