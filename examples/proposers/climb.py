#!/usr/bin/env python3
"""Proposes changes of the best design so far; docs/your-own-agent.md has the protocol."""
import json
import random
import sys


def say(message):
    print(json.dumps(message), flush=True)


def values(parameter):
    """What a parameter may have, by its row in the hello; some values for reals."""
    kind = parameter["kind"]
    if kind in ("choice", "ordinal"):
        return parameter["levels"]
    if kind == "boolean":
        return [False, True]
    low, high = parameter["minimum"], parameter["maximum"]
    if kind == "real":
        return [low + (high - low) * i / 20 for i in range(21)]
    if parameter["scale"] == "powers":
        return [low * 2**i for i in range(64) if low * 2**i <= high]
    step = parameter["step"] or 1
    return [low + step * i for i in range(int((high - low) / step) + 1)]


space, default, best, tried = [], {}, None, set()


def rank(trial):
    return (trial["outcome"] != "feasible", trial.get("violation", 0), trial.get("loss", 0))


def propose():
    for _ in range(1000):
        design = dict(best["design"] if best else default)
        changed = random.choice(space)
        design[changed["name"]] = random.choice(values(changed))
        if json.dumps(design) not in tried:
            break
    tried.add(json.dumps(design))
    return design


for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        random.seed(message["seed"])
        space = message["space"]["parameters"]
        default = message["default"]
        say({"type": "hello", "protocol": 1})
    elif message["type"] == "tell":
        for trial in message["trials"]:
            tried.add(json.dumps(trial["design"]))
            if best is None or rank(trial) < rank(best):
                best = trial
    elif message["type"] == "ask":
        say({"type": "propose", "designs": [propose() for _ in range(message["count"])]})
    elif message["type"] == "error":
        print("refused: " + message["message"], file=sys.stderr)
    else:  # bye
        break
