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
CLASSES, BATCH, STEPS = 10, 4, 10


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


def depthwise(channels, stride):
    return conv(channels, channels, 3, stride, groups=channels)


def shuffled(x, groups):
    batch, channels, height, width = x.shape
    return x.view(batch, groups, channels // groups, height, width).transpose(1, 2).reshape(x.shape)


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        self.adds, inner = stride == 1 and inputs == outputs, inputs * expansion
        self.conv = nn.Sequential(
            conv(inputs, inner, 1), nn.BatchNorm2d(inner), nn.ReLU(),
            depthwise(inner, stride), nn.BatchNorm2d(inner), nn.ReLU(),
            conv(inner, outputs, 1), nn.BatchNorm2d(outputs),
        )  # fmt: skip

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


class MobileNetV2(nn.Module):
    """Half as wide, the stem of stride 2."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(conv(3, 16, 3, 2), nn.BatchNorm2d(16), nn.ReLU())
        stages, inputs = [], 16
        for expansion, channels, count, stride in [
            (1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)
        ]:  # fmt: skip
            blocks, outputs = [], channels // 2
            for place in range(count):
                blocks.append(InvertedResidual(inputs, outputs, 1 if place else stride, expansion))
                inputs = outputs
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.ModuleList(stages)
        self.conv2 = nn.Sequential(conv(160, 1280, 1), nn.BatchNorm2d(1280), nn.ReLU())
        self.classifier = nn.Sequential(nn.Linear(1280, CLASSES))

    def forward(self, x):
        x = self.conv1(x)
        for stage in self.blocks:
            x = stage(x)
        return self.classifier(self.conv2(x).mean((2, 3)))


class ShuffleV1Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.halves, self.groups = stride == 2, 1 if inputs == 24 else 3
        outputs = outputs - inputs if self.halves else outputs
        inner = outputs // 4
        self.conv1, self.bn1 = conv(inputs, inner, 1, groups=self.groups), nn.BatchNorm2d(inner)
        self.conv2, self.bn2 = depthwise(inner, stride), nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = conv(inner, outputs, 1, groups=3), nn.BatchNorm2d(outputs)

    def forward(self, x):
        out = shuffled(F.relu(self.bn1(self.conv1(x))), self.groups)
        out = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(out)))))
        return F.relu(torch.cat([out, F.avg_pool2d(x, 3, 2, 1)], 1) if self.halves else out + x)


class ShuffleNetV1(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = conv(3, 24, 1), nn.BatchNorm2d(24)
        inputs = 24
        for stage, (outputs, count) in enumerate([(240, 4), (480, 8), (960, 4)]):
            sizes = [(inputs, 2)] + [(outputs, 1)] * (count - 1)
            blocks = [ShuffleV1Block(inputs, outputs, stride) for inputs, stride in sizes]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
            inputs = outputs
        self.linear = nn.Linear(960, CLASSES)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.linear(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


class ShuffleV2Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.half = half = channels // 2
        self.conv1, self.bn1 = conv(half, half, 1), nn.BatchNorm2d(half)
        self.conv2, self.bn2 = depthwise(half, 1), nn.BatchNorm2d(half)
        self.conv3, self.bn3 = conv(half, half, 1), nn.BatchNorm2d(half)

    def forward(self, x):
        kept, out = x[:, : self.half], x[:, self.half :]
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(out)))))
        return shuffled(torch.cat([kept, F.relu(self.bn3(self.conv3(out)))], 1), 2)


class ShuffleV2Halving(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        half = outputs // 2
        self.conv1, self.bn1 = depthwise(inputs, 2), nn.BatchNorm2d(inputs)
        self.conv2, self.bn2 = conv(inputs, half, 1), nn.BatchNorm2d(half)
        self.conv3, self.bn3 = conv(inputs, half, 1), nn.BatchNorm2d(half)
        self.conv4, self.bn4 = depthwise(half, 2), nn.BatchNorm2d(half)
        self.conv5, self.bn5 = conv(half, half, 1), nn.BatchNorm2d(half)

    def forward(self, x):
        left = F.relu(self.bn2(self.conv2(self.bn1(self.conv1(x)))))
        right = self.bn4(self.conv4(F.relu(self.bn3(self.conv3(x)))))
        return shuffled(torch.cat([left, F.relu(self.bn5(self.conv5(right)))], 1), 2)


class ShuffleNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = conv(3, 24, 1), nn.BatchNorm2d(24)
        inputs = 24
        for stage, (outputs, count) in enumerate([(116, 3), (232, 7), (464, 3)]):
            blocks = [ShuffleV2Halving(inputs, outputs)] + [ShuffleV2Block(outputs) for _ in range(count)]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
            inputs = outputs
        self.conv2, self.bn2 = conv(464, 1024, 1), nn.BatchNorm2d(1024)
        self.linear = nn.Linear(1024, CLASSES)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(F.relu(self.bn2(self.conv2(x))).mean((2, 3)))


class DeepBlock(nn.Module):
    def __init__(self, inputs, inner, stride, factor):
        super().__init__()
        outputs = inner * factor
        self.sizes = [(inputs, inner, 3, stride), (inner, outputs, 3, 1)]
        if factor == 4:
            self.sizes = [(inputs, inner, 1, 1), (inner, inner, 3, stride), (inner, outputs, 1, 1)]
        for n, size in enumerate(self.sizes, 1):
            setattr(self, f"conv{n}", conv(*size))
            setattr(self, f"bn{n}", nn.BatchNorm2d(size[1]))
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = x
        for n in range(1, len(self.sizes) + 1):
            out = getattr(self, f"bn{n}")(getattr(self, f"conv{n}")(out))
            out = F.relu(out) if n < len(self.sizes) else out
        return F.relu(out + (x if self.downsample is None else self.downsample(x)))


class ImageNetResNet(nn.Module):
    def __init__(self, counts, factor):
        super().__init__()
        self.conv1, self.bn1 = conv(3, 64, 7, 2), nn.BatchNorm2d(64)
        inputs = 64
        for stage, count in enumerate(counts):
            blocks, inner = [], 64 << stage
            for place in range(count):
                blocks.append(DeepBlock(inputs, inner, 2 if stage and not place else 1, factor))
                inputs = inner * factor
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(inputs, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.fc(self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3)))


def noise(count, phase):
    """Numbers between -1 and 1 without a pattern that a network could answer with equal sums."""
    wave = torch.sin(12.9898 * torch.arange(count) + 78.233 * phase) * 43758.5453
    return 2 * (wave - wave.floor()) - 1


def is_norm(network, name):
    return isinstance(network.get_submodule(name.rpartition(".")[0]), nn.BatchNorm2d)


def fill(network, offset):
    """Parameter number n (in the order of their names) is the noise of phase n: of a convolution or a linear layer by
    sqrt(2 / inputs of an output), else 0.1 of it, around 1 for the factors of a batch normalisation and around
    0, or the offset of the case, for what it adds. In deep networks over few pixels an offset of 2 keeps sums away from 0,
    where rounding decides whether a ReLU lets them through."""
    for n, (name, parameter) in enumerate(sorted(network.named_parameters())):
        values = noise(parameter.numel(), n).reshape(parameter.shape)
        if parameter.dim() > 1:
            values = values * math.sqrt(2 / parameter[0].numel())
        else:
            is_factor = name.endswith("weight")
            values = 0.1 * values + (1 if is_factor else offset if is_norm(network, name) else 0)
        parameter.data.copy_(values)


def batch(step, side):
    pictures = noise(BATCH * 3 * side * side, 1000 + step).reshape(BATCH, 3, side, side)
    return pictures, torch.tensor([(3 * step + example) % CLASSES for example in range(BATCH)])


def case(name, config, network, side=16, offset=0):
    fill(network, offset)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.001, momentum=0.9, weight_decay=5e-4)
    network.eval()
    out = {"name": name, "config": config, "side": side, "offset": offset, "before": network(batch(0, side)[0]).flatten().tolist()}
    for step in range(STEPS):
        network.train()
        pictures, labels = batch(step, side)
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
    out["after"] = network(batch(0, side)[0]).flatten().tolist()
    return out


NARROW = [16, 16, 32, 64]
CASES = [
    case("resnet8", {"model": "resnet", "depth": 8, "width": 1, "shortcut": "B"}, ResNet(8, NARROW)),
    case("resnet20 A", {"model": "resnet", "depth": 20, "width": 1, "shortcut": "A"}, ResNet(20, NARROW, "A")),
    case("resnet8x4", {"model": "resnet", "depth": 8, "width": 4, "shortcut": "B"}, ResNet(8, [32, 64, 128, 256])),
    case("wrn-16-2", {"model": "wide-resnet", "depth": 16, "width": 2}, WideResNet(16, 2)),
    case("vgg8", {"model": "vgg", "depth": 8}, VGG([[64], [128], [256], [512], [512]])),
    case("mobilenet-v2", {"model": "mobilenet-v2"}, MobileNetV2(), 32, 2),
    case("shufflenet-v1", {"model": "shufflenet-v1"}, ShuffleNetV1(), 32, 2),
    case("shufflenet-v2", {"model": "shufflenet-v2"}, ShuffleNetV2(), 32, 2),
    case("resnet18", {"model": "imagenet-resnet", "depth": 18}, ImageNetResNet([2, 2, 2, 2], 1), 64, 2),
    case("resnet50", {"model": "imagenet-resnet", "depth": 50}, ImageNetResNet([3, 4, 6, 3], 4), 64, 2),
]
print(json.dumps({"torch": torch.__version__, "cases": CASES}))
