"""Runs Fractionate and its peers in turn and prints the table of scripts/bench; see scripts/bench --help."""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
PEERS = {
    "usual": "(a) usual script, CNN teacher in each step",
    "careful": "(b) careful script, all threads",
    "careful-processes": "(c) careful script, a process per core",
    "vmap": "(d) vmap over stacked students",
}
SCRIPTS = {"usual": "usual.py", "careful": "careful.py", "careful-processes": "careful.py", "vmap": "vmapped.py"}
# What the project wants to reach, times as fast, by student.
GOALS = {
    ("usual", "32"): 250, ("usual", "128"): 100,
    ("careful-processes", "32"): 6, ("careful-processes", "128"): 3,
    ("vmap", "32"): 2, ("vmap", "128"): 1.3,
    ("usual", "8,16,32"): 3, ("careful-processes", "8,16,32"): 1,
}  # fmt: skip


def number_above_0(text):
    value = int(text) if text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number above 0")
    return value


def names(allowed):
    def parse(text):
        found = text.split(",")
        for name in found:
            if name not in allowed:
                raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(allowed)}")
        return found

    return parse


def shape(text):
    parts = text.split(",")
    if len(parts) not in (1, 3) or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(f"'{text}' is neither a width (32) nor two channels and a width (8,16,32)")
    return text


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="The same students in Fractionate and in plain PyTorch, in turn, on all cores: seconds per student,\n"
        "ratios (medians of the repeats' own), and accuracies, which prove that all do the same work.\n"
        "Fashion-MNIST, 10,000 examples, batch 128, ten arms, validation and test evaluated every epoch.",
        epilog="examples:\n  scripts/bench\n  scripts/bench --quick\n"
        "  scripts/bench --students 128 --peers vmap --repeats 3\n"
        "  scripts/bench --students 8,16,32 --peers usual,careful-processes --arms 4 --epochs 2\n"
        "  scripts/bench --roofline\n\npeers:\n" + "\n".join(f"  {name:18} {text}" for name, text in PEERS.items()),
    )
    parser.add_argument("--students", type=shape, nargs="+", help="hidden widths, or C,C,D for a CNN (default: 32 128)")
    parser.add_argument("--peers", type=names(PEERS), default=list(PEERS), metavar="NAME,...", help="default: all")
    parser.add_argument("--repeats", type=number_above_0, help="default: 5")
    parser.add_argument("--epochs", type=number_above_0, help="default: 20")
    parser.add_argument("--usual-epochs", type=number_above_0, default=1, metavar="N",
                        help="epochs of one student that (a) really trains; the rest is extrapolated (default: 1)")  # fmt: skip
    parser.add_argument("--arms", type=int, choices=range(1, 11), default=10, metavar="N",
                        help="how many of the ten arms, the teacher's always among them (default: 10)")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="one repeat of two epochs at width 32: does it all work?")
    parser.add_argument("--json", action="store_true", help="print every measurement as JSON instead of the table")
    # Given by scripts/bench.
    parser.add_argument("--ours", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    global problem
    import problem  # only now: --help needs no torch

    options.students = options.students or (["32"] if options.quick else ["32", "128"])
    options.repeats = options.repeats or (1 if options.quick else 5)
    options.epochs = options.epochs or (2 if options.quick else 20)
    options.arms = [*range(options.arms - 1), len(problem.ARMS) - 1]
    options.usual_epochs = min(options.usual_epochs, options.epochs)
    return options


def make_problem(options):
    """Kept from one run to the next; a quick one has a hastier teacher."""
    folder = options.work / ("quick" if options.quick else "whole")
    if not (folder / "problem.pt").exists():
        print("Training a teacher for all sides (once) ...", file=sys.stderr)
        rows = json.loads(subprocess.run([options.ours, "--rows"], stdout=subprocess.PIPE, check=True).stdout)
        problem.make(folder, ROOT / ".data" / "fashion-mnist", rows, 1 if options.quick else 5)
    return folder


def together(commands, threads):
    """Starts processes, lets them go once all are warm, and gives (seconds until the last ended, their results)."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    processes = [subprocess.Popen([str(word) for word in command], **pipes) for command in commands]
    try:
        for process, command in zip(processes, commands):
            if process.stdout.readline().strip() != "ready":
                sys.exit(f"scripts/bench: {pathlib.Path(command[1]).name} did not start; its own words are above.")
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        results = []
        for process in processes:
            line = process.stdout.readline()
            if process.wait() != 0 or not line:
                sys.exit("scripts/bench: a side broke off; its own words are above.")
            results.append(json.loads(line))
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
    return max(r["ended"] for r in results) - min(r["began"] for r in results), results


def measure(side, student, seeds, cores, folder, options):
    """Seconds per student of all epochs, and {(arm, seed): test accuracies by epoch}."""
    arms, epochs = options.arms, options.epochs
    if side == "ours":
        command = [options.ours, "--arms", ",".join(map(str, arms)), "--seeds", ",".join(map(str, seeds)), "--shape", student]
        command += ["--epochs", epochs, "--targets", folder / "targets.npy", "--jobs", cores]
        seconds, results = together([command], 1)
    else:
        students = [(arm, seed) for seed in seeds for arm in arms]
        processes, threads, stop = cores, 1, 0
        if side == "usual":
            students, processes, threads = [(problem.ARMS.index("teacher"), seeds[0])], 1, cores
            stop = options.usual_epochs if options.usual_epochs < epochs else 0
        elif side == "careful":
            processes, threads = 1, cores
        # Stacked students stay with their seed; others are dealt out one by one.
        key = (lambda i: i // len(arms)) if side == "vmap" else (lambda i: i)
        shares = [[s for i, s in enumerate(students) if key(i) % processes == p] for p in range(processes)]
        python = [sys.executable, HERE / SCRIPTS[side], "--problem", folder, "--shape", student, "--epochs", epochs]
        python += ["--stop-after", stop, "--threads", threads]
        commands = [[*python, "--students", ",".join(f"{a}:{s}" for a, s in share)] for share in shares if share]
        seconds, results = together(commands, threads)
        if stop:
            seconds *= epochs / stop
    curves = {
        tuple(student): curve
        for result in results
        for student, curve in zip(result["students"], result["accuracies"])
    }
    return seconds / len(curves), curves


def agreement(ours, theirs):
    """(their mean accuracy, theirs minus ours in points, its standard error over seeds, epoch) on what both trained.

    Students that are nobody else's (another seed, another arm) count on neither side; a seed's arms share their batches
    and count as one.
    """
    shared = sorted(set(ours) & set(theirs))
    epoch = min(len(theirs[shared[0]]), len(ours[shared[0]]))
    by_seed = {}
    for arm, seed in shared:
        by_seed.setdefault(seed, []).append((ours[arm, seed][epoch - 1], theirs[arm, seed][epoch - 1]))
    means = [[100 * statistics.fmean(side) for side in zip(*pairs)] for pairs in by_seed.values()]
    a, b = zip(*means)
    # The seeds of two sides are not the same numbers: their spreads add.
    error = math.sqrt((statistics.variance(a) + statistics.variance(b)) / len(means)) if len(means) > 2 else None
    return statistics.fmean(b), statistics.fmean(b) - statistics.fmean(a), error, epoch


def rows_of(student, sides, times, curves, options):
    rows = []
    for side in sides:
        ratios = [theirs / ours for theirs, ours in zip(times[side], times["ours"])]
        accuracy, difference, error, epoch = agreement(curves["ours"], curves[side])
        rows.append({
            "student": student,
            "side": side,
            "seconds_per_student": statistics.median(times[side]),
            "ratio": statistics.median(ratios),
            "ratio_lowest": min(ratios),
            "ratio_highest": max(ratios),
            "goal": GOALS.get((side, student)),
            "test_accuracy": accuracy,
            "difference_in_points": difference,
            "standard_error": error,
            "agrees": None if error is None else abs(difference) <= 3 * error,
            "accuracy_after_epoch": epoch,
            "students_timed_each_repeat": len(curves[side]) // options.repeats,
            "extrapolated_from_epochs": options.usual_epochs
            if side == "usual" and options.usual_epochs < options.epochs
            else None,
            "all_seconds": times[side],
        })  # fmt: skip
    return rows


def show(rows, options, cores):
    print(f"{len(options.arms)} arms, {options.epochs} epochs, {cores} cores for each side, medians of {options.repeats}; "
          "seconds per student;")  # fmt: skip
    print("ratio: how many times as fast Fractionate is (lowest to highest of the repeats)")
    for student in dict.fromkeys(row["student"] for row in rows):
        print(f"\n{'784-' + student + '-10' if student.isdigit() else 'CNN ' + student}")
        print(f"  {'':42} {'seconds':>9} {'ratio':>7}  {'range':>15} {'goal':>6}  {'accuracy':>8} {'difference':>16}")
        for row in (row for row in rows if row["student"] == student):
            ours = row["side"] == "ours"
            name = "Fractionate, a cohort per core" if ours else PEERS[row["side"]]
            marks = "*" if row["extrapolated_from_epochs"] else " "
            numbers = f"{row['seconds_per_student']:9.3f}{marks}"
            if ours:
                print(f"  {name:42} {numbers}{'':>32}  {row['test_accuracy']:7.2f}%")
                continue
            spread = f"{row['ratio_lowest']:.2f} - {row['ratio_highest']:.2f}"
            goal = f"{row['goal']:g}x" if row["goal"] else ""
            error = "" if row["standard_error"] is None else f" +- {row['standard_error']:.2f}"
            print(f"  {name:42} {numbers}{row['ratio']:6.2f}x {spread:>16} {goal:>6}  {row['test_accuracy']:7.2f}% "
                  f"{row['difference_in_points']:+9.2f}{error}")  # fmt: skip
            if row["extrapolated_from_epochs"]:
                print(f"  {'':4}* one student's first {row['extrapolated_from_epochs']} of {options.epochs} epochs, times "
                      f"{options.epochs / row['extrapolated_from_epochs']:g}; accuracy after epoch "
                      f"{row['accuracy_after_epoch']} against Fractionate's same student then")  # fmt: skip
    print("\ndifference: their accuracy minus ours, in points, with its standard error over the seeds", end="")
    unlike = [f"{row['side']} ({row['student']})" for row in rows if row["agrees"] is False]
    if unlike:
        print(f"\nNOT within three standard errors: {', '.join(unlike)}")
    elif any(row["agrees"] for row in rows if row["side"] != "ours"):
        print("; all within three of them")
    else:
        print(" (three seeds or more)")


def main():
    options = arguments()
    cores = len(os.sched_getaffinity(0))
    folder = make_problem(options)
    sides, rows = ["ours", *options.peers], []
    for student in options.students:
        times, curves = {side: [] for side in sides}, {side: {} for side in sides}
        for repeat in range(options.repeats):
            seeds = list(range(repeat * cores, (repeat + 1) * cores))
            # Who goes first changes, so that a machine that slows down favours nobody.
            for side in sides if repeat % 2 == 0 else reversed(sides):
                print(f"{student}, repeat {repeat + 1} of {options.repeats}: {side}", file=sys.stderr)
                seconds, found = measure(side, student, seeds, cores, folder, options)
                times[side].append(seconds)
                curves[side].update(found)
        rows += rows_of(student, sides, times, curves, options)
    if options.json:
        print(json.dumps({"cores": cores, "arms": len(options.arms), "epochs": options.epochs, "repeats": options.repeats, "rows": rows}))
    else:
        show(rows, options, cores)
    if any(row["agrees"] is False for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
