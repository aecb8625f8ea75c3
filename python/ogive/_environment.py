"""Environments: what designs cost."""

from __future__ import annotations

import ctypes
import json
from array import array
from typing import Any, Mapping

from ._library import Error, Handle, call, document, encode, library, option, text, texts, whole
from ._library import NAMES
from ._space import Parameter, Space, address, declaration, numpy, table


class Evaluation(dict):
    """Metrics of one design; empty unless it is feasible.

    Attributes
    ----------
    outcome : str
        ``feasible``, ``infeasible`` or ``failed``.
    reason : str
        Why it is not feasible.
    feasible : bool
    """

    def __init__(self, metrics: Mapping[str, float], outcome: str, reason: str) -> None:
        super().__init__(metrics)
        self.outcome = outcome
        self.reason = reason
        self.feasible = outcome == "feasible"


def describe_space(space: Mapping[str, Parameter], constraints: Any, metrics: Any) -> str:
    """Return parameters, constraints and metrics as the description of the environment caller."""
    if not isinstance(space, Mapping):
        raise Error("space: a dict {name: Real, Integer, Ordinal, Choice or Boolean} expected")
    rows = {}
    for name, parameter in space.items():
        if not isinstance(parameter, Parameter):
            raise Error(
                f"space: {name!r:.100}: Real, Integer, Ordinal, Choice or Boolean expected, "
                f"not {parameter!r:.100}"
            )
        encode(name, "space")
        rows[name] = parameter.describe()
    return json.dumps(
        {"parameters": rows, "constraints": constraints, "metrics": metrics}, allow_nan=False
    )


class Environment:
    """An opened environment: a space of designs and what they cost.

    Parameters
    ----------
    name : str
        One of `environments()`.
    options : mapping, optional
        Options by name; also as keywords.
    jobs : int
        Threads that evaluate, 0 for all processors.

    Attributes
    ----------
    space : Space
    metrics : list of dict
        Name, unit, doc and better (-1 smaller, 1 larger, 0 neither) of each.
    features : dict
        Numbers that describe the workload.
    identity : str
        Equal for environments that give equal metrics.

    Examples
    --------
    >>> import ogive
    >>> dram = ogive.Environment("dram", workload="stencil")
    >>> designs = dram.space.sample(1000)
    >>> costs = dram.evaluate_batch(designs)
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        jobs: int = 0,
        objects: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        if options is not None and not isinstance(options, Mapping):
            raise Error(f"options: a dict expected, not {options!r:.100}")
        given = {**(options or {}), **more}
        keys = texts(list(given), "options")
        values = texts([option(value, str(key)) for key, value in given.items()], "options")
        self._jobs = whole(jobs, "jobs", 0, 4096)
        self._handle = Handle(library.og_binding_model_close)
        call(
            "og_binding_model_open",
            encode(name, "environment"),
            len(given),
            keys,
            values,
            ctypes.byref(self._handle.value),
        )
        said = document("og_binding_model_describe", self._handle.pointer)
        self.name: str = said["name"]
        self.doc: str = said["doc"]
        self.source: str = said["source"]
        self.identity: str = said["identity"]
        self.metrics: list[dict[str, Any]] = said["metrics"]
        self.features = {row["name"]: row["value"] for row in said["features"]}
        self.space = Space(said, self._handle, objects)
        self._names = [row["name"] for row in self.metrics]

    def __repr__(self) -> str:
        return f"Environment({self.name!r}, {len(self.space)} parameters, {', '.join(self._names)})"

    def evaluate(self, design: Any) -> Evaluation:
        """Return what one design costs.

        Parameters
        ----------
        design : mapping or sequence
            Values by name, or a row of numbers.
        """
        rows = array("d", self.space.row(design))
        values = array("d", bytes(8 * len(self._names)))
        outcomes = array("i", [0])
        self._run(1, rows.buffer_info()[0], values.buffer_info()[0], outcomes.buffer_info()[0])
        outcome = NAMES["outcomes"][outcomes[0]]
        if outcome == "feasible":
            return Evaluation(dict(zip(self._names, values)), outcome, "")
        return Evaluation({}, outcome, self.reason(0))

    def evaluate_batch(self, designs: Any, outcomes: bool = False) -> Any:
        """Return what many designs cost, on all cores.

        Parameters
        ----------
        designs : array of shape [n][parameters], or a list of designs
            A numpy array of doubles in C order, and an ``array('d')``, are read in place.
        outcomes : bool
            Also return the outcomes.

        Returns
        -------
        metrics : array of shape [n][metrics]
            A row of NaN for a design that is not feasible. A numpy array; without numpy, a
            ``memoryview`` of two dimensions.
        outcomes : array of int32
            0 feasible, 1 infeasible, 2 failed; `reason` tells why.
        """
        rows = self.space.rows(designs)
        width, height = len(self.space), len(self._names)
        start, keeper = address(rows)
        if numpy is not None:
            count = len(rows) // width if isinstance(rows, array) else rows.shape[0]
            metrics = numpy.empty((count, height))
            said = numpy.empty(count, dtype=numpy.int32)
            self._run(count, start, metrics.ctypes.data, said.ctypes.data)
        else:
            count = len(rows) // width if isinstance(rows, array) else rows.shape[0]
            values = array("d", bytes(8 * count * height))
            said = array("i", bytes(4 * count))
            self._run(count, start, values.buffer_info()[0], said.buffer_info()[0])
            metrics = table(values, count, height)
        del keeper
        return (metrics, said) if outcomes else metrics

    def _run(self, count: int, rows: int, values: int, outcomes: int) -> None:
        call("og_binding_model_evaluate", self._handle.pointer, count, rows, values, outcomes,
             self._jobs)

    def reason(self, index: int) -> str:
        """Return why design `index` of the last batch is not feasible."""
        index = whole(index, "index", 0, 1 << 62)
        return text("og_binding_model_reason", self._handle.pointer, index)

    def close(self) -> None:
        """Give back threads and memory; it cannot be used any more."""
        self._handle.close()

    def __enter__(self) -> "Environment":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def compile_space(searched: Mapping[str, Any]) -> Environment:
    """Return an environment that has the space of a record."""
    rows = {row["name"]: declaration(row) for row in searched["parameters"]}
    metric = "value" if "value" not in rows else "_".join(rows)
    return Environment("caller", description=json.dumps(
        {"parameters": rows, "constraints": searched["constraints"], "metrics": {metric: {}}}))


def environments() -> list[dict[str, Any]]:
    """Return the registered environments with their options."""
    return document("og_binding_environments")


def agents() -> list[dict[str, Any]]:
    """Return the registered agents with their options."""
    return document("og_binding_agents")
