"""The package as it was installed: the command, the types, and what is said where something is missing."""

import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import fractionate
from conftest import CHECKOUT, command

FOLDER = Path(fractionate.__file__).parent
EXAMPLE = CHECKOUT / "crates/python/examples/three_arms.py"


def test_the_command_comes_with_the_package_and_has_its_version():
    said = command("--version")
    assert said.returncode == 0
    assert fractionate.__version__ in said.stdout
    assert importlib.metadata.version("fractionate") == fractionate.__version__


def test_the_package_is_typed():
    assert (FOLDER / "py.typed").exists() and (FOLDER / "_native.pyi").exists()


def test_everything_public_is_documented():
    for name in fractionate.__all__:
        if name != "__version__":
            assert getattr(fractionate, name).__doc__, name


def test_the_import_takes_neither_pyarrow_nor_polars_nor_torch():
    others = ("pyarrow", "polars", "pandas", "torch")
    code = f"import sys, fractionate; print([name for name in {others} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="PyTorch is there")
def test_without_pytorch_its_loss_says_what_to_install():
    with pytest.raises(ImportError, match="fractionate.torch needs PyTorch, which is not installed"):
        _ = fractionate.torch


def test_an_older_python_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    source = (FOLDER / "__init__.py").read_text()
    with pytest.raises(ImportError, match="fractionate needs Python 3.10 or newer"):
        exec(compile(source, "__init__.py", "exec"), {"__name__": "fractionate"})


def test_the_example_program_runs():
    said = subprocess.run([sys.executable, EXAMPLE], capture_output=True, text=True, check=True)
    # The class mean of the two examples of label 0.
    assert "label 0: [0.601 0.264 0.135]" in said.stdout


def test_what_the_package_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'target'"):
        _ = fractionate.target
