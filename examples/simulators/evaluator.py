#!/usr/bin/env python3
"""The cache of cache.sh as an evaluator that stays: docs/environments/process.md has the protocol."""
import json
import sys

HELLO = {
    "type": "hello",
    "protocol": 1,
    "version": "cache 1",
    "parameters": {
        "size_kib": {"values": [16, 32, 64, 128, 256], "initial": 32, "unit": "KiB", "doc": "Capacity."},
        "ways": {"integer": [1, 16], "scale": "powers", "initial": 4, "doc": "Associativity."},
        "policy": {"choices": ["LRU", "Random"], "doc": "Which line is replaced."},
        "prefetch": {"boolean": False, "doc": "Whether the next line is fetched as well."},
    },
    "constraints": ["ways <= size_kib"],
    "metrics": {
        "access_ns": {"unit": "ns", "better": "smaller", "doc": "Average access time."},
        "area_um2": {"unit": "um^2", "better": "smaller", "doc": "Area."},
    },
}


def evaluate(size_kib, ways, policy, prefetch):
    if size_kib // ways < 2:
        return {"infeasible": "a way of less than 2 KiB cannot be built"}
    misses = {16: 90, 32: 61, 64: 42, 128: 30, 256: 22}[size_kib] + 24 // ways
    if policy != "LRU":
        misses += 6
    if prefetch:
        misses = misses * 8 // 10
    access_ns = (600 + 4 * size_kib + 35 * ways + misses * 80) / 1000
    area_um2 = size_kib * 1200 + ways * 900 + (9000 if prefetch else 0)
    return {"metrics": {"access_ns": access_ns, "area_um2": area_um2}}


def say(message):
    print(json.dumps(message), flush=True)


for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        say(HELLO)
    elif message["type"] == "evaluate":
        try:
            answer = evaluate(**message["design"])
        except Exception as problem:  # a failed design; the evaluator goes on
            answer = {"failed": str(problem)}
        say({"type": "result", "id": message["id"], **answer})
    elif message["type"] == "bye":
        break
