"""A table of results, which polars, pandas, pyarrow and every other reader of Arrow take without a copy."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import numpy as np

SHOWN_ROWS = 12


class Table:
    """A table: columns of one length, each with a name.

    ``polars.DataFrame(table)``, ``pyarrow.table(table)``, ``pandas.DataFrame.from_arrow(table)``; none of them has to
    be installed. Without them ``table["arm"]`` is a column and ``table.to_dict()`` all of them.
    """

    def __init__(self, made: Any) -> None:
        self._rows, self._columns, self._stream, self._schema, self._values, self._text = made

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return [name for name, _ in self._columns]

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        return self._rows, len(self._columns)

    def __len__(self) -> int:
        return int(self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Any:
        """A column: numbers as a NumPy array (float64, what is absent is NaN; int64 where none is absent), the rest as
        a list with None for what is absent."""
        if name not in self.columns:
            raise KeyError(f"there is no column {name!r}; there are {', '.join(self.columns)}")
        kind = dict(self._columns)[name]
        values = self._values(name)
        if kind in ("i64", "u32", "u64") and None not in values:
            return np.array(values, dtype=np.int64 if kind != "u64" else np.uint64)
        if kind in ("f64", "i64", "u32", "u64"):
            return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        return values

    def to_dict(self) -> dict[str, list[Any]]:
        """Every column as a list, what is absent as None."""
        return {name: self._values(name) for name in self.columns}

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The Arrow PyCapsule interface: the table as a stream of one batch. A requested schema is not looked at, which
        the interface allows."""
        return self._stream()

    def __arrow_c_schema__(self) -> object:
        """The Arrow PyCapsule interface: the schema."""
        return self._schema()

    def __repr__(self) -> str:
        return str(self._text())

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        values = [self._values(name)[:SHOWN_ROWS] for name in self.columns]
        rows = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in zip(*values, strict=True))
        more = f"<p>{self._rows} rows, {len(self._columns)} columns</p>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _cell(value: object) -> str:
    if value is None:
        return "<td></td>"
    if isinstance(value, float):
        return f"<td style='text-align: right'>{value:.6g}</td>"
    if isinstance(value, list):
        return f"<td>{len(value)} values</td>"
    return f"<td>{html.escape(str(value))}</td>"
