"""The loss in PyTorch: against the golden values of the built-in trainer's loss, and against the loss that
`fractionate targets` prints."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import fractionate  # noqa: E402
from conftest import GOLDEN_ARMS, GOLDEN_TRAINING  # noqa: E402
from fractionate.torch import loss  # noqa: E402

DECOUPLED = json.loads((GOLDEN_TRAINING / "decoupled.json").read_text())["cases"]
DIAGNOSTICS = json.loads((GOLDEN_TRAINING / "diagnostics.json").read_text())
PRINTED = json.loads((GOLDEN_ARMS / "printed_losses.json").read_text())


def value_and_gradient(of, logits):
    logits = torch.tensor(logits, dtype=torch.float32, requires_grad=True)
    value = of(logits)
    value.backward()
    return value.item(), logits.grad.numpy()


def cross_entropy(logits, labels):
    logits = np.asarray(logits, dtype=np.float64)
    shifted = logits - logits.max(axis=1, keepdims=True)
    q = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    onehot = np.eye(logits.shape[1])[labels]
    return -np.log((q * onehot).sum(axis=1)).mean(), (q - onehot) / len(labels)


@pytest.mark.parametrize("case", DECOUPLED, ids=lambda case: case["name"])
def test_decoupled_parts_and_their_gradients_are_the_golden_ones(write_cell, case):
    t, k = case["temperature"], case["classes"]
    logits = np.array(case["student_logits"]).reshape(-1, k)
    if case["name"].endswith("saturated") or "student" in case["name"]:
        ce, ce_gradient = value_and_gradient(
            lambda z: torch.nn.functional.cross_entropy(z, torch.tensor(case["labels"])), logits
        )
    else:
        ce, ce_gradient = cross_entropy(logits, case["labels"])
    for alpha, beta in ((1.0, 0.0), (0.0, 1.0), (1.0, 8.0)):
        objective = {"kind": "decoupled", "alpha": alpha, "beta": beta, "warmup_epochs": 0}
        folder = write_cell(
            objective, classes=k, labels=case["labels"], targets=case["teacher"], temperature=t, scale=t * t
        )
        cell = fractionate.Cell(folder)
        rows = np.arange(len(logits))
        value, gradient = value_and_gradient(lambda z, cell=cell, rows=rows: loss(z, rows, cell), logits)
        expected = alpha * case["tckd"]["value"] + beta * case["nckd"]["value"]
        assert value - ce == pytest.approx(expected, rel=2e-6, abs=2e-6 * max(1, abs(ce)))
        parts = [np.array(case[name]["gradient"]).reshape(-1, k) for name in ("tckd", "nckd")]
        expected = alpha * parts[0] + beta * parts[1]
        np.testing.assert_allclose(gradient - ce_gradient, expected, atol=2e-6 * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("scaling", ["hinton", "none"])
def test_the_soft_loss_rescales_the_labels_gradient_by_the_golden_omega(write_cell, scaling):
    k, t = DIAGNOSTICS["classes"], DIAGNOSTICS["temperature"]
    labels = DIAGNOSTICS["labels"]
    logits = np.array(DIAGNOSTICS["student"]).reshape(-1, k)
    folder = write_cell(
        {"kind": "soft"},
        classes=k,
        labels=labels,
        targets=DIAGNOSTICS["rho"],
        temperature=t,
        scaling=scaling,
        scale=t * t if scaling == "hinton" else 1.0,
        **{"lambda": DIAGNOSTICS["lambda"]},
    )
    cell = fractionate.Cell(folder)
    rows = torch.arange(len(logits))
    _, gradient = value_and_gradient(lambda z: loss(z, rows, cell), logits)
    _, hard = cross_entropy(logits, labels)
    on_label = np.arange(len(labels)), labels
    np.testing.assert_allclose(gradient[on_label] / hard[on_label], DIAGNOSTICS["omega"][scaling], rtol=2e-4, atol=1e-4)


def test_hard_and_weighted_losses_are_numpys(write_cell):
    draws = np.random.default_rng(0)
    logits, labels = draws.normal(size=(4, 3)).astype(np.float32), np.array([0, 1, 2, 1])
    w = np.array([0.5, 2.0, 1.0, 0.25])
    each = np.array([cross_entropy(logits[i : i + 1], labels[i : i + 1])[0] for i in range(4)])
    rows = [3, 0, 2]
    z = torch.tensor(logits[rows])
    cell = fractionate.Cell(write_cell({"kind": "hard"}, labels=labels))
    assert loss(z, rows, cell).item() == pytest.approx(each[rows].mean(), rel=1e-6)
    for normalisation, divisor in (("batch-size", 3), ("sum-over-batch", w[rows].sum())):
        cell = fractionate.Cell(
            write_cell({"kind": "weighted", "normalisation": normalisation}, labels=labels, weights=w)
        )
        assert loss(z, rows, cell).item() == pytest.approx((w * each)[rows].sum() / divisor, rel=1e-6)


@pytest.mark.parametrize("name", PRINTED)
def test_each_loss_is_the_one_that_the_command_prints(write_cell, name):
    """The printed code has lambda = 0.9, T = 2 and T^2 as its scale, or the arm's own."""
    arm = fractionate.arm(name)
    draws = np.random.default_rng(1)
    labels = draws.integers(0, 5, 8)
    teacher = draws.normal(size=(8, 5)).astype(np.float32)
    made = fractionate.targets(teacher, labels, name, 2.0)
    t = arm.own_temperature or 2.0
    arrays = {"weights": made} if arm.objective["kind"] == "weighted" else {"targets": made}
    folder = write_cell(
        {**arm.objective}, classes=5, labels=labels, temperature=t, scale=t * t, **arrays, **{"lambda": 0.9}
    )
    printed: dict = {}
    exec(PRINTED[name], printed)
    z = torch.tensor(draws.normal(size=(8, 5)), dtype=torch.float32)
    expected = printed["loss"](z, torch.tensor(labels), torch.tensor(np.asarray(made)))
    # The printed warm-up is over.
    assert loss(z, torch.arange(8), fractionate.Cell(folder), epoch=20).item() == pytest.approx(
        expected.item(), rel=1e-6
    )


def test_the_warm_up_counts_an_epochs_share(write_cell):
    objective = {"kind": "decoupled", "alpha": 1.0, "beta": 8.0, "warmup_epochs": 4}
    folder = write_cell(objective, targets=np.full((4, 3), 1 / 3))
    cell, z = fractionate.Cell(folder), torch.tensor([[2.0, 0.0, -1.0]])
    hard = torch.nn.functional.cross_entropy(z, torch.tensor([0])).item()
    added = [loss(z, [0], cell, epoch).item() - hard for epoch in (1, 2, 4, 9)]
    assert added[0] == pytest.approx(added[2] / 4, rel=1e-5) and added[1] == pytest.approx(added[2] / 2, rel=1e-5)
    assert added[3] == added[2] > 0


def test_logits_of_another_shape_are_one_sentence(write_cell):
    cell = fractionate.Cell(write_cell({"kind": "hard"}))
    with pytest.raises(ValueError, match=r"student_logits have the shape \(2, 4\): \(2, 3\) is wanted"):
        loss(torch.zeros(2, 4), [0, 1], cell)


def test_a_cell_takes_tensors_of_any_precision(write_cell):
    folder = write_cell({"kind": "hard"})
    model = torch.nn.Linear(2, 3)
    logits = torch.zeros(2, 3, dtype=torch.bfloat16, requires_grad=True)
    cell = fractionate.Cell.current()
    cell.log(epoch=1, train_loss=logits.sum())
    cell.finish(logits, logits.half(), weights=model.state_dict(), initial_weights=model.state_dict())
    assert np.load(folder / "validation_logits.npy").dtype == np.float32
    assert np.load(folder / "student.npz")["weight"].shape == (3, 2)
    assert fractionate.torch.loss is loss
