"""The folder of a cell: what a program reads there, and what it leaves."""

import json
import os

import numpy as np
import pytest

import fractionate

LOGITS = np.arange(6, dtype=np.float32).reshape(2, 3)


def result(folder):
    return json.loads((folder / "result.json").read_text())


def test_a_cell_has_the_numbers_and_arrays_of_its_folder(write_cell):
    folder = write_cell({"kind": "soft"}, targets=np.full((4, 3), 1 / 3))
    cell = fractionate.Cell.current()
    assert (cell.id, cell.arm, cell.seed) == ("0123456789abcdef", "partial", 3)
    assert (cell.lambda_, cell.temperature, cell.scale, cell.classes) == (0.5, 4.0, 16.0, 3)
    assert cell.numbers["momentum"] == 0.9 and "objective" not in cell.numbers
    assert cell.options == {"width": 32}
    assert isinstance(cell.targets, np.memmap) and cell.targets.dtype == np.float32
    np.testing.assert_array_equal(cell.labels, [0, 1, 2, 1])
    np.testing.assert_array_equal(cell.rows, [10, 11, 12, 13])
    assert cell.weights is None and cell.training_examples is None
    assert cell.resume_folder == folder / "resume" and cell.resume_folder.is_dir()
    assert repr(fractionate.Cell(folder)) == "Cell(0123456789abcdef: partial at seed 3)"


def test_outside_of_a_run_there_is_no_current_cell(monkeypatch):
    monkeypatch.delenv("FRACTIONATE_CELL", raising=False)
    with pytest.raises(RuntimeError, match="FRACTIONATE_CELL is not set"):
        fractionate.Cell.current()


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        (None, FileNotFoundError, "has no cell.json"),
        ("{", ValueError, "is damaged"),
        ("[]", ValueError, "it has no format"),
        ('{"format": 2}', ValueError, "has format 2, but this version of fractionate reads formats up to 1"),
        ('{"format": 1, "cell": "a"}', ValueError, "lacks arm, seed"),
    ],
)
def test_a_folder_that_is_no_cell_is_one_sentence(tmp_path, text, error, sentence):
    if text is not None:
        (tmp_path / "cell.json").write_text(text)
    with pytest.raises(error, match=sentence):
        fractionate.Cell(tmp_path)


def test_finish_writes_logits_and_last_the_result(write_cell):
    folder = write_cell({"kind": "hard"})
    cell = fractionate.Cell.current()
    cell.finish(
        LOGITS, LOGITS.astype(np.float16), weights={"file": LOGITS}, initial_weights=b"a", batch_order=[2, 0, 1]
    )
    np.testing.assert_array_equal(np.load(folder / "validation_logits.npy"), LOGITS)
    assert np.load(folder / "test_logits.npy").dtype == np.float16
    np.testing.assert_array_equal(np.load(folder / "student.npz")["file"], LOGITS)
    said = result(folder)
    assert (said["format"], said["cell"]) == (1, cell.id)
    # SHA-256 of "a" and of the numbers 2, 0, 1 as 64-bit integers, by sha256sum.
    assert said["initial_weights"] == "ca978112ca1bbdca"
    assert said["batch_order"] == "53afea624a503a0b"
    assert not [name for name in os.listdir(folder) if name.endswith(".tmp")]


def test_a_cell_that_is_not_tested_writes_no_test_logits(write_cell):
    folder = write_cell({"kind": "hard"}, expected=(2, 0))
    fractionate.Cell.current().finish(LOGITS, LOGITS)
    assert not (folder / "test_logits.npy").exists()
    assert result(folder) == {"format": 1, "cell": "0123456789abcdef"}


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"validation_logits": LOGITS[:1], "test_logits": LOGITS}, ValueError, r"shape \(1, 3\): \(2, 3\) is wanted"),
        ({"validation_logits": LOGITS}, ValueError, "test_logits are missing: 2 test examples are asked for"),
        ({"validation_logits": LOGITS.astype(int), "test_logits": LOGITS}, TypeError, "validation_logits are int64"),
        ({"validation_logits": LOGITS * np.nan, "test_logits": LOGITS}, ValueError, "nan for class 0 of example 0"),
        (
            {"validation_logits": LOGITS, "test_logits": LOGITS, "initial_weights": "no hash"},
            ValueError,
            "a hash is 16 to 128 hexadecimal digits, not 'no hash'",
        ),
        (
            {"validation_logits": LOGITS, "test_logits": LOGITS, "batch_order": [0.5]},
            TypeError,
            "a batch order is whole numbers, not float64",
        ),
    ],
)
def test_what_finish_refuses_leaves_the_folder_as_it_was(write_cell, arguments, error, sentence):
    folder = write_cell({"kind": "hard"})
    before = sorted(os.listdir(folder))
    with pytest.raises(error, match=sentence):
        fractionate.Cell.current().finish(**arguments)
    assert sorted(os.listdir(folder)) == before


def test_weights_that_are_not_numbers_are_not_kept(write_cell):
    folder = write_cell({"kind": "hard"})
    fractionate.Cell.current().finish(LOGITS, LOGITS, weights={"fc": LOGITS, "state": {"a": 1}})
    assert not (folder / "student.npz").exists()
    assert result(folder)["cell"] == "0123456789abcdef"


def test_a_diverged_cell_says_where_and_has_no_logits(write_cell):
    folder = write_cell({"kind": "hard"})
    fractionate.Cell.current().diverged(epoch=3, step=1)
    assert result(folder)["diverged"] == {"epoch": 3, "step": 1}
    assert not (folder / "validation_logits.npy").exists()


def test_log_adds_a_line_of_plain_numbers(write_cell):
    folder = write_cell({"kind": "hard"})
    cell = fractionate.Cell.current()
    cell.log(epoch=1, train_loss=np.float32(0.5), validation_accuracy=0.75)
    cell.log(epoch=2, train_loss=float("nan"), note="a word")
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert lines == [
        {"epoch": 1, "train_loss": 0.5, "validation_accuracy": 0.75},
        {"epoch": 2, "train_loss": None, "note": "a word"},
    ]


def test_weights_hash_by_name_and_shape_whatever_their_order(write_cell):
    folder = write_cell({"kind": "hard"})
    hashes = []
    a, b = np.zeros((2, 3), dtype=np.float32), np.ones(3, dtype=np.float32)
    for weights in ({"a": a, "b": b}, {"b": b, "a": a}, {"a": a.T, "b": b}):
        fractionate.Cell.current().finish(LOGITS, LOGITS, initial_weights=weights)
        hashes.append(result(folder)["initial_weights"])
    assert hashes[0] == hashes[1] != hashes[2]
