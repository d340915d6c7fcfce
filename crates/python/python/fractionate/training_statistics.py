"""Statistics of a whole training set, for arms that are asked batch by batch or view by view."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _native
from .arrays import as_array, checked_labels, checked_logits


class Statistics:
    """What arms take from the whole training set: counts and means of each class. Made by :func:`statistics`."""

    classes: int
    """K."""
    examples: int
    """How many rows of logits they are of."""
    temperature: float
    """T of the teacher's probabilities."""
    class_counts: npt.NDArray[np.int64]
    """How many examples each class has, [K]."""
    class_means: npt.NDArray[np.float32]
    """Row t is the mean of the teacher's probabilities over the examples of class t, [K, K]; NaN without an example."""

    def __init__(self, made: tuple[Any, list[int], Any], temperature: float) -> None:
        self._ask, counts, means = made
        self.class_counts = np.array(counts, dtype=np.int64)
        self.class_means = as_array(means)
        self.classes = len(counts)
        self.examples = sum(counts)
        self.temperature = temperature

    def __repr__(self) -> str:
        return f"Statistics({self.examples} examples, {self.classes} classes, temperature {self.temperature})"

    def _ask_for(
        self,
        logits: npt.NDArray[np.float32],
        labels: npt.NDArray[np.int64],
        arm: str,
        temperature: float,
        seed: int,
        classifier: list[list[float]] | None,
    ) -> Any:
        if temperature != self.temperature:
            raise ValueError(f"the statistics are of temperature {self.temperature}, the targets of {temperature}")
        return self._ask(logits, labels, arm, seed, classifier)


def statistics(logits: npt.ArrayLike, labels: npt.ArrayLike, temperature: float = 4.0) -> Statistics:
    """Statistics of a whole training set, to be given to :func:`fractionate.targets` with each batch of it.

    - ``logits``: the teacher's, float32 [n, K]; ``labels``: [n]; as for :func:`fractionate.targets`.
    - ``temperature``: T above 0, the one that the targets have.

    A batch then has the rows that the whole set would give: class means, the mean mass on the label and class
    frequencies come from the whole set, what is the example's own from the batch. Where students see random views and
    the teacher is asked on the same view, ``logits`` hold its answers for several views of every example, one view
    after the other, and ``labels`` as many times: the means are then those of what the teacher says of such views.

    The arms that go by an example's place in the training set (``shuffled``, ``shuffled-within-class``, ``permuted``,
    ``target-weighted(shuffled)``) cannot be asked for a batch: they raise ``ValueError``.
    """
    rows = checked_logits(logits)
    return Statistics(
        _native.statistics(rows, checked_labels(labels, len(rows)), float(temperature)), float(temperature)
    )
