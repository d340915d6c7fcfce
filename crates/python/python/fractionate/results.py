"""The results of a suite, and the decomposition of runs made elsewhere."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import _native
from .table import Table


@dataclass(frozen=True)
class Section:
    """One comparison of one configuration, as a person reads it."""

    configuration: str
    """The configuration of a sweep, ``tau = 0.9``; empty without a sweep."""
    comparison: str
    """``tuned`` or ``fixed``."""
    answer: str
    """What the decomposition says, in one sentence."""
    scope: str
    """What its intervals speak of, in one sentence."""
    notes: tuple[str, ...]
    """What is missing from it, in sentences."""
    waterfall: str | None
    """The decomposition as a figure, SVG; None where there is nothing to draw."""


class Results:
    """The results of a suite. Tables are formed when they are first asked for; nothing is written.

    In a notebook a value of this type is shown as the answer and the waterfall of every comparison.
    """

    def __init__(self, ask: Callable[[str], Any], reading: Iterable[str] = ()) -> None:
        self._ask = ask
        self.reading = tuple(reading)
        """How a frame of runs was read and what it lacks, in sentences; empty for results of a folder."""

    @cached_property
    def suite(self) -> str:
        """The suite's name."""
        return str(self._ask("suite"))

    @cached_property
    def question(self) -> str:
        """The question that the suite asks; may be empty."""
        return str(self._ask("question"))

    @cached_property
    def runs(self) -> Table:
        """One row for each role of each run: run, role, arm, seed, learning_rate, lambda, weight_decay, temperature,
        outcome, test_accuracy (0 to 1), test_nll (nats), ...; a sweep's axes first."""
        return Table(self._ask("runs"))

    @cached_property
    def curves(self) -> Table:
        """One row for each epoch of each run: losses in nats, accuracies from 0 to 1."""
        return Table(self._ask("curves"))

    @cached_property
    def terms(self) -> Table:
        """The decomposition of every comparison: six terms, their total and the Shapley shares; mean, sd and 95%
        interval in points of accuracy, or nats."""
        return Table(self._ask("terms"))

    @cached_property
    def differences(self) -> Table:
        """Every other arm against the reference, paired by seed; in points of accuracy, or nats."""
        return Table(self._ask("differences"))

    @cached_property
    def choices(self) -> Table:
        """The setting that was chosen for each arm; no row where nothing was tuned."""
        return Table(self._ask("choices"))

    @cached_property
    def predictions(self) -> Table:
        """One row for each compared run with predictions: the lists ``predicted``, ``label`` and ``correct`` over the
        test examples. Runs made elsewhere have ``correct`` alone."""
        return Table(self._ask("predictions"))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Every comparison with its answer and its waterfall, configuration after configuration."""
        made = ((*words, tuple(notes), svg) for *words, notes, svg in self._ask("sections"))
        return tuple(Section(*section) for section in made)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know before believing any number, in sentences."""
        return tuple(self._ask("notes"))

    @property
    def answer(self) -> str:
        """What the decomposition says: a line for each comparison."""
        return "\n".join(_heading(section) + section.answer for section in self.sections)

    def __repr__(self) -> str:
        lines = [f"Results of {self.suite}: {len(self.runs)} runs", *self.answer.splitlines()]
        return "\n".join([*lines, *self.notes, *self.reading])

    def _repr_html_(self) -> str:
        parts = [f"<h3>{html.escape(self.suite)}</h3>"]
        if self.question:
            parts.append(f"<p><em>{html.escape(self.question)}</em></p>")
        for section in self.sections:
            parts.append(f"<p><b>{html.escape(_heading(section))}</b>{html.escape(section.answer)}</p>")
            if section.waterfall is not None:
                # The figure's ink is dark, whatever the notebook's theme.
                parts.append(f"<div style='background: white; display: inline-block'>{section.waterfall}</div>")
            parts.extend(_small(sentence) for sentence in (section.scope, *section.notes))
        parts.extend(_small(sentence) for sentence in (*self.notes, *self.reading))
        return "\n".join(parts)


def _heading(section: Section) -> str:
    return f"{', '.join(filter(None, (section.configuration, section.comparison)))}: "


def _small(sentence: str) -> str:
    return f"<p><small>{html.escape(sentence)}</small></p>"


def load(folder: str | os.PathLike[str]) -> Results:
    """The results in a folder that ``fractionate run`` or ``fractionate import`` made.

    Raises ``FileNotFoundError`` where there is no folder, and ``ValueError`` where it holds no results.
    """
    return Results(_native.load(os.fspath(folder)))


def decompose(
    frame: Any,
    *,
    maps: Mapping[str, str] | None = None,
    keep_arms: bool = False,
    columns: Mapping[str, str] | None = None,
    axes: Iterable[str] = (),
    where: Mapping[str, object] | None = None,
    reference: str | None = None,
    margin: float | None = None,
    metric: str | None = None,
    comparison: str | None = None,
    epoch_rule: str | None = None,
    suite: str | None = None,
) -> Results:
    """The decomposition of runs made elsewhere, read as ``fractionate import`` reads a table.

    - ``frame``: one row a run, with the columns ``arm``, ``seed`` and ``test_accuracy`` (or ``test_nll``): a frame of
      polars or pandas, a table of pyarrow, a :class:`Table`, a dictionary of columns or a list of dictionaries.
    - ``maps``: what the frame's names of arms stand for, ``{"KD-pt": "partial"}``; ``keep_arms``: other names stand for
      themselves.
    - ``columns``: which column says what, ``{"test_accuracy": "acc"}``; ``axes``: columns that are swept; ``where``:
      the rows that count, ``{"temperature": 4}``.
    - ``reference``: the arm that differences are taken against (``hard``); ``margin``: the difference below which arms
      count as equal; ``metric``: ``test-accuracy`` or ``test-nll``; ``comparison``: ``tuned`` or ``fixed``;
      ``epoch_rule``: ``last`` or ``best-validation``; ``suite``: a name.

    Raises ``ValueError`` with everything that is wrong, each in a sentence. Where a sentence names a flag of the
    command, ``--map NAME=ARM``, the argument is meant: ``maps={"NAME": "ARM"}``.
    """
    options: dict[str, Any] = {
        "maps": _pairs(maps),
        "columns": _pairs(columns),
        "wheres": _pairs(where),
        "axes": list(axes),
        "keep_arms": keep_arms,
        "reference": reference,
        "margin": margin,
        "metric": metric,
        "comparison": comparison,
        "epoch_rule": epoch_rule,
        "suite": suite,
    }
    given = {name: value for name, value in options.items() if value is not None}
    return Results(*_native.decompose(_columns(frame), given))


def _pairs(given: Mapping[str, object] | None) -> list[str]:
    return [f"{name}={value}" for name, value in (given or {}).items()]


def _columns(frame: Any) -> list[tuple[str, list[Any]]]:
    """The columns of any frame, as lists."""
    if isinstance(frame, Table):
        return list(frame.to_dict().items())
    if isinstance(frame, Mapping):
        return [(str(name), _values(column)) for name, column in frame.items()]
    if isinstance(frame, list) and all(isinstance(row, Mapping) for row in frame):
        names = list(dict.fromkeys(name for row in frame for name in row))
        return [(str(name), [_value(row.get(name)) for row in frame]) for name in names]
    if hasattr(frame, "column_names"):
        return [(name, _values(frame.column(name))) for name in frame.column_names]
    if hasattr(frame, "columns") and hasattr(frame, "__getitem__"):
        return [(str(name), _values(frame[name])) for name in frame.columns]
    raise TypeError(
        f"a {type(frame).__name__} is no frame of runs: a frame of polars, pandas or pyarrow, a dictionary of columns "
        "or a list of dictionaries is wanted"
    )


def _values(column: Any) -> list[Any]:
    for name in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, name):
            return [_value(value) for value in getattr(column, name)()]
    return [_value(value) for value in column]


def _value(value: Any) -> Any:
    # What pandas has in place of a value that is absent, which is not None.
    return None if type(value).__name__ in ("NAType", "NaTType") else value
