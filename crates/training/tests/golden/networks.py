"""Writes networks.json: networks for small pictures in PyTorch, in 64 bits, by what they make of a few pictures.

The modules are written here from the papers and from the forms that the CIFAR-100 tables of the field use. Weights,
pictures and labels follow the formulas of `fill` and `batch`, so that the file holds outcomes alone:

    python networks.py > networks.json

PyTorch 2.13.
"""

import json
import math

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
CLASSES, SIDE, BATCH, STEPS = 10, 16, 4, 10


def conv(inputs, outputs, kernel=3, stride=1, groups=1, bias=False):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=bias)


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, shortcut):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs), nn.BatchNorm2d(outputs)
        self.stride, self.extra, self.downsample = stride, (outputs - inputs) // 2, None
        changes = stride != 1 or inputs != outputs
        self.pads = changes and shortcut == "A"
        if changes and shortcut == "B":
            self.downsample = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.downsample is not None:
            x = self.downsample(x)
        elif self.pads:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.extra, self.extra))
        return F.relu(out + x)


class ResNet(nn.Module):
    def __init__(self, depth, channels, shortcut="B"):
        super().__init__()
        self.conv1, self.bn1 = conv(3, channels[0]), nn.BatchNorm2d(channels[0])
        inputs = channels[0]
        for stage in range(3):
            blocks = []
            for block in range((depth - 2) // 6):
                blocks.append(BasicBlock(inputs, channels[stage + 1], 2 if stage and not block else 1, shortcut))
                inputs = channels[stage + 1]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(inputs, CLASSES)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.fc(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


class WideBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, outputs, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(outputs), conv(outputs, outputs)
        self.convShortcut = conv(inputs, outputs, 1, stride) if inputs != outputs else None

    def forward(self, x):
        normalised = F.relu(self.bn1(x))
        out = self.conv2(F.relu(self.bn2(self.conv1(normalised))))
        return out + (x if self.convShortcut is None else self.convShortcut(normalised))


class WideStage(nn.Module):
    def __init__(self, blocks, inputs, outputs, stride):
        super().__init__()
        sizes = [(inputs, stride)] + [(outputs, 1)] * (blocks - 1)
        self.layer = nn.Sequential(*[WideBlock(inputs, outputs, stride) for inputs, stride in sizes])

    def forward(self, x):
        return self.layer(x)


class WideResNet(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        channels = [16, 16 * width, 32 * width, 64 * width]
        self.conv1 = conv(3, 16)
        for stage in range(3):
            block = WideStage((depth - 4) // 6, channels[stage], channels[stage + 1], 2 if stage else 1)
            setattr(self, f"block{stage + 1}", block)
        self.bn1, self.fc = nn.BatchNorm2d(channels[3]), nn.Linear(channels[3], CLASSES)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(self.conv1(x))))
        return self.fc(F.relu(self.bn1(x)).mean((2, 3)))


class VGG(nn.Module):
    def __init__(self, stages):
        super().__init__()
        inputs = 3
        for stage, channels in enumerate(stages):
            layers = []
            for outputs in channels:
                layers += [conv(inputs, outputs, bias=True), nn.BatchNorm2d(outputs), nn.ReLU()]
                inputs = outputs
            setattr(self, f"block{stage}", nn.Sequential(*layers))
        self.classifier = nn.Linear(inputs, CLASSES)

    def forward(self, x):
        for stage in range(5):
            if 1 <= stage <= 3:
                x = F.max_pool2d(x, 2)
            x = getattr(self, f"block{stage}")(x)
        return self.classifier(x.mean((2, 3)))


def noise(count, phase):
    """Numbers between -1 and 1 without a pattern that a network could answer with equal sums."""
    wave = torch.sin(12.9898 * torch.arange(count) + 78.233 * phase) * 43758.5453
    return 2 * (wave - wave.floor()) - 1


def fill(network):
    """Parameter number n (in the order of their names) is the noise of phase n: of a convolution or a linear layer by
    sqrt(2 / inputs of an output), else 0.1 of it, around 1 for the factors of a batch normalisation and around 0."""
    for n, (name, parameter) in enumerate(sorted(network.named_parameters())):
        values = noise(parameter.numel(), n).reshape(parameter.shape)
        if parameter.dim() > 1:
            values = values * math.sqrt(2 / parameter[0].numel())
        else:
            is_factor = name.endswith("weight")
            values = 0.1 * values + (1 if is_factor else 0)
        parameter.data.copy_(values)


def batch(step):
    pictures = noise(BATCH * 3 * SIDE * SIDE, 1000 + step).reshape(BATCH, 3, SIDE, SIDE)
    return pictures, torch.tensor([(3 * step + example) % CLASSES for example in range(BATCH)])


def sizes(network):
    return sum(p.numel() for p in network.parameters())


def case(name, config, network):
    fill(network)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.001, momentum=0.9, weight_decay=5e-4)
    network.eval()
    out = {"name": name, "config": config, "before": network(batch(0)[0]).flatten().tolist()}
    for step in range(STEPS):
        network.train()
        pictures, labels = batch(step)
        logits = network(pictures)
        optimiser.zero_grad()
        F.cross_entropy(logits, labels).backward()
        if step == 0:
            out["in_training"] = logits.flatten().tolist()
            gradients = {name: p.grad for name, p in network.named_parameters()}
            out["gradients"] = {name: [g.sum().item(), g.norm().item()] for name, g in sorted(gradients.items())}
        optimiser.step()
        if step == 0:
            kept = {name: b for name, b in network.named_buffers() if "running" in name}
            out["statistics"] = {name: [b.sum().item(), b.norm().item()] for name, b in sorted(kept.items())}
    network.eval()
    out["after"] = network(batch(0)[0]).flatten().tolist()
    return out


NARROW = [16, 16, 32, 64]
CASES = [
    case("resnet8", {"model": "resnet", "depth": 8, "width": 1, "shortcut": "B"}, ResNet(8, NARROW)),
    case("resnet20 A", {"model": "resnet", "depth": 20, "width": 1, "shortcut": "A"}, ResNet(20, NARROW, "A")),
    case("resnet8x4", {"model": "resnet", "depth": 8, "width": 4, "shortcut": "B"}, ResNet(8, [32, 64, 128, 256])),
    case("wrn-16-2", {"model": "wide-resnet", "depth": 16, "width": 2}, WideResNet(16, 2)),
    case("vgg8", {"model": "vgg", "depth": 8}, VGG([[64], [128], [256], [512], [512]])),
]
print(json.dumps({"torch": torch.__version__, "cases": CASES}))
