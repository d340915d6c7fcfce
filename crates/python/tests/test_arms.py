"""Arms on NumPy arrays: against NumPy's golden values, and what is refused."""

import json
import threading
import time

import numpy as np
import pytest

import fractionate
from conftest import GOLDEN_ARMS

CASES = json.loads((GOLDEN_ARMS / "cases.json").read_text())["cases"]
GOLDEN = json.loads((GOLDEN_ARMS / "arms.json").read_text())
SEED = 5  # of golden_arms.rs
BATCHED_BY_PLACE = {"shuffled", "shuffled-within-class", "permuted", "target-weighted(shuffled)", "permuted(argmax)"}


def inputs(case):
    logits = np.array(case["logits"], dtype=np.float32).reshape(-1, case["classes"])
    return logits, np.array(case["labels"]), np.array(case["classifier"]).reshape(case["classes"], -1)


def names(case):
    every = [name for arm in fractionate.arms() for name in (arm.name, *(form for form, _ in arm.forms))]
    return [name for name in every if name != "top-k(3)" or case["classes"] >= 3]


def made(case, name, **more):
    logits, labels, classifier = inputs(case)
    return fractionate.targets(logits, labels, name, case["temperature"], SEED, classifier=classifier, **more)


def test_every_arm_is_that_of_numpy(record_property):
    largest = 0.0
    for case, golden in zip(CASES, GOLDEN, strict=True):
        for name in names(case):
            numbers = made(case, name)
            if name == "hard":
                assert numbers is None
                continue
            expected = np.array({**golden["targets"], **golden["weights"]}[name]).reshape(numbers.shape)
            largest = max(largest, np.abs(numbers - expected).max())
    record_property("largest difference from NumPy", largest)
    print(f"largest difference from NumPy: {largest:.2e}")
    assert largest < 1e-6


def test_coefficients_of_decoupled_arms_are_those_of_the_golden_file():
    for name, (alpha, beta, warmup_epochs) in GOLDEN[0]["decoupled"].items():
        objective = fractionate.arm(name).objective
        assert objective == {"kind": "decoupled", "alpha": alpha, "beta": beta, "warmup_epochs": warmup_epochs}


def test_a_batch_with_statistics_has_the_rows_that_the_whole_set_gives():
    for case in CASES:
        logits, labels, classifier = inputs(case)
        statistics = fractionate.statistics(logits, labels, case["temperature"])
        for name in set(names(case)) - BATCHED_BY_PLACE - {"hard"}:
            whole = made(case, name)
            batch = fractionate.targets(
                logits[2:5], labels[2:5], name, case["temperature"], SEED, statistics, classifier=classifier
            )
            np.testing.assert_array_equal(batch, whole[2:5], err_msg=name)


def test_class_means_of_statistics_are_numpys_means():
    logits, labels, _ = inputs(CASES[3])
    statistics = fractionate.statistics(logits, labels, 4.0)
    p = np.exp(logits.astype(float) / 4)
    p /= p.sum(axis=1, keepdims=True)
    expected = [p[labels == k].mean(axis=0) for k in range(12)]
    np.testing.assert_allclose(statistics.class_means, expected, atol=1e-7)
    np.testing.assert_array_equal(statistics.class_counts, np.bincount(labels, minlength=12))
    assert (statistics.classes, statistics.examples) == (12, 27)


@pytest.mark.parametrize("name", sorted(BATCHED_BY_PLACE))
def test_arms_that_go_by_the_place_in_the_training_set_refuse_a_batch(name):
    logits, labels, _ = inputs(CASES[0])
    statistics = fractionate.statistics(logits, labels, 2.0)
    with pytest.raises(ValueError, match="goes by the example's place in the training set"):
        fractionate.targets(logits, labels, name, 2.0, 0, statistics)


def test_statistics_of_another_temperature_are_refused():
    logits, labels, _ = inputs(CASES[0])
    with pytest.raises(ValueError, match="statistics are of temperature 4.0, the targets of 2.0"):
        fractionate.targets(logits, labels, "class-mean", 2.0, 0, fractionate.statistics(logits, labels))


LOGITS = np.zeros((4, 3), dtype=np.float32)
LABELS = np.array([0, 1, 2, 0])


def with_logit(value):
    logits = LOGITS.copy()
    logits[2, 1] = value
    return logits


@pytest.mark.parametrize(
    ("logits", "labels", "options", "error", "sentence"),
    [
        (LOGITS.T.copy().T, LABELS, {}, ValueError, "not contiguous in memory: pass numpy.ascontiguousarray"),
        (LOGITS[:, ::2], LABELS, {}, ValueError, "not contiguous in memory"),
        (LOGITS.astype(int), LABELS, {}, TypeError, "logits are int64: float32 is wanted"),
        (LOGITS.astype(complex), LABELS, {}, TypeError, "logits are complex128"),
        (np.full((4, 3), "a"), LABELS, {}, TypeError, "float32 is wanted"),
        (LOGITS[0], LABELS, {}, ValueError, r"logits have the shape \(3,\)"),
        (LOGITS[:, :1].copy(), LABELS, {}, ValueError, "with 2 classes or more"),
        (np.zeros((2, 65_537), np.float32), LABELS[:2], {}, ValueError, "there can be 65536 at most"),
        (LOGITS[:0], LABELS[:0], {}, ValueError, "there is no example to make a target for"),
        (with_logit(np.nan), LABELS, {}, ValueError, "logit of class 1 for example 2 is NaN"),
        (with_logit(np.inf), LABELS, {}, ValueError, "logit of class 1 for example 2 is inf"),
        (LOGITS, LABELS.astype(float), {}, TypeError, "labels are float64: whole numbers from 0 are wanted"),
        (LOGITS, LABELS[:3], {}, ValueError, "there are 3 labels for 4 rows of logits"),
        (LOGITS, LABELS[:, None], {}, ValueError, r"labels have the shape \(4, 1\)"),
        (LOGITS, np.array([0, 1, 2, 3]), {}, ValueError, "example 3 has label 3, but there are 3 classes"),
        (LOGITS, np.array([0, -1, 2, 0]), {}, ValueError, "example 1 has label -1, but there are 3 classes"),
        (LOGITS, np.array([0, 2**63, 2, 0], dtype=np.uint64), {}, ValueError, "example 1 has label"),
        (LOGITS, np.array([0, 1, 0, 0]), {"arm": "class-mean"}, ValueError, "class 2 has none"),
        (LOGITS, LABELS, {"arm": "shuffled-within-class"}, ValueError, "needs two examples of every class"),
        (
            LOGITS,
            LABELS,
            {"arm": "class-similarity"},
            ValueError,
            "needs the weights of the teacher's last linear layer",
        ),
        (LOGITS, LABELS, {"arm": "top-k(4)"}, ValueError, "keeps 4 classes, but there are 3"),
        (LOGITS, LABELS, {"arm": "partal"}, ValueError, "there is no arm `partal`: did you mean `partial`"),
        (LOGITS, LABELS, {"arm": "top-k(0)"}, ValueError, "the arm `top-k` has no option `0`"),
        (LOGITS, LABELS, {"temperature": 0}, ValueError, "temperature must be a finite number above 0, not 0"),
        (LOGITS, LABELS, {"temperature": np.nan}, ValueError, "temperature must be a finite number above 0"),
        (LOGITS, LABELS, {"seed": -1}, ValueError, "a seed is a whole number from 0"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(logits, labels, options, error, sentence):
    with pytest.raises(error, match=sentence) as raised:
        fractionate.targets(logits, labels, **options)
    assert "\n" not in str(raised.value)


def test_other_precisions_and_types_of_labels_give_the_same_numbers():
    logits, labels, _ = inputs(CASES[0])
    expected = fractionate.targets(logits, labels)
    for kind in (np.float16, np.float64):
        exact = logits.astype(kind)
        np.testing.assert_array_equal(fractionate.targets(exact, labels), expected)
    for kind in (np.uint8, np.int16, np.uint32, np.uint64):
        np.testing.assert_array_equal(fractionate.targets(logits, labels.astype(kind)), expected)
    np.testing.assert_array_equal(fractionate.targets(logits.tolist(), labels.tolist()), expected)


def test_targets_can_be_written_to_and_outlive_what_made_them():
    logits, labels, _ = inputs(CASES[0])
    targets = fractionate.targets(logits, labels, "uniform")
    assert targets.flags.writeable and targets.flags.c_contiguous and not targets.flags.owndata
    targets += 1
    assert targets[0, 0] == np.float32(1.25)


def large(examples=50_000, classes=100):
    draws = np.random.default_rng(0)
    labels = draws.integers(0, classes, examples)
    logits = draws.normal(size=(examples, classes)).astype(np.float32)
    logits[np.arange(examples), labels] += 3
    return logits, labels, draws.normal(size=(classes, 64))


def test_50_000_examples_of_100_classes_take_well_under_a_second():
    logits, labels, classifier = large()
    for arm in fractionate.arms():
        fastest = np.inf
        for _ in range(2):
            start = time.perf_counter()
            fractionate.targets(logits, labels, arm.name, classifier=classifier)
            fastest = min(fastest, time.perf_counter() - start)
        print(f"{arm.name:24} {1000 * fastest:6.1f} ms")
        # On a busy machine; a quiet one takes a fifth of it.
        assert fastest < 1, arm.name


def test_other_threads_run_while_targets_are_made():
    logits, labels, _ = large()
    done, ticks = threading.Event(), []

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    ticker = threading.Thread(target=tick)
    ticker.start()
    start = time.perf_counter()
    for _ in range(5):
        fractionate.targets(logits, labels, "permuted")
    end = time.perf_counter()
    done.set()
    ticker.join()
    # Held, the lock would leave a tick between two calls at most.
    assert len([tick for tick in ticks if start < tick < end]) > 20


def test_arms_describe_themselves():
    arms = {arm.name: arm for arm in fractionate.arms()}
    assert len(arms) == 21
    assert arms["hard"].objective == {"kind": "hard"} and not arms["hard"].needs_teacher
    assert arms["partial"].objective == {"kind": "soft"}
    assert arms["confidence-weighted"].objective == {"kind": "weighted", "normalisation": "sum-over-batch"}
    assert arms["virtual-teacher"].own_temperature == 20
    assert arms["class-similarity"].needs_classifier
    assert fractionate.arm("class-mean(correct)").name == "class-mean(correct)"
