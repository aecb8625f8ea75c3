"""What a study is made from: a study file, a dict of its keys, or keywords."""

from __future__ import annotations

import json
import os
from typing import Any, Mapping, Sequence

from ._environment import describe_space
from ._library import Error, among, encode, option, real, text, texts, whole
from ._space import Parameter


def _json(value: Any, what: str) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as wrong:
        raise Error(f"{what}: {wrong}") from None


def _name_and_options(name: Any, options: Any, what: str) -> dict[str, Any]:
    if not isinstance(name, str):
        raise Error(f"{what}: a name expected, not {name!r:.100}")
    if options is not None and not isinstance(options, Mapping):
        raise Error(f"{what}_options: a dict expected, not {options!r:.100}")
    made = {str(key): option(value, f"{what}_options") for key, value in (options or {}).items()}
    return {"name": name, "options": made} if made else {"name": name}


def metric_rows(metrics: Any) -> dict[str, Any]:
    """Return metrics as rows of a description: from names, or from {name: unit or row}."""
    if isinstance(metrics, str):
        return {metrics: {}}
    if isinstance(metrics, Mapping):
        return {name: ({"unit": row} if isinstance(row, str) else row)
                for name, row in metrics.items()}
    try:
        return {encode(name, "metrics").decode(): {} for name in metrics}
    except TypeError:
        raise Error(f"metrics: a list of names expected, not {metrics!r:.100}") from None


_SENSES = ("minimize", "maximize")


def objective_rows(objectives: Any, metrics: Sequence[str], directions: Any) -> list[Any]:
    """Return the objectives of a plan, from texts ("minimize x"), rows, or directions of metrics."""
    if objectives is not None and directions is not None:
        raise Error("objectives, directions: only one of them says what is wanted")
    if directions is not None:
        senses = [directions] if isinstance(directions, str) else list(directions)
        for sense in senses:
            among(sense, _SENSES, "direction")
        if len(senses) > len(metrics):
            raise Error(f"directions: {len(senses)} of them, and {len(metrics)} metrics")
        return [{sense: metric} for sense, metric in zip(senses, metrics)]
    if objectives is None:
        return [{"minimize": metric} for metric in metrics[:1]]
    rows = [objectives] if isinstance(objectives, (str, Mapping)) else list(objectives)
    made: list[Any] = []
    for row in rows:
        if isinstance(row, str):
            sense, _, rest = row.partition(" ")
            made.append({sense: rest} if sense in _SENSES and rest else {"minimize": row})
        else:
            made.append(row)
    return made


def restriction_rows(space: Any) -> dict[str, Any]:
    """Return what a search over an environment is held to."""
    if not isinstance(space, Mapping):
        raise Error("space: a dict {parameter: value or list of values} expected")
    rows = {}
    for name, values in space.items():
        if isinstance(values, Parameter):
            raise Error(f"space: {name}: the environment has its parameters: a value, or a list")
        many = isinstance(values, (list, tuple))
        rows[str(name)] = ([option(value, f"space: {name}") for value in values]
                           if many else option(values, f"space: {name}"))
    return rows


def from_keywords(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plan of a study that is given by keywords."""
    plan: dict[str, Any] = {}
    environment, space = words.get("environment"), words.get("space")
    metrics = words.get("metrics")
    if environment is None:
        if space is None:
            raise Error("space or environment: one of them says what is searched")
        directions = words.get("directions")
        if metrics is None:
            goals = 1 if directions is None or isinstance(directions, str) else len(list(directions))
            metrics = ["value"] if goals == 1 else [f"value_{i}" for i in range(goals)]
        rows = metric_rows(metrics)
        own: dict[str, Any] = {}
        derived: dict[str, Any] = {}
        for name, row in rows.items():
            (derived if isinstance(row, Mapping) and "expression" in row else own)[name] = row
        description = describe_space(space, [], own)
        plan["environment"] = {"name": "caller", "options": {"description": description}}
        if words.get("identity") is not None:
            identity = encode(words["identity"], "identity").decode()
            plan["environment"]["options"]["identity"] = identity
        if derived:
            plan["metrics"] = derived
        plan["objectives"] = objective_rows(words.get("objectives"), list(own), directions)
    else:
        plan["environment"] = _name_and_options(environment, words.get("environment_options"),
                                                "environment")
        if space is not None:
            plan["space"] = restriction_rows(space)
        if metrics is not None:
            plan["metrics"] = metrics
        if words.get("objectives") is None:
            raise Error("objectives: such as 'minimize METRIC', are needed")
        plan["objectives"] = objective_rows(words["objectives"], [], words.get("directions"))
    constraints = words.get("constraints")
    if constraints is not None:
        plan["constraints"] = [constraints] if isinstance(constraints, str) else list(constraints)
    return plan


def parts(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a plan that go with any of its kinds."""
    plan: dict[str, Any] = {}
    for key, low, high in (("seed", 0, (1 << 64) - 1), ("batch", 1, 1 << 30)):
        if words.get(key) is not None:
            plan[key] = whole(words[key], key, low, high)
    budget: dict[str, Any] = {}
    if words.get("evaluations") is not None:
        budget["evaluations"] = whole(words["evaluations"], "evaluations", 1, 1 << 53)
    if words.get("seconds") is not None:
        budget["seconds"] = real(words["seconds"], "seconds")
    if budget:
        plan["budget"] = budget
    if words.get("agent") is not None:
        plan["agent"] = _name_and_options(words["agent"], words.get("agent_options"), "agent")
    if words.get("proposer") is not None:
        plan["proposer"] = {"command": [words["proposer"]]}
    for key in ("name", "store", "enqueue"):
        if words.get(key) is not None:
            plan[key] = encode(words[key], key).decode()
    return plan


def _searcher(words: Mapping[str, Any]) -> dict[str, Any]:
    return {} if words.get("proposer") else {"agent": "auto"}


def canonical(plan: Any, words: Mapping[str, Any]) -> tuple[str, str]:
    """Return a plan with changes as canonical YAML, and the name for messages."""
    changes = parts(words)
    name = "study"
    if plan is None:
        source = _json({**_searcher(words), **from_keywords(words), **changes}, "study")
        changes = {}
    elif isinstance(plan, Mapping):
        source = _json(plan, "study")
    elif isinstance(plan, (str, os.PathLike)):
        name = os.fspath(plan)
        try:
            with open(name, encoding="utf-8") as file:
                source = file.read()
        except (OSError, ValueError) as wrong:
            raise Error(f"{name}: {wrong}", "file") from None
    else:
        raise Error(f"a study file, a dict or keywords expected, not {plan!r:.100}")
    listed = texts([f"{key}={_json(value, key)}" for key, value in changes.items()], "study")
    made = text("og_binding_plan", encode(source, name), encode(name, "name"), len(changes), listed)
    return made, name
