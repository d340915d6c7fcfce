"""A cell: one student of a suite, trained by a program of the user's.

``fractionate`` starts the program in a folder and names it in the environment variable FRACTIONATE_CELL. The folder
says what to train on; the program writes its logits there.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import zipfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

VARIABLE = "FRACTIONATE_CELL"
FORMAT = 1
NUMBERS = (
    "learning_rate",
    "lambda",
    "weight_decay",
    "temperature",
    "scaling",
    "scale",
    "momentum",
    "nesterov",
    "schedule",
    "warmup_epochs",
    "epochs",
    "batch_size",
)

_Array = npt.NDArray[Any]


class Cell:
    """One student to train: its numbers, its arrays, and where its results go.

        cell = fractionate.Cell.current()
        for epoch in range(1, cell.epochs + 1):
            ...                                     # fractionate.torch.loss(logits, rows, cell, epoch)
            cell.log(epoch=epoch, train_loss=mean)
        cell.finish(validation_logits, test_logits)

    Arrays are mapped from their files, not read: float32 and int64, in the order of the training rows. Those that the
    cell does not have are None.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Opens the cell in a folder. Raises ``FileNotFoundError`` or ``ValueError`` where there is none."""
        self.folder = Path(folder).absolute()
        self.description = _description(self.folder)
        """``cell.json`` as it was read."""
        said = self.description
        self.id: str = said["cell"]
        self.arm: str = said["arm"]
        self.seed: int = said["seed"]
        self.classes: int = said["classes"]
        self.objective: dict[str, Any] = said["objective"]
        """What is minimised: ``kind`` is ``hard``, ``soft``, ``weighted`` or ``decoupled``, with its coefficients."""
        self.loss: str = said.get("loss", "")
        """The loss in words."""
        self.learning_rate: float | None = said.get("learning_rate")
        self.lambda_: float = said.get("lambda", 0.0)
        """The weight of the soft target in the loss; 1 - lambda is that of the label."""
        self.weight_decay: float = said.get("weight_decay", 0.0)
        self.momentum: float = said.get("momentum", 0.0)
        self.nesterov: bool = said.get("nesterov", False)
        self.schedule: dict[str, Any] = said.get("schedule", {"kind": "constant"})
        self.warmup_epochs: int = said.get("warmup_epochs", 0)
        self.epochs: int = said["epochs"]
        self.batch_size: int | None = said.get("batch_size")
        self.temperature: float = said.get("temperature", 1.0)
        """T of the student's softened probabilities."""
        self.scaling: str = said.get("scaling", "none")
        self.scale: float = said.get("scale", 1.0)
        """s: T squared, or 1, by the scaling."""
        self.options: dict[str, Any] = said.get("options", {})
        """The suite's own options for the program."""
        self.validation_examples_expected: int = said["expected"]["validation"]
        self.test_examples_expected: int = said["expected"]["test"]

    @classmethod
    def current(cls) -> Cell:
        """The cell that this program was started for. Raises ``RuntimeError`` outside of a run."""
        folder = os.environ.get(VARIABLE)
        if not folder:
            raise RuntimeError(
                f"no cell is being trained here: {VARIABLE} is not set. `fractionate run` sets it for the program of a "
                "suite; Cell(FOLDER) opens a cell by its folder"
            )
        return cls(folder)

    def __repr__(self) -> str:
        return f"Cell({self.id}: {self.arm} at seed {self.seed})"

    @property
    def numbers(self) -> dict[str, Any]:
        """What the student is trained with: learning_rate, lambda, weight_decay, temperature, scale, momentum, ..."""
        return {name: self.description[name] for name in NUMBERS if name in self.description}

    @property
    def resume_folder(self) -> Path:
        """A folder of the program's own, which is kept between attempts. It is made if it is not there."""
        folder = self.folder / "resume"
        folder.mkdir(exist_ok=True)
        return folder

    # The arrays, mapped when first asked for.

    @cached_property
    def labels(self) -> _Array:
        """The training labels, int64 [n]."""
        labels = self._array("labels")
        if labels is None:
            raise ValueError(f"{self.folder / 'cell.json'} names no array `labels`")
        return labels

    @cached_property
    def targets(self) -> _Array | None:
        """The soft targets, float32 [n, K]: for the objectives ``soft`` and ``decoupled``."""
        return self._array("targets")

    @cached_property
    def weights(self) -> _Array | None:
        """The examples' weights, float32 [n]: for the objective ``weighted``."""
        return self._array("weights")

    @cached_property
    def rows(self) -> _Array | None:
        """The training examples by their rows in the data set's training part, int64 [n]."""
        return self._array("training_rows")

    @cached_property
    def validation_rows(self) -> _Array | None:
        """The validation examples by their rows in the data set's training part, int64."""
        return self._array("validation_rows")

    @cached_property
    def test_rows(self) -> _Array | None:
        """The test examples by their rows in the data set's test part, int64."""
        return self._array("test_rows")

    @cached_property
    def validation_labels(self) -> _Array | None:
        """The labels of the validation examples, int64."""
        return self._array("validation_labels")

    @cached_property
    def training_examples(self) -> _Array | None:
        """The training examples, float32 [n, ...], where the tool reads the data."""
        return self._array("training_examples")

    @cached_property
    def validation_examples(self) -> _Array | None:
        """The validation examples, float32 [validation, ...], where the tool reads the data."""
        return self._array("validation_examples")

    @cached_property
    def test_examples(self) -> _Array | None:
        """The test examples, float32 [test, ...], where the tool reads the data and the cell is tested."""
        return self._array("test_examples")

    def _array(self, name: str) -> _Array | None:
        file = self.description["arrays"].get(name)
        if file is None:
            return None
        array: _Array = np.load(self.folder / file, mmap_mode="r", allow_pickle=False)
        return array

    def log(self, epoch: int, **values: Any) -> None:
        """Adds a line to ``metrics.jsonl``: the epoch, from 1, and whatever is worth a curve.

        The report draws ``validation_accuracy`` (0 to 1) with ``validation_nll`` (nats), and ``test_accuracy`` with
        ``test_nll``; ``check-program`` compares the last ``train_loss`` (nats) with the logits. Numbers of NumPy and
        tensors of one number are taken; one that is not finite is written as null.
        """
        line = json.dumps({"epoch": int(epoch), **{name: _plain(value) for name, value in values.items()}})
        # One write, so that a reader never sees half a line.
        with open(self.folder / "metrics.jsonl", "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def finish(
        self,
        validation_logits: Any,
        test_logits: Any = None,
        weights: Mapping[str, Any] | None = None,
        initial_weights: str | bytes | Mapping[str, Any] | None = None,
        batch_order: str | bytes | Any = None,
    ) -> None:
        """Writes the student's logits, and last ``result.json``: the cell is done.

        - ``validation_logits``: [validation, K], ``test_logits``: [test, K], in the order of ``validation_rows`` and
          ``test_rows``: arrays or tensors, float16, float32 or float64. A cell that is not tested (``expected.test`` is
          0) writes no test logits, whatever is given.
        - ``weights``: the trained student's, a ``state_dict`` or a dictionary of arrays, kept with the
          run as ``student.npz``; not kept where some of them are not numbers, nor of tuning runs.
        - ``initial_weights``: a hash of 16 hexadecimal digits, or what to hash: a ``state_dict``, a dictionary of
          arrays, or bytes. ``batch_order``: the same, or an array of the examples' places in the order of the batches.
          Runs of one seed that agree in both differ in their arm alone, and the report says so.

        Raises ``ValueError`` or ``TypeError`` where shape or type are not those asked for, or a logit is not finite.
        """
        validation = self._checked("validation_logits", validation_logits, self.validation_examples_expected)
        test = None
        if self.test_examples_expected > 0:
            if test_logits is None:
                raise ValueError(f"test_logits are missing: {self.test_examples_expected} test examples are asked for")
            test = self._checked("test_logits", test_logits, self.test_examples_expected)
        student = _student(weights)
        hashes = {"initial_weights": _hash(initial_weights), "batch_order": _hash(batch_order)}
        # Checked before anything is written.
        self._write("validation_logits.npy", lambda file: np.save(file, validation, allow_pickle=False))
        if test is not None:
            self._write("test_logits.npy", lambda file: np.save(file, test, allow_pickle=False))
        if student is not None:
            self._write("student.npz", lambda file: _save_arrays(file, student))
        self._write_result({name: value for name, value in hashes.items() if value is not None})

    def diverged(self, epoch: int, step: int) -> None:
        """Ends the cell without logits: the loss or a gradient stopped being finite at this step (from 1) of this epoch
        (from 1)."""
        self._write_result({"diverged": {"epoch": int(epoch), "step": int(step)}})

    def _checked(self, name: str, logits: Any, examples: int) -> _Array:
        array = _as_numpy(logits)
        if array.dtype not in (np.float16, np.float32, np.float64):
            raise TypeError(f"{name} are {array.dtype}: float16, float32 or float64 is wanted")
        if array.shape != (examples, self.classes):
            raise ValueError(f"{name} have the shape {array.shape}: {(examples, self.classes)} is wanted")
        if not np.isfinite(array).all():
            example, k = np.argwhere(~np.isfinite(array))[0]
            raise ValueError(
                f"{name} hold {array[example, k]} for class {k} of example {example}: where training diverged, call "
                "cell.diverged(epoch, step) in place of finish"
            )
        return np.ascontiguousarray(array)

    def _write_result(self, said: dict[str, Any]) -> None:
        result = json.dumps({"format": FORMAT, "cell": self.id, **said})
        self._write("result.json", lambda file: file.write(result.encode()))

    def _write(self, name: str, fill: Any) -> None:
        """Writes a file that appears whole or not at all."""
        temporary = self.folder / f".{name}.{os.getpid()}.tmp"
        with open(temporary, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.folder / name)


def _description(folder: Path) -> dict[str, Any]:
    path = folder / "cell.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"{folder} is not the folder of a cell: it has no cell.json") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    if not isinstance(said, dict) or not isinstance(said.get("format"), int):
        raise ValueError(f"{path} is damaged: it has no format")
    if said["format"] > FORMAT:
        raise ValueError(
            f"{path} has format {said['format']}, but this version of fractionate reads formats up to {FORMAT}: "
            "use a newer fractionate"
        )
    needed = ("cell", "arm", "seed", "classes", "objective", "epochs", "arrays", "expected")
    missing = [name for name in needed if name not in said]
    if missing:
        raise ValueError(f"{path} is damaged: it lacks {', '.join(missing)}")
    return said


def _student(weights: Mapping[str, Any] | None) -> dict[str, _Array] | None:
    """The weights as arrays; None where some of them are not numbers."""
    if weights is None:
        return None
    arrays = {str(name): _as_numpy(value) for name, value in weights.items()}
    return arrays if all(array.dtype.kind in "biufc" for array in arrays.values()) else None


def _save_arrays(file: IO[bytes], arrays: Mapping[str, _Array]) -> None:
    """What ``numpy.load`` reads as a dictionary. ``numpy.savez`` would take some names for its own arguments."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def _as_numpy(value: Any) -> _Array:
    """An array, or a tensor of PyTorch on any device, as an array."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        # NumPy has no bfloat16.
        value = (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()
    return np.asarray(value)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _hash(value: Any) -> str | None:
    """16 hexadecimal digits: SHA-256 of bytes, of an array's whole numbers, or of arrays by names, types, shapes and
    bytes in the order of the names."""
    if value is None:
        return None
    if isinstance(value, str):
        if not re.fullmatch("[0-9a-f]{16,128}", value):
            raise ValueError(f"a hash is 16 to 128 hexadecimal digits, not {value!r}")
        return value
    digest = hashlib.sha256()
    if isinstance(value, (bytes, bytearray, memoryview)):
        digest.update(value)
    elif isinstance(value, Mapping):
        for name in sorted(value):
            array = _as_numpy(value[name])
            digest.update(json.dumps([name, array.dtype.str, array.shape]).encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    else:
        array = _as_numpy(value)
        if array.dtype.kind not in "iu":
            raise TypeError(f"a batch order is whole numbers, not {array.dtype}")
        digest.update(array.astype("<i8").tobytes())
    return digest.hexdigest()[:16]
