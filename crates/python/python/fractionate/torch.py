"""The loss of a cell on PyTorch tensors: what the built-in trainer minimises."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cell import Cell

try:
    import torch
    import torch.nn.functional as F
except ImportError as error:
    raise ImportError("fractionate.torch needs PyTorch, which is not installed: pip install torch") from error

# The smallest probability of the teacher that has a logarithm of its own.
LEAST = 1e-30


def loss(student_logits: torch.Tensor, rows: Any, cell: Cell, epoch: int = 1) -> torch.Tensor:
    """The loss of a batch, to be minimised: a scalar with its gradient.

    - ``student_logits``: z, [batch, K], on any device and of any precision; the loss is worked out in float32.
    - ``rows``: the examples of the batch by their places in ``cell.labels``, from 0: a tensor, an array or a list.
    - ``epoch``: from 1, for ``decoupled`` with a warm-up.

    By ``cell.objective``, with q = softmax(z), q~ = softmax(z / T), label t and s = ``cell.scale``:

    - ``hard``: CE(t, q)
    - ``soft``: (1 - lambda) CE(t, q) + lambda s CE(rho, q~)
    - ``weighted``: the sum of w CE(t, q), over the batch size or over the sum of w
    - ``decoupled``: CE(t, q) + min(epoch / warm-up, 1) s (alpha TCKD + beta NCKD)
    """
    places = np.asarray(rows.cpu() if isinstance(rows, torch.Tensor) else rows)
    if student_logits.ndim != 2 or student_logits.shape != (len(places), cell.classes):
        found = tuple(student_logits.shape)
        raise ValueError(f"student_logits have the shape {found}: {(len(places), cell.classes)} is wanted")
    z = student_logits.float()
    labels = _batch(cell.labels, places, z).long()
    kind = cell.objective["kind"]
    if kind == "hard":
        return F.cross_entropy(z, labels)
    if kind == "weighted":
        return _weighted(z, labels, _batch(cell.weights, places, z), cell.objective["normalisation"])
    targets = _batch(cell.targets, places, z)
    if kind == "soft":
        soft = F.cross_entropy(z / cell.temperature, targets)
        return (1 - cell.lambda_) * F.cross_entropy(z, labels) + cell.lambda_ * cell.scale * soft
    if kind == "decoupled":
        weight = _warm_up(epoch, cell.objective["warmup_epochs"]) * cell.scale
        return F.cross_entropy(z, labels) + weight * _decoupled(z / cell.temperature, labels, targets, cell.objective)
    raise ValueError(f"the objective `{kind}` is not known to this version of fractionate: use a newer one")


def _batch(array: np.ndarray[Any, Any] | None, places: np.ndarray[Any, Any], like: torch.Tensor) -> torch.Tensor:
    if array is None:
        raise ValueError("the cell's objective needs an array that its folder does not have")
    return torch.from_numpy(np.ascontiguousarray(array[places])).to(like.device)


def _weighted(z: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor, normalisation: str) -> torch.Tensor:
    weighted = (weights * F.cross_entropy(z, labels, reduction="none")).sum()
    return weighted / (weights.sum() if normalisation == "sum-over-batch" else len(weights))


def _warm_up(epoch: int, epochs: int) -> float:
    return min(epoch / epochs, 1.0) if epochs > 0 else 1.0


def _decoupled(z: torch.Tensor, labels: torch.Tensor, p: torch.Tensor, objective: dict[str, Any]) -> torch.Tensor:
    """alpha TCKD + beta NCKD, z divided by T already. In logarithms: a saturated student has a gradient, too."""
    label = F.one_hot(labels, z.shape[1]).bool()
    log_p, log_q = p.clamp_min(LEAST).log(), F.log_softmax(z, 1)
    tckd = _kl(_pair(log_p, label), _pair(log_q, label))
    nckd = _kl(_others(log_p, label).log_softmax(1), _others(log_q, label).log_softmax(1))
    total: torch.Tensor = objective["alpha"] * tckd + objective["beta"] * nckd
    return total


def _others(rows: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    return rows[~label].view(len(rows), -1)


def _pair(rows: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    return torch.stack([rows[label], _others(rows, label).logsumexp(1)], 1)


def _kl(log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
    return F.kl_div(log_q, log_p, log_target=True, reduction="batchmean")
