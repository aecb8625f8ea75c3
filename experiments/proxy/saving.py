#!/usr/bin/env python3
"""Does a proxy save simulator calls? Agents alone against the same task screened by proxies.

    saving.py OGIVE FOLDER [SEEDS]

The task is examples/demo.yaml (memory controllers for a hash join, 221,184 designs), whose exact
optimum is found by trying all. Counted are simulator calls (trials that were not taken from the
record) until a design within 1 % of the optimum, and until the optimum; a run without it counts as
its budget. Printed: median and quartiles over seeds, and Wilcoxon's signed-rank test against
`genetic` alone, paired by seed.
"""
import csv
import io
import math
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.join(HERE, "..", "..", "examples", "demo.yaml")
METRIC = "read_latency_average_ns"
BUDGET = 400
FIRST, PART, ROUNDS = 40, 10, 10  # designs drawn, designs a round, rounds
OTHER = {"other workload": ["--option", "workload=gemm"], "short trace": ["--option", "requests=100"]}


def ogive(*words):
    """Standard output of the program, and its seconds."""
    begin = time.monotonic()
    done = subprocess.run([PROGRAM, *words], cwd=FOLDER, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"ogive {' '.join(words)}: {done.stderr}")
    return done.stdout, time.monotonic() - begin


def losses(store, name):
    """Loss of every simulator call of a study in order; infinite where a constraint is broken."""
    text, _ = ogive("export", store, "--study", name)
    found = []
    for row in csv.DictReader(io.StringIO(text)):
        if row["repeat_of"] in ("", "-1"):
            good = row["outcome"] == "feasible" and float(row["violation"]) == 0
            found.append(float(row[METRIC]) if good else math.inf)
    return found


def calls(values, goal):
    return next((i + 1 for i, value in enumerate(values) if value <= goal), BUDGET)


def fit(store, target, extra=()):
    return ogive("proxy", "fit", store, "-o", target, "-q", "--model", "boosting", *extra)[1]


def screen(proxy, count, target, seed, extra=()):
    return ogive("proxy", "screen", proxy, DEMO, "-n", str(count), "--evaluations", "4000",
                 "--seed", str(seed), "-o", target, "-q", *extra)[1]


def alone(agent, seed):
    _, seconds = ogive("run", DEMO, "--agent", agent, "--seed", str(seed), "--budget", str(BUDGET),
                       "--store", f"{agent}.ogive", "--name", f"s{seed}", "-q")
    return losses(f"{agent}.ogive", f"s{seed}"), seconds


def in_rounds(seed):
    """Draw, then by turns learn from all calls so far and simulate what the proxy finds best."""
    store = f"rounds-{seed}.ogive"
    seconds = ogive("run", DEMO, "--agent", "random", "--seed", str(seed), "--budget", str(FIRST),
                    "--store", store, "--name", "r0", "-q")[1]
    values = losses(store, "r0")
    for k in range(1, ROUNDS + 1):
        seconds += fit(store, f"rounds-{seed}.proxy")
        seconds += screen(f"rounds-{seed}.proxy", PART, f"rounds-{seed}.csv", seed)
        seconds += ogive("run", DEMO, "--enqueue", f"rounds-{seed}.csv", "--budget", str(PART),
                         "--agent", "random", "--store", store, "--name", f"r{k}", "-q")[1]
        values += losses(store, f"r{k}")
    return values, seconds


def warm(label, seed):
    """A proxy of another system names the first designs; the agent goes on from them."""
    slug = label.replace(" ", "-")
    store, proxy, designs = (f"{slug}-{seed}.{end}" for end in ("ogive", "proxy", "csv"))
    seconds = ogive("run", DEMO, *OTHER[label], "--agent", "random", "--seed", str(seed), "--budget",
                    "300", "--store", store, "--name", "learn", "-q")[1]
    seconds += fit(store, proxy)
    seconds += screen(proxy, 40, designs, seed, ["--known"])
    seconds += ogive("run", DEMO, "--enqueue", designs, "--seed", str(seed), "--budget", str(BUDGET),
                     "--store", f"{slug}.ogive", "--name", f"s{seed}", "-q")[1]
    return losses(f"{slug}.ogive", f"s{seed}"), seconds


def wilcoxon(a, b):
    """Two-sided p of the signed-rank test, exact up to 20 differing pairs with ties in ranks."""
    differences = [x - y for x, y in zip(a, b) if x != y]
    if not differences:
        return 1.0
    sizes = sorted(abs(d) for d in differences)
    rank = {s: statistics.mean(i + 1 for i, v in enumerate(sizes) if v == s) for s in set(sizes)}
    ranks = [rank[abs(d)] for d in differences]
    plus = sum(r for r, d in zip(ranks, differences) if d > 0)
    sums = {0: 1}
    for r in ranks:
        grown = dict(sums)
        for s, n in sums.items():
            grown[s + r] = grown.get(s + r, 0) + n
        sums = grown
    low = min(plus, sum(ranks) - plus)
    return min(1.0, 2 * sum(n for s, n in sums.items() if s <= low + 1e-9) / 2 ** len(ranks))


def main():
    optimum = min(losses("exhaustive.ogive", "all"))
    ways = {f"`{agent}`": (lambda seed, agent=agent: alone(agent, seed))
            for agent in ("genetic", "random", "hill_climb", "gp_ei")}
    ways["proxy, in rounds"] = in_rounds
    for label in OTHER:
        ways[f"proxy of {label}, then `genetic`"] = lambda seed, label=label: warm(label, seed)
    results = {}
    for name, way in ways.items():
        runs = [way(seed) for seed in range(1, SEEDS + 1)]
        results[name] = {
            "1 %": [calls(values, 1.01 * optimum) for values, _ in runs],
            "optimum": [calls(values, optimum * (1 + 1e-12)) for values, _ in runs],
            "seconds": [seconds for _, seconds in runs],
        }
        print(f"{name}: done", file=sys.stderr, flush=True)
    print("| way | calls to 1 %: median (quartiles) | p | calls to the optimum | p | found | "
          "seconds a run |\n|---|---|---|---|---|---|---|")
    for name, result in results.items():
        cells = [name]
        for goal in ("1 %", "optimum"):
            low, middle, high = statistics.quantiles(result[goal], n=4, method="inclusive")
            cells.append(f"{middle:.0f} ({low:.0f} .. {high:.0f})")
            cells.append(f"{wilcoxon(result[goal], results['`genetic`'][goal]):.2g}")
        cells.append(f"{sum(c < BUDGET for c in result['optimum'])} of {SEEDS}")
        cells.append(f"{statistics.median(result['seconds']):.2f}")
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    PROGRAM, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    SEEDS = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    os.makedirs(FOLDER, exist_ok=True)
    if not os.path.exists(os.path.join(FOLDER, "exhaustive.ogive")):
        ogive("run", DEMO, "--agent", "exhaustive", "--budget", "221184", "--store",
              "exhaustive.ogive", "--name", "all", "-q")
    main()
