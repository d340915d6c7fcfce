"""A teacher's logits as PyArrow writes them: class k of the data set's row n has the logit sin(n + k).

The rows are the students' examples of tests/suites/small.toml, by the files that the program itself writes:

    fractionate targets tests/suites/small.toml --arm teacher --out small.npy
    python teacher_logits.py small.index.npy small.labels.npy
"""

import pathlib
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

index, labels = (np.load(name) for name in sys.argv[1:])
columns = {f"class {k}": np.sin(index + float(k)).astype(np.float32) for k in range(10)}
columns |= {"index": index.astype(np.int32), "label": labels.astype(np.int32)}
pq.write_table(pa.table(columns), pathlib.Path(__file__).with_suffix(".parquet"))
