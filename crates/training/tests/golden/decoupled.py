"""Writes decoupled.json: TCKD and NCKD of Zhao et al. 2022 ("Decoupled Knowledge Distillation", equations 5 to 7 and
algorithm 1) and their gradients on the student's logits, by PyTorch's automatic differentiation in double precision.

Both parts are written as the paper does: softmax over the classes, (target, all others) as a pair, and a softmax over
the classes with the target's logit lowered by 1000; each is a KL divergence times T^2, mean over the batch.

    python3 decoupled.py > decoupled.json
"""

import json

import torch
import torch.nn.functional as F

# name, examples, classes, temperature, spread of the teacher's and of the student's logits
CASES = [
    ("ten classes, T = 1", 5, 10, 1.0, 2.0, 2.0),
    ("seven classes, T = 4", 5, 7, 4.0, 6.0, 3.0),
    ("two classes, T = 2", 4, 2, 2.0, 3.0, 3.0),
    ("twenty classes, T = 0.5", 6, 20, 0.5, 2.0, 1.0),
    ("saturated teacher", 6, 7, 1.0, 12.0, 2.0),
    ("saturated student", 6, 7, 1.0, 2.0, 15.0),
    ("both saturated", 6, 7, 2.0, 25.0, 25.0),
]


def pair(probabilities, mask):
    target = (probabilities * mask).sum(1, keepdim=True)
    others = (probabilities * ~mask).sum(1, keepdim=True)
    return torch.cat([target, others], dim=1)


def tckd(student, teacher, mask, temperature):
    q = pair(F.softmax(student / temperature, dim=1), mask)
    p = pair(F.softmax(teacher / temperature, dim=1), mask)
    return F.kl_div(q.log(), p, reduction="batchmean") * temperature**2


def nckd(student, teacher, mask, temperature):
    log_q = F.log_softmax(student / temperature - 1000.0 * mask, dim=1)
    p = F.softmax(teacher / temperature - 1000.0 * mask, dim=1)
    return F.kl_div(log_q, p, reduction="batchmean") * temperature**2


def part(of, student, teacher, mask, temperature):
    student = student.clone().requires_grad_(True)
    value = of(student, teacher, mask, temperature)
    value.backward()
    return {"value": value.item(), "gradient": student.grad.flatten().tolist()}


def case(name, examples, classes, temperature, teacher_spread, student_spread, generator):
    def draw(spread):
        values = torch.randn(examples, classes, generator=generator, dtype=torch.float64) * spread
        return values.float().double()

    teacher, student = draw(teacher_spread), draw(student_spread)
    # Mostly what the teacher says, sometimes not.
    labels = teacher.argmax(1)
    labels[-1] = (labels[-1] + 1) % classes
    mask = F.one_hot(labels, classes).bool()
    return {
        "name": name,
        "classes": classes,
        "temperature": temperature,
        "labels": labels.tolist(),
        "teacher": F.softmax(teacher / temperature, dim=1).flatten().tolist(),
        "student_logits": student.flatten().tolist(),
        "tckd": part(tckd, student, teacher, mask, temperature),
        "nckd": part(nckd, student, teacher, mask, temperature),
    }


generator = torch.Generator().manual_seed(0)
print(json.dumps({"cases": [case(*settings, generator) for settings in CASES]}, indent=1))
