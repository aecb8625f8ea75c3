#!/usr/bin/env python3
"""Environment @NAME@: a toy model of a router with a queue, as an evaluator that stays.

Put your own model in the place of evaluate(), and its parameters and metrics into HELLO. Only the
standard library is needed. What is printed belongs to the protocol: write messages for people to
standard error.
"""
import json
import sys

HELLO = {
    "type": "hello",
    "protocol": 1,
    # raise it when the numbers change: studies of another version are not continued
    "version": "@NAME@ 1",
    "parameters": {
        "lanes": {"integer": [1, 16], "scale": "powers", "initial": 4, "doc": "Lanes that work side by side."},
        "depth": {"integer": [1, 64], "initial": 8, "doc": "Entries of a lane's queue."},
        "policy": {"choices": ["fifo", "priority"], "doc": "Who is served next."},
    },
    # what is known before evaluating: designs that break these are never evaluated
    "constraints": ["lanes * depth <= 512"],
    "metrics": {
        "latency_ns": {"unit": "ns", "better": "smaller", "doc": "Mean time in the router."},
        "area_um2": {"unit": "um^2", "better": "smaller", "doc": "Area."},
    },
}


def evaluate(lanes, depth, policy):
    """The metrics of a design, or why it cannot be built. The same design gives the same numbers."""
    if depth < lanes:
        return {"infeasible": f"{lanes} lanes need queues of {lanes} entries"}
    priority = policy == "priority"
    latency_ns = 10 + 64 / lanes + 32 / depth + (0 if priority else 2)
    area_um2 = 100 * lanes + 12 * lanes * depth + (300 if priority else 0)
    return {"metrics": {"latency_ns": latency_ns, "area_um2": area_um2}}


def answer(message):
    """The evaluation of one message; a design at which it fails is a failed design, no end."""
    try:
        return evaluate(**message["design"])
    except Exception as problem:
        return {"failed": f"{type(problem).__name__}: {problem}"}


def main():
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "hello":
            print(json.dumps(HELLO), flush=True)
        elif message["type"] == "evaluate":
            print(json.dumps({"type": "result", "id": message["id"], **answer(message)}), flush=True)
        elif message["type"] == "bye":
            break


if __name__ == "__main__":
    main()
