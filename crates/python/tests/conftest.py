"""What the tests share: files of the checkout, and folders as ``fractionate`` makes them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
GOLDEN_ARMS = CHECKOUT / "crates/arms/tests/golden"
GOLDEN_TRAINING = CHECKOUT / "crates/training/tests/golden"
RUNS = CHECKOUT / "tests/golden/imported_runs.csv"
RIGHT = CHECKOUT / "tests/golden/imported_runs_right.csv"
MAPS = {"ce": "hard", "KD-pt": "partial", "kd": "teacher"}


def command(*arguments):
    """Runs the command that came with the package."""
    program = Path(sys.executable).parent / "fractionate"
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "imported"
    maps = [part for name, arm in MAPS.items() for part in ("--map", f"{name}={arm}")]
    made = command("import", RUNS, *maps, "--predictions", RIGHT, "--out", folder)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def write_cell(tmp_path, monkeypatch):
    """Writes the folder of a cell as `fractionate run` does, and names it in the environment."""

    def write(objective, *, classes=3, labels=(0, 1, 2, 1), targets=None, weights=None, expected=(2, 2), **numbers):
        arrays = {
            "labels": np.array(labels, dtype=np.int64),
            "training_rows": np.arange(10, 10 + len(labels), dtype=np.int64),
            "validation_rows": np.arange(expected[0], dtype=np.int64),
        }
        if targets is not None:
            arrays["targets"] = np.array(targets, dtype=np.float32).reshape(-1, classes)
        if weights is not None:
            arrays["weights"] = np.array(weights, dtype=np.float32)
        for name, array in arrays.items():
            np.save(tmp_path / f"{name}.npy", array)
        said = {
            "format": 1,
            "cell": "0123456789abcdef",
            "arm": "partial",
            "seed": 3,
            "learning_rate": 0.1,
            "lambda": 0.5,
            "weight_decay": 0.0,
            "temperature": 4.0,
            "scaling": "hinton",
            "scale": 16.0,
            "momentum": 0.9,
            "nesterov": False,
            "schedule": {"kind": "cosine"},
            "warmup_epochs": 0,
            "epochs": 10,
            "batch_size": 128,
            "classes": classes,
            "objective": objective,
            "loss": "CE(t, q)",
            "options": {"width": 32},
            "arrays": {name: f"{name}.npy" for name in arrays},
            "hashes": {"data": "00", "program": "11"},
            "expected": dict(zip(("validation", "test"), expected, strict=True)),
            **numbers,
        }
        (tmp_path / "cell.json").write_text(json.dumps(said))
        monkeypatch.setitem(os.environ, "FRACTIONATE_CELL", str(tmp_path))
        return tmp_path

    return write
