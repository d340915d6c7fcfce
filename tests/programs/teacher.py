"""A teacher in plain Python: logits by the distance to each class's mean. The option `end` makes it fail."""

import array, json, math, os, re, sys

os.chdir(os.environ["FRACTIONATE_CELL"])
ask = json.load(open("cell.json"))
if ask["options"].get("end") == "exit-1":
    sys.exit("no such network")


def read(name):
    with open(ask["arrays"][name], "rb") as file:
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


x, labels = read("training_examples"), read("labels")
means = []
for k in range(ask["classes"]):
    own = [row for row, label in zip(x, labels) if label == k]
    means.append([sum(column) / len(own) + 0.001 * ask["seed"] for column in zip(*own)])
for split in ("training", "validation", "test"):
    rows = [[-sum((a - b) ** 2 for a, b in zip(row, mean)) for mean in means] for row in read(f"{split}_examples")]
    if ask["options"].get("end") == "short":
        rows = rows[1:]
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({len(rows)}, {len(means)}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(f"{split}_logits.npy", "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
        file.write(array.array("d", [v for row in rows for v in row]).tobytes())
json.dump({"format": 1, "cell": ask["cell"]}, open("result.tmp", "w"))
os.replace("result.tmp", "result.json")
