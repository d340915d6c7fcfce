"""Students on pictures in Fractionate and in plain PyTorch, in turn; see scripts/bench-pictures --help."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = ROOT / ".deps/peer/bin/python"
CLASSES, BATCH, TEMPERATURE, LAMBDA = 100, 128, 4.0, 0.9
RATE, MOMENTUM, WEIGHT_DECAY = 0.05, 0.9, 5e-4
ARMS = ["hard", "uniform", "class-prior", "label-smoothing", "class-smoothing", "class-mean", "shuffled",
        "shuffled-within-class", "partial", "teacher"]  # fmt: skip
PEERS = {
    "in-turn": "one student after the other, the teacher asked once a batch",
    "lockstep": "all students of a seed batch by batch, the teacher asked once for all",
}


def suite(options):
    teacher = f'[teacher]\nmodel = "{options.teacher}"\nweights = "teacher.safetensors"\n' if options.teacher else ""
    arms = ARMS[-options.students :] if options.teacher else ["hard"]
    return f"""
name = "bench"
arms = {json.dumps(arms)}
reference = "{arms[0]}"
seeds = "0..{options.processes}"
evaluate_every = {options.epochs}
{teacher}
[data]
set = "arrays"
examples = "examples.npy"
labels = "labels.npy"
student_examples = {options.examples}
teacher_examples = {options.examples}
validation_examples = {CLASSES}
test_examples = {CLASSES}

[student]
model = "{options.student}"

[distillation]
temperature = {TEMPERATURE}
lambda = {LAMBDA}
{'views = "same"' if options.teacher else ""}

[training]
learning_rate = {RATE}
momentum = {MOMENTUM}
weight_decay = {WEIGHT_DECAY}
batch_size = {BATCH}
epochs = {options.epochs}
views = {{ crop_padding = 4, flip = true }}
"""


def ours(options):
    """Core-seconds of a student, as the runs' provenance has them."""
    (options.work / "suite.toml").write_text(suite(options))
    out = options.work / "store"
    shutil.rmtree(out, ignore_errors=True)
    command = [options.binary, "run", "suite.toml", "--out", out, "--quiet", "--jobs", str(options.processes)]
    subprocess.run(command, cwd=options.work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    runs = [json.loads(file.read_text()) for file in out.glob("runs/*/provenance.json")]
    assert len(runs) == options.processes * (options.students if options.teacher else 1), len(runs)
    return statistics.fmean(run["seconds"] for run in runs)


def theirs(options, peer):
    command = [PYTHON, HERE / "picture_students.py", "--peer", peer, "--work", options.work, "--student", options.student,
               "--students", options.students, "--examples", options.examples, "--epochs", options.epochs]  # fmt: skip
    command += ["--teacher", options.teacher] if options.teacher else []
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    # A library that starts threads of its own would take the other process's core.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    processes = [subprocess.Popen([*map(str, command), "--seed", str(seed)], env=environment, **pipes)
                 for seed in range(options.processes)]  # fmt: skip
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return statistics.fmean(float(process.communicate()[0]) for process in processes)


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/bench-pictures",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Students on 32x32 pictures with random crops and flips, in Fractionate and in plain PyTorch (channels last,\n"
        "one process a core, views made on the batch), in turn. Prints core-seconds of a student, and how many\n"
        "times as long PyTorch takes: the median of the repeats' own ratios. Pictures and teacher are random numbers.",
        epilog="peers:\n" + "\n".join(f"  {name:10} {text}" for name, text in PEERS.items())
        + "\n\nexamples:\n  scripts/bench-pictures\n  scripts/bench-pictures --student resnet20 --teacher resnet56\n"
        "  scripts/bench-pictures --students 1 --repeats 3\n  scripts/bench-pictures --no-teacher --students 1",
    )  # fmt: skip
    parser.add_argument("--student", default="resnet8", help="default: resnet8")
    parser.add_argument("--teacher", default="resnet20", help="asked about the views; default: resnet20")
    parser.add_argument("--no-teacher", dest="teacher", action="store_const", const=None, help="labels alone, one student")
    parser.add_argument("--students", type=int, default=10, choices=range(1, 11), metavar="N", help="of a seed; default: 10")
    parser.add_argument("--examples", type=int, default=2_000, help="default: 2000")
    parser.add_argument("--epochs", type=int, default=2, help="default: 2")
    parser.add_argument("--repeats", type=int, default=5, help="default: 5")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=PEERS, help="default: all")
    parser.add_argument("--binary", type=pathlib.Path, help="of Fractionate; default: built from this checkout")
    options = parser.parse_args()
    options.processes = os.cpu_count()
    options.students = options.students if options.teacher else 1
    options.work = ROOT / "target/release/bench-pictures"
    shutil.rmtree(options.work, ignore_errors=True)
    subprocess.run([ROOT / "scripts/setup", "--quiet"], check=True, stdout=sys.stderr)
    subprocess.run([HERE / "setup"], check=True, stdout=sys.stderr)
    if options.binary is None:
        subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    options.binary = (options.binary or ROOT / "target/release/fractionate").resolve()
    made = [PYTHON, HERE / "picture_students.py", "--work", options.work, "--examples", str(options.examples)]
    subprocess.run(made + (["--teacher", options.teacher] if options.teacher else []), check=True)
    times = []
    for repeat in range(options.repeats):
        row = {"fractionate": ours(options), **{name: theirs(options, name) for name in options.peers}}
        times.append(row)
        print(f"{repeat + 1} of {options.repeats}: " + ", ".join(f"{name} {t:.2f} s" for name, t in row.items()), file=sys.stderr)
    print(f"{options.student}, teacher {options.teacher or 'none'}, {options.students} students of a seed, "
          f"{options.processes} processes, batch {BATCH}, {options.epochs} epochs of {options.examples} pictures")  # fmt: skip
    pictures = options.epochs * options.examples
    for name in times[0]:
        seconds = statistics.median(row[name] for row in times)
        ratio = statistics.median(row[name] / row["fractionate"] for row in times)
        spread = [row[name] / row["fractionate"] for row in times]
        print(f"{name:12} {seconds:7.2f} core-seconds a student {pictures / seconds:6.0f} pictures/s"
              + (f"   {ratio:.2f}x ({min(spread):.2f} to {max(spread):.2f})" if name != "fractionate" else ""))  # fmt: skip


if __name__ == "__main__":
    main()
