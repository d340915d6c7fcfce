"""Students on pictures in Fractionate and in plain PyTorch, in turn; see scripts/bench-pictures --help."""

import argparse
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import numpy
import torch
from torch.nn.functional import cross_entropy, softmax

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLASSES, BATCH, TEMPERATURE, LAMBDA = 100, 128, 4.0, 0.9
RATE, MOMENTUM, WEIGHT_DECAY = 0.05, 0.9, 5e-4
MEAN, DEVIATION = (0.5071, 0.4867, 0.4408), (0.2675, 0.2565, 0.2761)
ARMS = ["hard", "uniform", "class-prior", "label-smoothing", "class-smoothing", "class-mean", "shuffled",
        "shuffled-within-class", "partial", "teacher"]  # fmt: skip
PEERS = {
    "in-turn": "one student after the other, the teacher asked once a batch",
    "lockstep": "all students of a seed batch by batch, the teacher asked once for all",
}


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


def suite(options):
    teacher = f'[teacher]\nmodel = "{options.teacher}"\nweights = "teacher.safetensors"\n' if options.teacher else ""
    arms = ARMS[-options.students :] if options.teacher else ["hard"]
    return f"""
name = "bench"
arms = {json.dumps(arms)}
reference = "{arms[0]}"
seeds = "0..{options.processes}"
evaluate_every = {options.epochs}
{teacher}
[data]
set = "arrays"
examples = "examples.npy"
labels = "labels.npy"
student_examples = {options.examples}
teacher_examples = {options.examples}
validation_examples = {CLASSES}
test_examples = {CLASSES}

[student]
model = "{options.student}"

[distillation]
temperature = {TEMPERATURE}
lambda = {LAMBDA}
{'views = "same"' if options.teacher else ""}

[training]
learning_rate = {RATE}
momentum = {MOMENTUM}
weight_decay = {WEIGHT_DECAY}
batch_size = {BATCH}
epochs = {options.epochs}
views = {{ crop_padding = 4, flip = true }}
"""


def ours(options):
    """Core-seconds of a student, as the runs' provenance has them."""
    (options.work / "suite.toml").write_text(suite(options))
    out = options.work / "store"
    shutil.rmtree(out, ignore_errors=True)
    command = [options.binary, "run", "suite.toml", "--out", out, "--quiet", "--jobs", str(options.processes)]
    subprocess.run(command, cwd=options.work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    runs = [json.loads(file.read_text()) for file in out.glob("runs/*/provenance.json")]
    assert len(runs) == options.processes * (options.students if options.teacher else 1), len(runs)
    return statistics.fmean(run["seconds"] for run in runs)


def theirs(options, peer):
    command = [sys.executable, __file__, "--peer", peer, "--work", options.work, "--student", options.student,
               "--students", options.students, "--examples", options.examples, "--epochs", options.epochs]  # fmt: skip
    command += ["--teacher", options.teacher] if options.teacher else ["--no-teacher"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    # A library that starts threads of its own would take the other process's core.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    processes = [subprocess.Popen([*map(str, command), "--seed", str(seed)], env=environment, **pipes)
                 for seed in range(options.processes)]  # fmt: skip
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return statistics.fmean(float(process.communicate()[0]) for process in processes)


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/bench-pictures",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Students on 32x32 pictures with random crops and flips, in Fractionate and in plain PyTorch (channels last,\n"
        "one process a core, views made on the batch), in turn. Prints core-seconds of a student, and how many\n"
        "times as long PyTorch takes: the median of the repeats' own ratios. Pictures and teacher are random numbers.",
        epilog="peers:\n" + "\n".join(f"  {name:10} {text}" for name, text in PEERS.items())
        + "\n\nexamples:\n  scripts/bench-pictures\n  scripts/bench-pictures --student resnet20 --teacher resnet56\n"
        "  scripts/bench-pictures --students 1 --repeats 3\n  scripts/bench-pictures --no-teacher --students 1",
    )  # fmt: skip
    parser.add_argument("--student", default="resnet8", help="default: resnet8")
    parser.add_argument("--teacher", default="resnet20", help="asked about the views; default: resnet20")
    parser.add_argument("--no-teacher", dest="teacher", action="store_const", const=None, help="labels alone, one student")
    parser.add_argument("--students", type=int, default=10, choices=range(1, 11), metavar="N", help="of a seed; default: 10")
    parser.add_argument("--examples", type=int, default=2_000, help="default: 2000")
    parser.add_argument("--epochs", type=int, default=2, help="default: 2")
    parser.add_argument("--repeats", type=int, default=5, help="default: 5")
    parser.add_argument("--peers", default=",".join(PEERS), help="default: all")
    parser.add_argument("--binary", default=str(ROOT / "target/release/fractionate"), help="of Fractionate")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target/release/bench-pictures", help=argparse.SUPPRESS)
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.processes = os.cpu_count()
    if options.peer:
        return peer(options)
    options.work = options.work.resolve()
    make(options)
    peers = options.peers.split(",")
    times = []
    for repeat in range(options.repeats):
        row = {"fractionate": ours(options), **{name: theirs(options, name) for name in peers}}
        times.append(row)
        print(f"{repeat + 1} of {options.repeats}: " + ", ".join(f"{name} {t:.2f} s" for name, t in row.items()), file=sys.stderr)
    print(f"{options.student}, teacher {options.teacher or 'none'}, {options.students} students of a seed, "
          f"{options.processes} processes, batch {BATCH}, {options.epochs} epochs of {options.examples} pictures")  # fmt: skip
    pictures = options.epochs * options.examples
    for name in times[0]:
        seconds = statistics.median(row[name] for row in times)
        ratio = statistics.median(row[name] / row["fractionate"] for row in times)
        spread = [row[name] / row["fractionate"] for row in times]
        print(f"{name:12} {seconds:7.2f} core-seconds a student {pictures / seconds:6.0f} pictures/s"
              + (f"   {ratio:.2f}x ({min(spread):.2f} to {max(spread):.2f})" if name != "fractionate" else ""))  # fmt: skip


main()
