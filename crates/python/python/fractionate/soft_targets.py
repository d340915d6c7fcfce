"""Arms: what there is, and the soft targets or example weights that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _native
from .arrays import as_array, checked_classifier, checked_labels, checked_logits

if TYPE_CHECKING:
    from .training_statistics import Statistics


@dataclass(frozen=True)
class Arm:
    """An arm: a rule that makes soft targets, or example weights, from a teacher's probabilities p and the labels t."""

    name: str
    """Its name, with its options: ``class-mean(correct)``."""
    meaning: str
    """What its students learn, in one line."""
    formula: str
    """The soft target of an example, or how the examples are weighted."""
    keeps: str
    """What of the teacher's knowledge it keeps."""
    takes_away: str
    """What of the teacher's knowledge it takes away."""
    note: str | None
    """What else has to be known to read its results."""
    forms: tuple[tuple[str, str], ...]
    """Names with options, and what the options change."""
    objective: dict[str, Any]
    """What its students minimise: ``kind`` is ``hard``, ``soft``, ``weighted`` or ``decoupled``; the rest are the
    coefficients of that kind."""
    needs_teacher: bool
    """Whether it asks the teacher."""
    needs_classifier: bool
    """Whether it asks for the weights of the teacher's last linear layer."""
    depends_on_seed: bool
    """Whether what it makes depends on the seed."""
    uses_lambda: bool
    """Whether lambda plays a role in its loss."""
    own_temperature: float | None
    """T of the student's softened probabilities, where the arm brings its own."""


def arms() -> list[Arm]:
    """Every arm with its default options, in the order of the documentation."""
    return [_arm(entry) for entry in _native.arms()]


def arm(name: str) -> Arm:
    """The arm of that name, with its options: ``top-k(0.5)``.

    Raises ``ValueError`` if there is none, or it has no such option.
    """
    return _arm(_native.arm(name))


def _arm(entry: dict[str, Any]) -> Arm:
    return Arm(**{**entry, "forms": tuple(entry["forms"])})


def targets(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    arm: str = "partial",
    temperature: float = 4.0,
    seed: int = 0,
    statistics: Statistics | None = None,
    *,
    classifier: npt.ArrayLike | None = None,
) -> npt.NDArray[np.float32] | None:
    """What an arm makes of a teacher's logits and the labels: the same numbers that suites train on.

    - ``logits``: the teacher's, float32 [n, K], contiguous: read where they lie. float16 and float64 are converted.
    - ``labels``: whole numbers from 0 to K - 1, [n].
    - ``arm``: its name, with its options; see :func:`arms`.
    - ``temperature``: T above 0, which divides the logits before the softmax.
    - ``seed``: the student's, for arms that shuffle.
    - ``statistics``: of the whole training set, see :func:`fractionate.statistics`; then logits and labels are a batch
      of it, or one view of each example. Without it they are the whole set, in its order.
    - ``classifier``: the weights of the teacher's last linear layer, [K, width], for ``class-similarity``.

    Returns soft targets, float32 [n, K], each row at least 0 and summing to 1; for arms that weight the examples their
    weights, float32 [n]; ``None`` for ``hard``. The interpreter is released meanwhile.

    Raises ``ValueError`` or ``TypeError`` with one sentence: a label out of range, a logit that is not finite, a class
    without an example in an arm that averages over classes, arrays that do not fit together.
    """
    rows = checked_logits(logits)
    classes = checked_labels(labels, len(rows))
    weights = checked_classifier(classifier)
    if statistics is None:
        numbers = _native.targets(rows, classes, arm, float(temperature), _checked_seed(seed), weights)
    else:
        numbers = statistics._ask_for(rows, classes, arm, float(temperature), _checked_seed(seed), weights)
    return None if numbers is None else as_array(numbers)


def _checked_seed(seed: int) -> int:
    if not 0 <= seed < 2**64:
        raise ValueError(f"a seed is a whole number from 0 to 2**64 - 1, not {seed}")
    return int(seed)
