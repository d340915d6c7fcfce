"""(d) An expert's script: the students of a seed stacked with torch.func.stack_module_state, their forward pass by vmap.

The loss is the sum over students, so that one backward pass gives every student its own gradient; that is the same as
vmap over grad, with fewer wrapped operations. One fused call of SGD moves the stacked parameters.
"""

import copy
import itertools
import math

import torch
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.functional import one_hot

from problem import ARMS, BATCH, CLASSES, LAMBDA, MOMENTUM, RATE, TEMPERATURE, WEIGHT_DECAY, cosine, student_network
from turn import take_turn

CHUNK = 500


def train_seed(problem, shape, arms, seed, epochs, until):
    torch.manual_seed(seed)
    inputs, labels = problem["inputs"], problem["labels"]
    n = len(labels)
    model = student_network(shape)
    # Every student of a seed starts from the same numbers: they differ in their targets alone.
    stacked, buffers = stack_module_state([copy.deepcopy(model) for _ in arms])
    skeleton = copy.deepcopy(model).to("meta")
    forward = vmap(lambda parameters, x: functional_call(skeleton, (parameters, buffers), (x,)), in_dims=(0, None))
    parameters = list(stacked.values())
    optimiser = torch.optim.SGD(parameters, lr=RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True)
    group = optimiser.param_groups[0]
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
            ((1 - weights) * hard_loss + weights * TEMPERATURE**2 * soft_loss).sum().backward()
            met[0].add_(hard_loss.detach(), alpha=len(index))
            met[1].add_(soft_loss.detach(), alpha=len(index))
            group["lr"] = cosine(step, steps)
            step += 1
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
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
