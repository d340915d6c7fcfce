"""(a) A script as people write it: DataLoaders, the teacher's forward pass in every step, one run after the other."""

import torch
from torch.nn.functional import cross_entropy, softmax
from torch.utils.data import DataLoader, TensorDataset

from problem import ARMS, BATCH, LAMBDA, MOMENTUM, RATE, TEMPERATURE, WEIGHT_DECAY, student_network, teacher_network
from turn import take_turn


def evaluate(model, loader):
    model.eval()
    right, loss, seen = 0, 0.0, 0
    with torch.no_grad():
        for inputs, labels in loader:
            logits = model(inputs)
            loss += cross_entropy(logits, labels, reduction="sum").item()
            right += (logits.argmax(1) == labels).sum().item()
            seen += len(labels)
    return right / seen, loss / seen


def train(problem, shape, students, epochs, until):
    teacher = teacher_network()
    teacher.load_state_dict(problem["teacher"])
    teacher.eval()
    validation = DataLoader(TensorDataset(*problem["validation"]), batch_size=BATCH)
    test = DataLoader(TensorDataset(*problem["test"]), batch_size=BATCH)
    accuracies = []
    for arm, seed in students:
        assert ARMS[arm] == "teacher", "this script distils from its teacher and knows no other arm"
        torch.manual_seed(seed)
        loader = DataLoader(TensorDataset(problem["inputs"], problem["labels"]), batch_size=BATCH, shuffle=True)
        model = student_network(shape)
        optimiser = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * len(loader))
        curve = []
        for _ in range(until):
            model.train()
            for inputs, labels in loader:
                with torch.no_grad():
                    soft = softmax(teacher(inputs) / TEMPERATURE, 1)
                logits = model(inputs)
                hard_loss = cross_entropy(logits, labels)
                soft_loss = cross_entropy(logits / TEMPERATURE, soft)
                loss = (1 - LAMBDA) * hard_loss + LAMBDA * TEMPERATURE**2 * soft_loss
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
            evaluate(model, validation)
            curve.append(evaluate(model, test)[0])
        accuracies.append(curve)
    return accuracies


if __name__ == "__main__":
    take_turn(__doc__, train)
