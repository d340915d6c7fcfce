"""A TorchScript teacher for pictures of 28x28 pixels: python teacher_module.py

Means over blocks of 4x4 pixels, dropout, and a linear layer whose weights are a formula, so that a test can compute its
logits without it. It is saved in training mode: whoever runs it must turn the dropout off.
"""

import pathlib

import torch
from torch import nn


class Teacher(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.AvgPool2d(4)
        self.dropout = nn.Dropout(0.9)
        self.linear = nn.Linear(49, 10)
        # Weight (k, j) is sin(k + 10 j), bias k is k / 10.
        k, j = torch.arange(10.0)[:, None], torch.arange(49.0)[None, :]
        with torch.no_grad():
            self.linear.weight.copy_(torch.sin(k + 10 * j))
            self.linear.bias.copy_(k[:, 0] / 10)

    def forward(self, pictures):
        assert pictures.dim() == 4, "pictures are [n, 1, 28, 28]"
        return self.linear(self.dropout(self.pool(pictures).flatten(1)))


torch.jit.script(Teacher().train()).save(pathlib.Path(__file__).with_suffix(".pt"))
