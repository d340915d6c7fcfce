"""Results as tables, and the decomposition of frames of runs."""

import csv
import json
import time
from statistics import mean

import numpy as np
import pytest

import fractionate
from conftest import CHECKOUT, MAPS, RUNS, command

ARMS = ["hard", "label-smoothing", "class-smoothing", "class-mean", "partial", "recombined", "teacher"]


@pytest.fixture
def results(results_folder):
    return fractionate.load(results_folder)


def last_epochs():
    """The test accuracy of each run, from 0 to 1, by arm and seed: read by the csv module."""
    found = {}
    with open(RUNS, newline="") as file:
        for row in csv.DictReader(file):
            arm = MAPS.get(row["Method"], row["Method"].replace("_", "-"))
            found[arm, int(row["seed"])] = float(row["test acc"]) / 100
    return found


def test_runs_are_those_of_the_table(results):
    runs = results.runs
    found = dict(zip(zip(runs["arm"], runs["seed"].tolist(), strict=True), runs["test_accuracy"], strict=True))
    expected = last_epochs()
    assert found.keys() == expected.keys()
    assert all(abs(found[run] - expected[run]) < 1e-12 for run in expected)
    assert len(results.curves) == 210


def test_terms_are_differences_of_means(results):
    accuracies = last_epochs()
    of = {arm: mean(accuracies[arm, seed] for seed in range(5)) for arm in ARMS}
    terms = dict(zip(results.terms["symbol"], results.terms["mean"], strict=True))
    assert terms["U"] == pytest.approx(100 * (of["label-smoothing"] - of["hard"]), abs=1e-9)
    assert terms["I"] == pytest.approx(100 * (of["partial"] - of["class-smoothing"]), abs=1e-9)
    assert terms["F"] == pytest.approx(100 * (of["teacher"] - of["recombined"]), abs=1e-9)
    assert sum(terms[symbol] for symbol in "UCDIXF") == pytest.approx(terms["U+C+D+I+X+F"], abs=1e-9)
    gains = dict(zip(results.differences["arm"], results.differences["mean"], strict=True))
    assert gains["teacher"] == pytest.approx(100 * (of["teacher"] - of["hard"]), abs=1e-9)


def test_terms_and_their_intervals_are_those_that_scipy_gives(results):
    golden = json.loads((CHECKOUT / "tests/golden/imported_runs.json").read_text())["terms"]
    symbols = {
        "universe": "U",
        "class-difficulty": "C",
        "domain": "D",
        "instance": "I",
        "interaction": "X",
        "example-specific": "F",
        "total": "U+C+D+I+X+F",
    }
    for term, symbol in symbols.items():
        place = results.terms["symbol"].index(symbol)
        for name in ("mean", "sd", "low", "high"):
            assert results.terms[name][place] == pytest.approx(golden[term][name], abs=1e-9), (term, name)


def test_predictions_are_a_row_a_run_and_agree_with_the_accuracies(results):
    predictions = results.predictions
    assert len(predictions) == 35
    shares = [np.mean(correct) for correct in predictions["correct"]]
    np.testing.assert_allclose(shares, results.runs["test_accuracy"], atol=1e-9)


def test_a_notebook_shows_the_answer_and_the_waterfall(results):
    shown = results._repr_html_()
    assert results.sections[0].answer.split(":")[0] in shown
    assert shown.count("<svg") == 1
    assert "<script" not in shown
    assert "<table>" in results.terms._repr_html_()
    assert results.answer in repr(results)


def test_tables_go_into_polars_and_pyarrow_without_either_being_needed(results):
    for reader in ("polars", "pyarrow"):
        module = pytest.importorskip(reader)
        read = module.DataFrame(results.terms) if reader == "polars" else module.table(results.terms)
        assert list(read.columns if reader == "polars" else read.column_names) == results.terms.columns
        values = read["mean"].to_list() if reader == "polars" else read["mean"].to_pylist()
        assert values == results.terms.to_dict()["mean"]
        assert (
            list(read["symbol"].to_list() if reader == "polars" else read["symbol"].to_pylist())
            == results.terms["symbol"]
        )


def test_a_table_can_be_read_several_times_and_outlives_the_results(results_folder):
    pyarrow = pytest.importorskip("pyarrow")
    table = fractionate.load(results_folder).runs
    first, second = pyarrow.table(table), pyarrow.table(table)
    del table
    assert first.equals(second)
    unread = fractionate.load(results_folder).runs.__arrow_c_stream__()
    del unread


def test_a_column_that_is_not_there_is_said_with_those_that_are(results):
    with pytest.raises(KeyError, match="there is no column 'accuracy'; there are run, role, arm"):
        results.runs["accuracy"]


def test_a_folder_without_results_is_one_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        fractionate.load(tmp_path / "nothing")
    with pytest.raises(ValueError, match="is not a suite's results: the folder is empty"):
        fractionate.load(tmp_path)


def made_up(seeds=4):
    accuracy = {arm: 0.5 + 0.01 * place for place, arm in enumerate(ARMS)}
    return [
        {"arm": arm, "seed": seed, "test_accuracy": accuracy[arm] + 0.001 * ((seed * 7 + place) % 5)}
        for seed in range(seeds)
        for place, arm in enumerate(ARMS)
    ]


def columns_of(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


def frames():
    rows = made_up()
    columns = columns_of(rows)
    yield "list", rows
    yield "dictionary", columns
    yield "arrays", {name: np.array(values) for name, values in columns.items()}
    for name in ("polars", "pandas"):
        try:
            module = __import__(name)
        except ImportError:
            continue
        yield name, module.DataFrame(columns)
    try:
        import pyarrow
    except ImportError:
        return
    yield "pyarrow", pyarrow.table(columns)


@pytest.mark.parametrize(("kind", "frame"), list(frames()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_kind_of_frame_is_decomposed_alike(kind, frame):
    rows = made_up()
    of = {arm: mean(row["test_accuracy"] for row in rows if row["arm"] == arm) for arm in ARMS}
    terms = fractionate.decompose(frame).terms
    assert terms["n"].tolist() == [4] * 9
    found = dict(zip(terms["symbol"], terms["mean"], strict=True))
    assert found["D"] == pytest.approx(100 * (of["class-mean"] - of["class-smoothing"]), abs=1e-9)


def test_a_table_of_results_can_be_decomposed_again(results):
    again = fractionate.decompose(results.runs)
    np.testing.assert_allclose(again.terms["mean"], results.terms["mean"], atol=1e-9)


def test_names_of_ones_own_are_mapped():
    rows = [{**row, "arm": {"hard": "CE", "teacher": "KD"}.get(row["arm"], row["arm"])} for row in made_up()]
    with pytest.raises(ValueError, match="there is no arm `CE`"):
        fractionate.decompose(rows)
    found = fractionate.decompose(rows, maps={"CE": "hard", "KD": "teacher"}, suite="mine")
    assert found.suite == "mine" and set(found.runs["arm"]) == set(ARMS)
    columns = {"method": "arm", "seed": "seed", "top1": "test_accuracy"}
    renamed = [{name: row[of] for name, of in columns.items()} for row in made_up()]
    assert len(fractionate.decompose(renamed, columns={"arm": "method", "test_accuracy": "top1"}).runs) == 28


@pytest.mark.parametrize(
    ("frame", "error", "sentence"),
    [
        (5, TypeError, "a int is no frame of runs"),
        ({"arm": ["hard"], "seed": [0]}, ValueError, "no column of the test accuracy"),
        ({"arm": ["hard"], "seed": [0], "test_accuracy": ["good"]}, ValueError, "Row 1, column `test_accuracy`"),
        ({"arm": ["hard", "hard"], "seed": [0], "test_accuracy": [0.5]}, ValueError, "length"),
        ({"arm": [], "seed": [], "test_accuracy": []}, ValueError, "no row"),
    ],
)
def test_a_frame_that_cannot_be_read_is_said_in_sentences(frame, error, sentence):
    with pytest.raises(error, match=sentence):
        fractionate.decompose(frame)


def test_options_that_are_none_are_one_sentence():
    with pytest.raises(ValueError, match="metric is `test-accuracy` or `test-nll`, not `accuracy`"):
        fractionate.decompose(made_up(), metric="accuracy")


def test_10_000_runs_load_in_under_two_seconds(tmp_path):
    rows = made_up(1430)
    table = tmp_path / "runs.csv"
    with open(table, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    made = command("import", table, "--out", tmp_path / "results")
    assert made.returncode == 0, made.stderr
    start = time.perf_counter()
    results = fractionate.load(tmp_path / "results")
    assert len(results.runs) == 10_010
    seconds = time.perf_counter() - start
    print(f"10,010 runs: {seconds:.2f} s")
    assert seconds < 2
