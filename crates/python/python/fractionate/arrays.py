"""NumPy arrays in, checked; numbers of the Rust half out, as NumPy arrays without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


# The Rust half keeps a label in 16 bits.
MOST_CLASSES = 2**16


def checked_logits(logits: Any) -> npt.NDArray[np.float32]:
    """Logits [n, K]: float32 as they are; float16 and float64 as a copy in float32."""
    array = np.asarray(logits)
    if array.dtype not in (np.float32, np.float16, np.float64):
        raise TypeError(f"logits are {array.dtype}: float32 is wanted (float16 and float64 are converted)")
    if array.ndim != 2 or array.shape[1] < 2:
        raise ValueError(f"logits have the shape {array.shape}: [examples, classes] is wanted, with 2 classes or more")
    if array.shape[1] > MOST_CLASSES:
        raise ValueError(f"logits are of {array.shape[1]} classes: there can be {MOST_CLASSES} at most")
    if not array.flags.c_contiguous:
        raise ValueError("logits are not contiguous in memory: pass numpy.ascontiguousarray(logits)")
    return np.require(array, np.float32, ("C", "A"))


def checked_labels(labels: Any, examples: int) -> npt.NDArray[np.int64]:
    """Labels [n], whole numbers of any type."""
    array = np.asarray(labels)
    if array.dtype.kind not in "iu":
        raise TypeError(f"labels are {array.dtype}: whole numbers from 0 are wanted")
    if array.ndim != 1:
        raise ValueError(f"labels have the shape {array.shape}: one label for each row of the logits is wanted")
    if len(array) != examples:
        raise ValueError(f"there are {len(array)} labels for {examples} rows of logits")
    return np.require(array, np.int64, ("C", "A"))


def checked_classifier(classifier: Any) -> list[list[float]] | None:
    """The weights of the teacher's last linear layer, [K, width]."""
    if classifier is None:
        return None
    array = np.asarray(classifier, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"classifier has the shape {array.shape}: [classes, width] is wanted")
    rows: list[list[float]] = array.tolist()
    return rows


class _Numbers:
    """What NumPy asks for numbers that are kept elsewhere."""

    def __init__(self, address: int, shape: list[int], kept: object) -> None:
        self.__array_interface__ = {"version": 3, "typestr": "<f4", "shape": tuple(shape), "data": (address, False)}
        self.kept = kept


def as_array(numbers: tuple[int, list[int], object]) -> npt.NDArray[np.float32]:
    """Numbers of the Rust half as an array, which keeps them."""
    return np.asarray(_Numbers(*numbers))
