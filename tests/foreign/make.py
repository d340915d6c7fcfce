"""Teachers as other programs save them, good and bad ones, and what is right about them: python make.py

(NumPy, ml_dtypes, pandas, PyArrow, safetensors, PyTorch.) Twelve classes lie on a circle; the teacher's logits are minus
the squared distances to their centres. `expected.json` says how many of the training part's 180 examples it has right.
"""

import decimal
import json
import pathlib

import ml_dtypes
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from safetensors.numpy import save_file
from torch import nn

HERE = pathlib.Path(__file__).parent / "teachers"
CLASSES, TRAIN, TEST = 12, 180, 60
random = np.random.default_rng(0)
torch.manual_seed(0)

angles = 2 * np.pi * np.arange(CLASSES) / CLASSES
centres = 3 * np.stack([np.cos(angles), np.sin(angles)], 1)
labels = np.arange(TRAIN + TEST) % CLASSES
examples = (centres[labels] + 0.5 * random.standard_normal((TRAIN + TEST, 2))).astype("f4")
distances = ((examples[:, None, :].astype("f8") - centres) ** 2).sum(2)
logits = (-distances).astype("f4")
train, test = logits[:TRAIN], logits[TRAIN:]


def right(values, of=slice(None, TRAIN)):
    return int((values.astype("f8").argmax(1) == labels[of]).sum())


def softmax(values):
    shares = np.exp(values.astype("f8") - values.max(1, keepdims=True))
    return shares / shares.sum(1, keepdims=True)


def save(name, values):
    np.save(HERE / f"{name}.npy", values)


save("x", examples)
save("y", labels)
save("train_labels", labels[:TRAIN])
save("column_labels", labels[:TRAIN, None].astype("u2"))
save("test_labels", labels[TRAIN:].astype("i1"))
save("logits", train)
save("test_logits", test)
save("float16", train.astype("f2"))
save("bfloat16", train.astype(ml_dtypes.bfloat16))
save("scaled", train * 1000)
save("flat", train * 1e-5)
save("offset64", train.astype("f8") + 1e8)
save("offset32", (train.astype("f8") + 1e8).astype("f4"))
np.savez_compressed(HERE / "logits.npz", logits=train, labels=labels[:TRAIN], test=test, test_labels=labels[TRAIN:])
halves = train.astype(ml_dtypes.bfloat16)
save_file({"logits": halves, "labels": labels[:TRAIN].astype("i4")}, HERE / "halves.safetensors")

shuffled = train[random.permutation(TRAIN)]
save("shuffled", shuffled)
other_test = test[random.permutation(TEST)]
save("shuffled_test", other_test)

probabilities = softmax(train)
save("probabilities", probabilities.astype("f4"))
save("rounded", probabilities.round(2))
save("percent", (100 * probabilities).round().astype("u1"))
save("sigmoid", (1 / (1 + np.exp(-(train.astype("f8") + 2)))).astype("f4"))
save("softened", softmax(train / 4))
save("logarithms", np.log(softmax(train)))


def table(names):
    columns = {name: train[:, k] for k, name in names}
    return pa.table(columns | {"label": labels[:TRAIN]})


# Sorted as words: 0, 1, 10, 11, 2, ...
pq.write_table(table(sorted((k, str(k)) for k in range(CLASSES))), HERE / "counted.parquet")
by_word = sorted(((k, str(k)) for k in range(CLASSES)), key=lambda pair: pair[1])
pq.write_table(table(by_word), HERE / "sorted.parquet")
pq.write_table(table([(k, str(k + (k > 4))) for k in range(CLASSES)]), HERE / "gap.parquet")
frame = pd.DataFrame(train, columns=[f"logit_{k}" for k in range(CLASSES)])
frame["label"] = labels[:TRAIN]
frame.index = pd.Index(np.arange(TRAIN), name=None)
pq.write_table(pa.Table.from_pandas(frame, preserve_index=True), HERE / "pandas.parquet")
frame.index = pd.Index(np.arange(TRAIN)[::-1], name=None)
pq.write_table(pa.Table.from_pandas(frame, preserve_index=True), HERE / "pandas_other_index.parquet")
lists = pa.array(train.tolist(), pa.list_(pa.float32()))
pq.write_table(pa.table({"logits": lists, "label": labels[:TRAIN]}), HERE / "lists.parquet")

fixed = pa.FixedSizeListArray.from_arrays(pa.array(train.ravel()), CLASSES)
pq.write_table(pa.table({"logits": fixed, "label": labels[:TRAIN]}), HERE / "fixed_lists.parquet")
columns = {str(k): train[:, k] for k in range(CLASSES)}
half = {name: values.astype("f2") for name, values in columns.items()}
pq.write_table(pa.table(half | {"label": labels[:TRAIN]}), HERE / "float16.parquet")
pq.write_table(pa.table(columns | {"label": labels[:TRAIN].astype("i1")}), HERE / "int8_labels.parquet")
money = pa.array([decimal.Decimal("1.5")] * TRAIN)
pq.write_table(pa.table(columns | {"label": labels[:TRAIN], "price": money}), HERE / "decimals.parquet")

linear = nn.Linear(2, CLASSES)
with torch.no_grad():
    linear.weight.copy_(torch.tensor(2 * centres))
    linear.bias.copy_(torch.tensor(-(centres**2).sum(1)))


def trace(name, model):
    torch.jit.trace(model, torch.zeros(4, 2), check_trace=False).save(HERE / f"{name}.pt")


trace("module", linear.eval())
trace("dropout", nn.Sequential(nn.Dropout(0.2), linear).train())
trace("batch_statistics", nn.Sequential(nn.BatchNorm1d(2), linear).train())
trace("softmax", nn.Sequential(linear, nn.Softmax(1)).eval())
torch.save(torch.tensor(train), HERE / "tensors.pt")
torch.save(linear.state_dict(), HERE / "weights.pt")
torch.save(linear, HERE / "whole.pt")
torch.save(torch.tensor(train), HERE / "old.pt", _use_new_zipfile_serialization=False)

expected = {
    "logits": right(train),
    "test_logits": right(test, slice(TRAIN, None)),
    "float16": right(train.astype("f2")),
    "bfloat16": right(train.astype(ml_dtypes.bfloat16)),
    "rounded": right(np.maximum(probabilities.round(2), 1e-4)),
    "percent": right(np.maximum((100 * probabilities).round(), 1e-2)),
    "shuffled": right(shuffled),
    "shuffled_test": right(other_test, slice(TRAIN, None)),
}
(HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
