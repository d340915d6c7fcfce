"""A suite whose students are trained by a program that uses the package: the command of the wheel runs it."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import fractionate

PROGRAM = """
    import numpy as np
    import fractionate

    cell = fractionate.Cell.current()
    x, labels = cell.training_examples, cell.labels
    random = np.random.default_rng(cell.seed)
    weights = random.normal(0, 0.1, (x.shape[1], cell.classes))
    start = {"weights": weights.copy()}
    order = np.stack([random.permutation(len(x)) for _ in range(cell.epochs)])

    def softmax(z):
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    for epoch in range(1, cell.epochs + 1):
        for rows in np.array_split(order[epoch - 1], 4):
            z, one_hot = x[rows] @ weights, np.eye(cell.classes)[labels[rows]]
            gradient = (1 - cell.lambda_) * (softmax(z) - one_hot)
            if cell.targets is not None:
                soft = softmax(z / cell.temperature) - cell.targets[rows]
                gradient += cell.lambda_ * cell.scale / cell.temperature * soft
            weights -= cell.learning_rate * x[rows].T @ gradient / len(rows)
        q = softmax(cell.validation_examples @ weights)
        truth = cell.validation_labels
        nll = -np.log(q[np.arange(len(truth)), truth]).mean()
        cell.log(epoch=epoch, validation_accuracy=(q.argmax(1) == truth).mean(), validation_nll=nll)
    test = cell.test_examples @ weights
    cell.finish(cell.validation_examples @ weights, test, {"weights": weights}, start, order)
"""

SUITE = """
    name = "package"
    arms = ["hard", "label-smoothing", "class-smoothing", "class-mean", "partial", "recombined", "teacher"]
    reference = "hard"
    seeds = "0..3"
    [data]
    set = "world"
    student_examples = 60
    validation_examples = 40
    test_examples = 50
    [data.world]
    super_classes = 2
    sub_classes = 2
    dimension = 6
    tau = 0.5
    train_examples = 400
    test_examples = 200
    [teacher]
    from = "world"
    [student]
    command = ["PYTHON", "train.py"]
    [distillation]
    temperature = 2.0
    lambda = 0.7
    [training]
    learning_rate = 0.1
    epochs = 4
"""


def test_a_suite_of_cells_is_run_checked_and_loaded(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(textwrap.dedent(PROGRAM))
    (tmp_path / "suite.toml").write_text(textwrap.dedent(SUITE).replace("PYTHON", sys.executable))
    command = Path(sys.executable).parent / "fractionate"
    environment = {name: value for name, value in os.environ.items() if name != "FRACTIONATE_CELL"}
    ran = subprocess.run(
        [command, "run", "suite.toml", "--out", "results"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    results = fractionate.load(tmp_path / "results")
    assert len(results.runs) == 21
    assert len(results.curves) == 21 * 4, "the epochs that the program logged"
    kept = list((tmp_path / "results" / "runs").glob("*/student.npz"))
    assert len(kept) == 21
    checked = subprocess.run(
        [command, "check-program", "suite.toml"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert "WRONG" not in checked.stdout.replace("WRONG   weight decay", ""), checked.stdout
    assert "`weight_decay` of cell.json is not used" in checked.stdout, "it has none"
