"""(b), (c) A best-practice script: data in memory, soft labels cached, one run after the other.

No loader, no read-back in the step loop, evaluation in a few large chunks without autograd, on the chunks' logits
alone. SGD is the one fused call that torch.optim.SGD(fused=True) ends in, without its bookkeeping in Python. It keeps
the hard and soft loss as met, and accuracy and likelihood on the validation and test examples after each epoch, as
Fractionate does. Tried, and not worth a tenth of its time: torch.compile, the layers without modules, batches gathered
an epoch at a time.
"""

import math

import torch
from torch.nn.functional import cross_entropy

from problem import ARMS, BATCH, LAMBDA, TEMPERATURE, cosine, sgd_step, student_network
from turn import take_turn

CHUNK = 500  # examples an evaluation step: activations stay in the cache


def evaluate(model, inputs, labels):
    with torch.inference_mode():
        right, loss = torch.zeros((), dtype=torch.long), torch.zeros(())
        for x, y in zip(inputs.split(CHUNK), labels.split(CHUNK)):
            logits = model(x)
            loss += cross_entropy(logits, y, reduction="sum")
            # Whether the label's logit is the largest: argmax over few classes is slow.
            right += (logits.gather(1, y[:, None]).squeeze(1) >= logits.amax(1)).sum()
        return right.item() / len(labels), loss.item() / len(labels)


def train_one(problem, shape, arm, seed, epochs, until):
    torch.manual_seed(seed)
    inputs, labels, soft = problem["inputs"], problem["labels"], problem["targets"][arm]
    weight = 0.0 if ARMS[arm] == "hard" else LAMBDA
    model = student_network(shape)
    parameters = list(model.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    n = len(labels)
    counts = torch.tensor([len(part) for part in labels.split(BATCH)])
    steps, step = epochs * math.ceil(n / BATCH), 0
    curve, losses = [], []
    for _ in range(until):
        met = []
        for index in torch.randperm(n).split(BATCH):
            logits = model(inputs.index_select(0, index))
            hard_loss = cross_entropy(logits, labels.index_select(0, index))
            if weight:
                soft_loss = cross_entropy(logits / TEMPERATURE, soft.index_select(0, index))
                loss = (1 - weight) * hard_loss + weight * TEMPERATURE**2 * soft_loss
                met += [hard_loss.detach(), soft_loss.detach()]
            else:
                loss = hard_loss
                met.append(hard_loss.detach())
            gradients = torch.autograd.grad(loss, parameters)
            sgd_step(parameters, gradients, velocities, cosine(step, steps))
            step += 1
        losses.append((torch.stack(met).view(len(counts), -1) * counts[:, None] / n).sum(0).tolist())
        evaluate(model, *problem["validation"])
        curve.append(evaluate(model, *problem["test"])[0])
    return curve


def train(problem, shape, students, epochs, until):
    return [train_one(problem, shape, arm, seed, epochs, until) for arm, seed in students]


if __name__ == "__main__":
    take_turn(__doc__, train)
