"""How a peer is driven by side_by_side.py: warmed up, then at a word from outside, so that processes start together."""

import argparse
import json
import sys
import time

import torch

from problem import load


def first_examples(problem, n):
    """A problem small enough to touch memory and start threads with."""
    short = {name: problem[name][:n] for name in ("inputs", "labels")}
    short["targets"] = problem["targets"][:, :n]
    short |= {name: tuple(part[:n] for part in problem[name]) for name in ("validation", "test")}
    return {**problem, **short}


def take_turn(description, train):
    """`train(problem, shape, students, epochs, limit)` gives the test accuracies by student and epoch.

    Students are (arm, seed). Prints when it began and ended by the machine's monotonic clock, in seconds.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", required=True, help="folder that problem.py filled")
    parser.add_argument("--shape", required=True, help="the student: H, or C,C,D for a convolutional one")
    parser.add_argument("--students", required=True, help="arm:seed,arm:seed,... by the arms' positions")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--stop-after", type=int, default=0, help="epochs after which to stop; 0 for the last")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    problem = load(options.problem)
    shape = [int(part) for part in options.shape.split(",")]
    students = [tuple(int(part) for part in student.split(":")) for student in options.students.split(",")]
    until = options.stop_after or options.epochs
    train(first_examples(problem, 512), shape, students[-1:] if until < options.epochs else students, 1, 1)  # warm-up
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    accuracies = train(problem, shape, students, options.epochs, until)
    ended = time.monotonic()
    print(json.dumps({"began": began, "ended": ended, "students": students, "accuracies": accuracies}), flush=True)
