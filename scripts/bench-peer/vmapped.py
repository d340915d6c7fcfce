"""(d) An expert's script: the students of a seed stacked with torch.func.stack_module_state, their forward pass by vmap.

The loss is the sum over students, so that one backward pass gives every student its own gradient; that is the same as
vmap over grad, with fewer wrapped operations (0.8 to 0.9 of its time). Weights lie as [inputs, outputs], which
batched products under vmap like better than the usual layout. One fused call of SGD moves the stacked parameters.
"""

import copy
import itertools
import math

import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.functional import one_hot

from problem import ARMS, BATCH, CLASSES, LAMBDA, TEMPERATURE, cosine, sgd_step, student_network
from turn import take_turn

CHUNK = 500


class Product(nn.Module):
    """A linear layer whose weight lies as [inputs, outputs]."""

    def __init__(self, linear):
        super().__init__()
        self.weight = nn.Parameter(linear.weight.detach().t().contiguous())
        self.bias = nn.Parameter(linear.bias.detach().clone())

    def forward(self, x):
        return torch.addmm(self.bias, x, self.weight)


def train_seed(problem, shape, arms, seed, epochs, until):
    torch.manual_seed(seed)
    inputs, labels = problem["inputs"], problem["labels"]
    n = len(labels)
    layers = student_network(shape)
    model = nn.Sequential(*(Product(layer) if isinstance(layer, nn.Linear) else layer for layer in layers))
    # Every student of a seed starts from the same numbers: they differ in their targets alone.
    stacked, buffers = stack_module_state([copy.deepcopy(model) for _ in arms])
    skeleton = copy.deepcopy(model).to("meta")
    forward = vmap(lambda parameters, x: functional_call(skeleton, (parameters, buffers), (x,)), in_dims=(0, None))
    parameters = list(stacked.values())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    # [examples, students, classes], so that a batch is gathered in whole rows.
    soft = problem["targets"][list(arms)].transpose(0, 1).contiguous()
    onehot = one_hot(labels, CLASSES).float()
    weights = torch.tensor([0.0 if ARMS[arm] == "hard" else LAMBDA for arm in arms])
    steps, step = epochs * math.ceil(n / BATCH), 0
    curves, losses = [], []
    for _ in range(until):
        met = torch.zeros(2, len(arms))
        for index in torch.randperm(n).split(BATCH):
            logits = forward(stacked, inputs.index_select(0, index))
            hard = onehot.index_select(0, index)
            rho = soft.index_select(0, index).transpose(0, 1)
            hard_loss = -(torch.log_softmax(logits, 2) * hard).sum((1, 2)) / len(index)
            soft_loss = -(torch.log_softmax(logits / TEMPERATURE, 2) * rho).sum((1, 2)) / len(index)
            loss = ((1 - weights) * hard_loss + weights * TEMPERATURE**2 * soft_loss).sum()
            gradients = torch.autograd.grad(loss, parameters)
            met[0].add_(hard_loss.detach(), alpha=len(index))
            met[1].add_(soft_loss.detach(), alpha=len(index))
            sgd_step(parameters, gradients, velocities, cosine(step, steps))
            step += 1
        losses.append((met / n).tolist())
        evaluate(forward, stacked, *problem["validation"])
        curves.append(evaluate(forward, stacked, *problem["test"])[0])
    return [list(curve) for curve in zip(*curves)]


def evaluate(forward, stacked, inputs, labels):
    with torch.no_grad():
        right, likelihood = 0, 0
        for x, y in zip(inputs.split(CHUNK), labels.split(CHUNK)):
            logits = forward(stacked, x)
            chosen = logits.gather(2, y.expand(len(logits), -1)[:, :, None]).squeeze(2)
            right = right + (chosen >= logits.amax(2)).sum(1)
            likelihood = likelihood + (chosen - logits.logsumexp(2)).sum(1)
        return (right / len(labels)).tolist(), (likelihood / -len(labels)).tolist()


def train(problem, shape, students, epochs, until):
    accuracies = []
    for seed, group in itertools.groupby(students, key=lambda student: student[1]):
        accuracies += train_seed(problem, shape, [arm for arm, _ in group], seed, epochs, until)
    return accuracies


if __name__ == "__main__":
    take_turn(__doc__, train)
