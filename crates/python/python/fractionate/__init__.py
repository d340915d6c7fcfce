"""Fractionate: what a teacher gives a student in knowledge distillation, taken apart into its levels.

    import fractionate

    fractionate.arms()                                       # what there is
    fractionate.targets(logits, labels, "class-mean")        # soft targets, float32 [n, K]
    fractionate.load("results/quickstart").terms             # an Arrow table: polars, pandas, pyarrow
    fractionate.decompose(frame_of_runs)                     # of any runs: arm, seed, test_accuracy
    fractionate.Cell.current()                               # in a training program that `fractionate` started

The command ``fractionate`` comes with the package: all but the built-in trainer.
"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - a folder on the path is not checked by pip
    raise ImportError("fractionate needs Python 3.10 or newer, and this is " + sys.version.split()[0])

from ._native import version as __version__
from .cell import Cell
from .results import Results, Section, decompose, load
from .soft_targets import Arm, arm, arms, targets
from .table import Table
from .training_statistics import Statistics, statistics

__all__ = [
    "Arm",
    "Cell",
    "Results",
    "Section",
    "Statistics",
    "Table",
    "__version__",
    "arm",
    "arms",
    "decompose",
    "load",
    "statistics",
    "targets",
]


def __getattr__(name: str) -> object:
    # PyTorch takes seconds to import: only for those who ask.
    if name == "torch":
        import importlib

        return importlib.import_module("fractionate.torch")
    raise AttributeError(f"module 'fractionate' has no attribute {name!r}")
