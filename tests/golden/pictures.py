"""A table of made-up pictures of ten classes, in the layout in which data hubs serve image sets.

python3 tests/golden/pictures.py    (needs numpy, pillow and pyarrow)
"""

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def picture(n):
    """The pixels of picture n, which is of class n mod 10: as in tests/pictures.rs."""
    y, x, c = np.mgrid[0:32, 0:32, 0:3]
    return ((n * 7 + (n % 10) * 20 * c + 5 * (x // 8) + 3 * (y // 8)) % 256).astype(np.uint8)


def cell(n):
    encoded = io.BytesIO()
    Image.fromarray(picture(n)).save(encoded, "PNG")
    return {"bytes": encoded.getvalue(), "path": f"{n}.png"}


def table(numbers):
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    columns = {"img": pa.array([cell(n) for n in numbers], kind), "label": pa.array([n % 10 for n in numbers], pa.int64())}
    features = {"img": {"_type": "Image"}, "label": {"names": NAMES, "_type": "ClassLabel"}}
    return pa.table(columns).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})


here = Path(__file__).parent
pq.write_table(table(range(80)), here / "pictures-train.parquet", row_group_size=30)
pq.write_table(table(range(80, 120)), here / "pictures-test.parquet", row_group_size=30)
