"""Arms from Python against those of a suite: the command makes the targets of the small suite's examples."""

import numpy as np
import pytest

import fractionate
from conftest import CHECKOUT, command

ARMS = ["label-smoothing", "class-smoothing", "class-mean", "partial", "recombined", "teacher"]
TEACHER = CHECKOUT / "tests/golden/teacher_logits.parquet"


def suite_with_logits(folder):
    """The small suite with a teacher of another program: its logits in a file."""
    tables = (CHECKOUT / "tests/suites/small.toml").read_text().split("\n[")
    kept = [table for table in tables if not table.startswith("teacher]")]
    text = "\n[".join([*kept, f'teacher]\nfrom = "logits"\nfile = "{TEACHER}"\n'])
    file = folder / "suite.toml"
    file.write_text(text)
    return file


@pytest.mark.skipif(not (CHECKOUT / ".data/fashion-mnist").exists(), reason="scripts/setup fetches Fashion-MNIST")
def test_targets_are_the_ones_that_a_suite_trains_on(tmp_path, monkeypatch):
    monkeypatch.chdir(CHECKOUT)
    out = tmp_path / "made.npy"
    options = ["--set", "data.teacher_examples=300", "--arms", ",".join(ARMS), "--out", out]
    made = command("targets", suite_with_logits(tmp_path), *options, "--results", tmp_path / "results")
    assert made.returncode == 0, made.stderr
    index, labels = np.load(tmp_path / "made.index.npy"), np.load(tmp_path / "made.labels.npy")
    # As teacher_logits.py made them.
    logits = np.sin(index[:, None] + np.arange(10.0)).astype(np.float32)
    for name in ARMS:
        ours = fractionate.targets(logits, labels, name, temperature=2.0)
        suites = np.load(tmp_path / f"made.{name}.npy")
        if name in ("partial", "teacher"):
            np.testing.assert_array_equal(ours, suites, err_msg=name)
        # The suite sums over the examples in another order.
        np.testing.assert_allclose(ours, suites, atol=1e-7, err_msg=name)
