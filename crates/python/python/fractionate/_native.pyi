from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

version: str

# Address, shape, what keeps the numbers.
_Numbers = tuple[int, list[int], object]
_Classifier = list[list[float]] | None
_Logits = npt.NDArray[np.float32]
_Labels = npt.NDArray[np.int64]

def arms() -> list[dict[str, Any]]: ...
def arm(name: str, /) -> dict[str, Any]: ...
def targets(
    logits: _Logits, labels: _Labels, arm: str, temperature: float, seed: int, classifier: _Classifier, /
) -> _Numbers | None: ...
def statistics(
    logits: _Logits, labels: _Labels, temperature: float, /
) -> tuple[Callable[[_Logits, _Labels, str, int, _Classifier], _Numbers | None], list[int], _Numbers]: ...
def load(folder: str, /) -> Callable[[str], Any]: ...
def decompose(
    columns: list[tuple[str, list[Any]]], options: dict[str, Any], /
) -> tuple[Callable[[str], Any], list[str]]: ...
