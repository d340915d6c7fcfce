"""The script to beat: a cohort of MLP students trained at once, written in PyTorch as fast as its author could.

All members see the same batches and differ in their soft targets alone. The parameters of all members lie in one
flat tensor; the first layer of all members is one product, the second a batched one; the backward pass is written
by hand; one fused call is the whole optimiser step; every buffer is allocated once; softmax runs over 16 padded
classes, which takes a tenth of its time over 10. Tried against it on one thread (10 members, hidden widths 32 and
128), with the same accuracies: autograd with the fused optimiser took 1.74 and 1.19 times as long, a batched product
for the first layer 1.10 and 1.00, gradients accumulated straight into the momentum 1.04 and 1.01, batches gathered
an epoch at a time 1.07 and 0.99; argmax in the evaluation was slower too.

It keeps the records that a study needs: the hard and soft cross-entropy of every member as met in each epoch, and
accuracy and negative log-likelihood on the validation and test examples after each. `--bare` leaves the losses and
the likelihoods out. All members share one learning rate and one weight decay.

Prints one JSON object.
"""

import argparse
import gzip
import json
import math
import pathlib
import sys
import time

import numpy
import torch

from problem import sgd_step

PIXELS, CLASSES, PADDED = 784, 10, 16
TRAIN, VALIDATION = 10_000, 5_000
CHUNK = 500  # examples an evaluation step: the hidden layer of all members stays in the cache
MASKED = -1e30  # bias of the padded classes: their probability is exactly 0, and so is their gradient

RATE = 0.01
TEMPERATURE, LAMBDA = 2.0, 0.9


def read(folder, name, header):
    path = folder / f"{name}-ubyte.gz"
    try:
        with gzip.open(path) as file:
            return torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=header).copy())
    except OSError as error:
        sys.exit(f"{path}: {error.strerror or error}; scripts/setup fetches it.")


def load(folder):
    """Training examples, then validation and test examples in one tensor."""
    images = read(folder, "train-images-idx3", 16).view(-1, PIXELS).float().div_(255)
    labels = read(folder, "train-labels-idx1", 8).long()
    test_images = read(folder, "t10k-images-idx3", 16).view(-1, PIXELS).float().div_(255)
    test_labels = read(folder, "t10k-labels-idx1", 8).long()
    return (
        images[:TRAIN].clone(),
        labels[:TRAIN],
        torch.cat([images[-VALIDATION:], test_images]),
        torch.cat([labels[-VALIDATION:], test_labels]),
    )


def teacher_logits(images, labels):
    """Of a wider MLP, trained for a few epochs: any teacher will do where only time is measured."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(PIXELS, 256), torch.nn.ReLU(), torch.nn.Linear(256, CLASSES)
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(5):
        for batch in torch.randperm(TRAIN).split(128):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimiser.step()
    with torch.inference_mode():
        return model(images)


def combined_targets(logits, labels, members):
    """(1 - lambda) * onehot + lambda * T * rho for every example and member, [TRAIN, members, PADDED].

    The gradient of the loss on the logits is (1 - lambda) * q + lambda * T * q~ minus this, under hinton scaling.
    """
    onehot = torch.nn.functional.one_hot(labels, CLASSES).double()
    teacher = torch.softmax(logits.double() / TEMPERATURE, 1)
    true = (teacher * onehot).sum(1, keepdim=True)
    by_class = onehot.T @ teacher / onehot.sum(0)[:, None]
    off = (1 - onehot) / (CLASSES - 1)
    class_true = by_class.diagonal()[labels][:, None]
    shuffled = teacher[torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))]
    arms = [  # soft target and weight
        (teacher, LAMBDA),
        (onehot, 0.0),
        (torch.full_like(teacher, 1 / CLASSES), LAMBDA),
        (onehot * true.mean() + off * (1 - true.mean()), LAMBDA),
        (onehot * class_true + off * (1 - class_true), LAMBDA),
        (by_class[labels], LAMBDA),
        (shuffled, LAMBDA),
        (onehot * true + off * (1 - true), LAMBDA),
    ]
    targets = torch.zeros(len(labels), members, PADDED)
    weights = torch.zeros(members)
    for member in range(members):
        soft, weight = arms[member % len(arms)]
        targets[:, member, :CLASSES] = (1 - weight) * onehot + weight * TEMPERATURE * soft
        weights[member] = weight
    return targets, weights


class Batch:
    """The buffers of one training step with n examples."""

    def __init__(self, n, members, hidden):
        self.n = n
        self.images = torch.empty(n, PIXELS)
        self.targets = torch.empty(n, members * PADDED)
        self.hidden = torch.empty(n, members * hidden)
        self.hidden_gradient = torch.empty(n, members * hidden)
        self.logits = torch.empty(n, members, PADDED)
        self.hard = torch.empty(n, members, PADDED)
        self.soft = torch.empty(n, members, PADDED)
        self.ones = torch.ones(1, n)
        self.log = torch.empty(n, members, PADDED)
        self.onehot = torch.empty(n, PADDED)
        # Sums over an epoch's steps: onehot * log q, onehot * log q~, target * log q~.
        self.sums = torch.zeros(3, n, members, PADDED)


class Parameters:
    """One flat tensor and its views: first layer [PIXELS, members * hidden], second [members, hidden, PADDED]."""

    def __init__(self, members, hidden):
        wide = members * hidden
        sizes = [PIXELS * wide, wide, wide * PADDED, members * PADDED]
        self.flat = torch.zeros(sum(sizes))
        first, first_bias, second, second_bias = self.flat.split(sizes)
        self.first = first.view(PIXELS, wide)
        self.first_bias = first_bias
        self.second = second.view(members, hidden, PADDED)
        self.second_bias = second_bias.view(members, 1, PADDED)


def step_by_autograd(parameters, leaves, velocities, b, onehot, weights, rate, bare):
    """One step as autograd takes it: the loss is written, its gradient is not."""
    n, members = b.n, len(weights)
    first, first_bias, second, second_bias = leaves
    hidden = torch.relu(torch.addmm(first_bias, b.images, first)).view(n, members, -1).transpose(0, 1)
    logits = torch.baddbmm(second_bias, hidden, second)
    log_q = torch.log_softmax(logits, 2)
    log_soft_q = torch.log_softmax(logits / TEMPERATURE, 2)
    combined = b.targets.view(n, members, PADDED).transpose(0, 1)
    # lambda * T^2 * rho: the tables hold (1 - lambda) * onehot + lambda * T * rho.
    soft = (combined - (1 - weights)[:, None, None] * onehot) * TEMPERATURE
    loss = -((1 - weights)[:, None, None] * onehot * log_q + soft * log_soft_q).sum() / n
    loss.backward()
    if not bare:
        with torch.no_grad():
            b.sums[0].addcmul_(log_q.transpose(0, 1), onehot[:, None])
            b.sums[1].addcmul_(log_soft_q.transpose(0, 1), onehot[:, None])
            b.sums[2].addcmul_(log_soft_q.transpose(0, 1), b.targets.view(n, members, PADDED))
    sgd_step(leaves, [leaf.grad for leaf in leaves], velocities, rate)
    for leaf in leaves:
        leaf.grad = None


def train(data, targets, weights, hidden, epochs, batch_size, seed, bare, autograd):
    """Seconds spent, the accuracies on validation and test examples after every epoch, and the other records."""
    images, labels, held_out, held_out_labels = data
    members = len(weights)
    generator = torch.Generator().manual_seed(seed)
    parameters, gradients, velocity = Parameters(members, hidden), Parameters(members, hidden), Parameters(members, hidden)
    # Every member starts from the same numbers: they are to differ in their targets alone.
    first = torch.empty(PIXELS, hidden).uniform_(-(PIXELS**-0.5), PIXELS**-0.5, generator=generator)
    second = torch.empty(hidden, CLASSES).uniform_(-(hidden**-0.5), hidden**-0.5, generator=generator)
    parameters.first.view(PIXELS, members, hidden).copy_(first[:, None])
    parameters.second[:, :, :CLASSES] = second
    parameters.second_bias[:, :, CLASSES:] = MASKED

    # The same memory as leaves of a graph, for autograd.
    views = [parameters.first, parameters.first_bias, parameters.second, parameters.second_bias]
    leaves = [view.detach().requires_grad_(autograd) for view in views]
    velocities = [torch.zeros_like(view) for view in views]
    targets = targets.view(TRAIN, members * PADDED)
    buffers = {n: Batch(n, members, hidden) for n in {batch_size, TRAIN % batch_size or batch_size}}
    hard_scale = {n: ((1 - weights) / n).view(1, members, 1) for n in buffers}
    soft_scale = {n: (weights * TEMPERATURE / n).view(1, members, 1) for n in buffers}
    evaluated = torch.empty(CHUNK, members * hidden)
    scores = torch.empty(members, PADDED, CHUNK)
    right = torch.empty(members, len(held_out), dtype=torch.bool)
    likelihoods = torch.zeros(members, len(held_out))
    onehot = torch.nn.functional.one_hot(labels, PADDED).float()
    losses, nlls = [], []
    steps = epochs * math.ceil(TRAIN / batch_size)
    step = 0
    accuracies = []

    start = time.perf_counter()
    for _ in range(epochs):
        for index in torch.randperm(TRAIN, generator=generator).split(batch_size):
            rate = RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
            step += 1
            n = len(index)
            b = buffers[n]
            torch.index_select(images, 0, index, out=b.images)
            torch.index_select(targets, 0, index, out=b.targets)

            if autograd:
                step_by_autograd(parameters, leaves, velocities, b, onehot[index], weights, rate, bare)
                continue
            torch.addmm(parameters.first_bias, b.images, parameters.first, out=b.hidden).relu_()
            hidden_by_member = b.hidden.view(n, members, hidden).transpose(0, 1)
            torch.baddbmm(parameters.second_bias, hidden_by_member, parameters.second, out=b.logits.transpose(0, 1))

            torch.softmax(b.logits, 2, out=b.hard)
            if not bare:
                torch.index_select(onehot, 0, index, out=b.onehot)
                torch.log_softmax(b.logits, 2, out=b.log)
                b.sums[0].addcmul_(b.log, b.onehot[:, None])
            torch.softmax(b.logits.div_(TEMPERATURE), 2, out=b.soft)
            if not bare:
                torch.log_softmax(b.logits, 2, out=b.log)
                b.sums[1].addcmul_(b.log, b.onehot[:, None])
                b.sums[2].addcmul_(b.log, b.targets.view(n, members, PADDED))
            gradient = b.hard.mul_(hard_scale[n]).addcmul_(b.soft, soft_scale[n])
            gradient.sub_(b.targets.view(n, members, PADDED), alpha=1 / n)
            by_member = gradient.transpose(0, 1)

            torch.bmm(
                by_member,
                parameters.second.transpose(1, 2),
                out=b.hidden_gradient.view(n, members, hidden).transpose(0, 1),
            )
            torch.ops.aten.threshold_backward.grad_input(b.hidden_gradient, b.hidden, 0, grad_input=b.hidden_gradient)
            torch.bmm(hidden_by_member.transpose(1, 2), by_member, out=gradients.second)
            torch.mm(b.ones, gradient.view(n, -1), out=gradients.second_bias.view(1, -1))
            torch.mm(b.images.t(), b.hidden_gradient, out=gradients.first)
            torch.mm(b.ones, b.hidden_gradient, out=gradients.first_bias.view(1, -1))
            sgd_step([parameters.flat], [gradients.flat], [velocity.flat], rate)

        if not bare:
            hard, plain, combined = sum(b.sums.sum((1, 3), dtype=torch.float64) for b in buffers.values()) / -TRAIN
            # The tables hold (1 - lambda) * onehot + lambda * T * rho; members on hard labels have no soft part.
            soft = (combined - (1 - weights) * plain) / (weights * TEMPERATURE)
            losses.append((hard, soft))
            for b in buffers.values():
                b.sums.zero_()

        for low in range(0, len(held_out), CHUNK):
            part = slice(low, low + CHUNK)
            torch.addmm(parameters.first_bias, held_out[part], parameters.first, out=evaluated).relu_()
            torch.baddbmm(
                parameters.second_bias.transpose(1, 2),
                parameters.second.transpose(1, 2),
                evaluated.view(CHUNK, members, hidden).permute(1, 2, 0),
                out=scores,
            )
            wanted = held_out_labels[part].expand(members, 1, CHUNK)
            chosen = scores.gather(1, wanted).squeeze(1)
            torch.ge(chosen, scores.amax(1), out=right[:, part])
            if not bare:
                torch.sub(chosen, scores.logsumexp(1), out=likelihoods[:, part])
        nlls.append((-likelihoods[:, :VALIDATION].mean(1), -likelihoods[:, VALIDATION:].mean(1)))
        accuracies.append((right[:, :VALIDATION].float().mean(1), right[:, VALIDATION:].float().mean(1)))
    return time.perf_counter() - start, accuracies, (losses, nlls)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=10)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--logits", type=pathlib.Path, help="teacher logits of the first 10,000 examples, .npy")
    parser.add_argument("--autograd", action="store_true", help="autograd instead of the hand-written backward pass")
    parser.add_argument("--bare", action="store_true", help="no losses and no likelihoods")
    parser.add_argument("--json", action="store_true", help="accepted for symmetry: the output is always JSON")
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--data", type=pathlib.Path, default=root / ".data" / "fashion-mnist")
    options = parser.parse_args()

    torch.set_num_threads(1)
    data = load(options.data)
    if options.logits:
        logits = torch.from_numpy(numpy.load(options.logits)[:TRAIN])
        if logits.shape != (TRAIN, CLASSES):
            sys.exit(f"{options.logits}: expected {TRAIN} x {CLASSES} logits, found {tuple(logits.shape)}.")
    else:
        logits = teacher_logits(data[0], data[1])
    targets, weights = combined_targets(logits, data[1], options.members)

    with torch.inference_mode(not options.autograd):
        settings = (options.batch, options.seed, options.bare, options.autograd)
        train(data, targets, weights, options.hidden, 1, *settings)  # warm-up
        seconds, accuracies, (losses, nlls) = train(data, targets, weights, options.hidden, options.epochs, *settings)
    validation, test = accuracies[-1]
    print(
        json.dumps(
            {
                "seconds_per_student": seconds / options.members,
                "seconds": seconds,
                "members": options.members,
                "hidden": options.hidden,
                "epochs": options.epochs,
                "batch": options.batch,
                "validation_accuracy": [round(value, 4) for value in validation.tolist()],
                "test_accuracy": [round(value, 4) for value in test.tolist()],
                "test_nll": [round(value, 4) for value in nlls[-1][1].tolist()],
                "train_hard_ce": [round(value, 4) for value in losses[-1][0].tolist()] if losses else None,
                "train_soft_ce": [
                    round(value, 4) if math.isfinite(value) else None for value in losses[-1][1].tolist()
                ]
                if losses
                else None,
                "torch": torch.__version__,
                "threads": torch.get_num_threads(),
            }
        )
    )


if __name__ == "__main__":
    main()
