"""Writes checkpoints.json: what two residual networks, in the naming of the usual repositories, say of some pictures.

Convolutions and the factors of batch normalisations follow `noise`, pictures follow `picture`; running statistics are
those of the pictures, and the last layer is fitted to the labels by least squares, so that both are in the file:

    python checkpoints.py > checkpoints.json

PyTorch 2.13, NumPy.
"""

import json
import math

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
CLASSES, SIDE, TRAIN, TEST = 7, 16, 140, 300
NORMALISATION = {"mean": [0.5071, 0.4867, 0.4408], "deviation": [0.2675, 0.2565, 0.2761]}


def conv(inputs, outputs, kernel=3, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, shortcut):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs), nn.BatchNorm2d(outputs)
        self.stride, self.extra = stride, (outputs - inputs) // 2
        self.changes = stride != 1 or inputs != outputs
        if self.changes and shortcut == "B":
            self.downsample = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if hasattr(self, "downsample"):
            x = self.downsample(x)
        elif self.changes:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.extra, self.extra))
        return F.relu(out + x)


class ResNet8(nn.Module):
    def __init__(self, shortcut):
        super().__init__()
        self.conv1, self.bn1 = conv(3, 16), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(BasicBlock(16, 16, 1, shortcut))
        self.layer2 = nn.Sequential(BasicBlock(16, 32, 2, shortcut))
        self.layer3 = nn.Sequential(BasicBlock(32, 64, 2, shortcut))
        self.fc = nn.Linear(64, CLASSES)

    def features(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.layer3(self.layer2(self.layer1(x))).mean((2, 3))

    def forward(self, x):
        return self.fc(self.features(x))


def noise(count, phase):
    wave = torch.sin(12.9898 * torch.arange(count) + 78.233 * phase) * 43758.5453
    return 2 * (wave - wave.floor()) - 1


def scattered(n):
    """A number from 0 to 255 that tells nothing of its neighbours."""
    return (n * 2654435761 % 2**32) >> 24


def picture(n):
    """Blocks of 4 x 4 pixels in the colours of the class, and half as strong others of its own: [3, SIDE, SIDE]."""

    def pixel(channel, y, x):
        block = (channel * 16 + y // 4 * 4 + x // 4) * 10007
        return (scattered(block + n % CLASSES) + 2 * scattered(block + 131 * n + 77)) // 3

    return [[[pixel(c, y, x) for x in range(SIDE)] for y in range(SIDE)] for c in range(3)]


def pictures(first, count):
    values = torch.tensor([picture(n) for n in range(first, first + count)], dtype=torch.float64) / 255
    scale = lambda name: torch.tensor(NORMALISATION[name]).reshape(3, 1, 1)
    return (values - scale("mean")) / scale("deviation"), torch.arange(first, first + count) % CLASSES


def rounded(values):
    """As 32-bit numbers, which files of weights hold."""
    return values.to(torch.float32).to(torch.float64)


def fill(network):
    """Parameter number n, in the order of the names, is the noise of phase n, as in networks.py."""
    for n, (name, parameter) in enumerate(sorted(network.named_parameters())):
        values = noise(parameter.numel(), n).reshape(parameter.shape)
        if parameter.dim() > 1:
            values = values * math.sqrt(2 / parameter[0].numel())
        else:
            values = 0.1 * values + (1 if name.endswith("weight") else 0)
        parameter.data.copy_(rounded(values))


def case(shortcut):
    network = ResNet8(shortcut).requires_grad_(False)
    fill(network)
    (train, labels), (test, test_labels) = pictures(0, TRAIN), pictures(TRAIN, TEST)
    network.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
    for _ in range(3):
        network(train)
    network.eval()
    for buffer in network.buffers():
        if buffer.is_floating_point():
            buffer.copy_(rounded(buffer))
    features = torch.cat([network.features(train), torch.ones(TRAIN, 1)], 1)
    ridge = features.T @ features + 0.1 * torch.eye(65)
    solution = torch.linalg.solve(ridge, features.T @ F.one_hot(labels, CLASSES).to(torch.float64))
    network.fc.weight.copy_(rounded(solution[:-1].T))
    network.fc.bias.copy_(rounded(solution[-1]))
    logits = network(test)
    predictions = logits.argmax(1)
    top = logits.topk(2, 1).values
    is_stored = lambda name: "running" in name or name.startswith("fc.")
    return {
        "shortcut": shortcut,
        "tensors": [
            {"name": name, "shape": list(value.shape)}
            | ({"values": [float(f"{v:.9g}") for v in value.flatten().tolist()]} if is_stored(name) else {})
            for name, value in network.state_dict().items()
        ],
        "predictions": predictions.tolist(),
        "accuracy": (predictions == test_labels).to(torch.float64).mean().item(),
        "closest": (top[:, 0] - top[:, 1]).min().item(),
        "first_logits": logits[:4].tolist(),
    }


print(json.dumps({"torch": torch.__version__, "normalisation": NORMALISATION, "cases": [case("A"), case("B")]}))
