"""Small Parquet files as PyArrow writes them, by default (snappy): python parquet.py"""

import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
halves = [row / 2 for row in range(5)]
columns = {
    "a": pa.array(halves, pa.float32()),
    "index": pa.array([4, 3, 2, 1, 0], pa.int64()),
    "b": pa.array([-half for half in halves], pa.float64()),
    "label": pa.array([0, 1, 0, 1, 1], pa.int32()),
}
pq.write_table(pa.table(columns), here / "logits.parquet")
pq.write_table(pa.table({"a": [0.5], "word": ["cat"]}), here / "words.parquet")
pq.write_table(pa.table({"a": [0.5, None]}), here / "empty_cell.parquet")
