"""The arrays of a cell in plain Python, without NumPy."""

import array, math, re


def read(path):
    """A list, or a list of rows where there are more axes than one."""
    with open(path, "rb") as file:
        file.read(8)
        header = file.read(int.from_bytes(file.read(2), "little")).decode()
        kind = {"<f4": "f", "<i8": "q"}[re.search(r"'descr': '(...)'", header).group(1)]
        shape = [int(n) for n in re.search(r"\(([^)]*)\)", header).group(1).split(",") if n.strip()]
        flat = array.array(kind)
        flat.frombytes(file.read())
    if len(shape) == 1:
        return list(flat)
    width = math.prod(shape[1:])
    return [list(flat[i * width : (i + 1) * width]) for i in range(shape[0])]


def write(path, rows):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
        file.write(array.array("d", [value for row in rows for value in row]).tobytes())
