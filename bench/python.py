#!/usr/bin/env python3
"""What Python costs: batches of designs beside bench_python, and the trials of a study.

Usage: bench/python.py [BENCH_PYTHON]; OGIVE_LIBRARY says where libogive.so is.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

import ogive  # noqa: E402

BATCH = 1000
ROUNDS = 5
TURNS = 4


def batch(name: str, rounds: int) -> "tuple[float, float]":
    """Return microseconds a design, of the clock and of the processors."""
    with ogive.Environment(name) as environment:
        designs = environment.space.sample(BATCH, 1)
        best = [float("inf")] * 2
        for _ in range(rounds + 1):
            began = time.perf_counter(), time.process_time()
            environment.evaluate_batch(designs)
            took = time.perf_counter() - began[0], time.process_time() - began[1]
            best = [min(pair) for pair in zip(best, took)]
    return best[0] * 1e6 / BATCH, best[1] * 1e6 / BATCH


def trials(jobs: int) -> float:
    """Return microseconds a trial of a function that costs nothing."""
    with ogive.Study(space={"x": ogive.Real(0, 1)}, agent="random") as study:
        study.optimize(lambda trial: trial["x"], n_trials=100)
        began = time.perf_counter()
        study.optimize(lambda trial: trial["x"], n_trials=5000, n_jobs=jobs)
        return (time.perf_counter() - began) * 1e6 / 5000


def main() -> None:
    program = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build" / "bench" / "bench_python")
    best: "dict[str, list[float]]" = {}
    for _ in range(TURNS):
        for line in subprocess.run([program, str(ROUNDS)], check=True, capture_output=True,
                                   text=True).stdout.splitlines():
            name, *took = line.split()
            mine = batch(name, 20 * ROUNDS if name == "function" else ROUNDS)
            row = [float(x) for x in took] + list(mine)
            best[name] = [min(pair) for pair in zip(best.get(name, row), row)]
    print(f"batches of {BATCH:,} on {len(os.sched_getaffinity(0))} processors, best of "
          f"{TURNS * ROUNDS}; python {sys.version.split()[0]}")
    print("environment      C us/design    Python us/design   rate of C   by processor time")
    for name, (wall, cpu, my_wall, my_cpu) in best.items():
        print(f"{name:12} {wall:15.2f} {my_wall:19.2f} {wall / my_wall:10.0%} {cpu / my_cpu:19.0%}")
    print(f"a trial of optimize(): {trials(1):.0f} us; with 4 threads {trials(4):.0f} us")


if __name__ == "__main__":
    main()
