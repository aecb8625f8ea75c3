"""Designing as a task with rewards, for one learner or for a team."""

from __future__ import annotations

import math
from typing import Any, Callable, Mapping, Sequence

from ._environment import Environment
from ._library import Error, among, real, whole
from ._space import numpy
from ._spaces import box, multi_discrete


class DesignTask:
    """What `ogive.gym.DesignEnv` and `ogive.pettingzoo.DesignTeamEnv` share.

    Parameters
    ----------
    environment : str or Environment
        What is designed.
    options : mapping, optional
        Options of the environment.
    objective : str, list of str or callable
        ``"minimize METRIC"``, ``"maximize METRIC"``, several of them, or a function of the metrics
        (a dict) that returns the reward.
    horizon : int
        Designs of one episode.
    penalty : float
        Reward of a design that is not feasible.
    repair : bool
        Make actions feasible where constraints of the space forbid them, instead of punishing them.
    encoding : str
        ``levels``: an action is the index of each value; ``unit``: a number in [0, 1] for each
        parameter. Default: levels where all parameters have at most 4,096 of them.
    """

    def __init__(
        self,
        environment: Any,
        options: Mapping[str, Any] | None = None,
        *,
        objective: Any = None,
        horizon: int = 16,
        penalty: float = -1.0,
        repair: bool = True,
        encoding: str | None = None,
    ) -> None:
        own = isinstance(environment, Environment)
        self.environment = environment if own else Environment(environment, options, jobs=1)
        space = self.environment.space
        self.levels = [space.levels(name) for name in space.names]
        if encoding is None:
            encoding = "levels" if all(self.levels) else "unit"
        if among(encoding, ("levels", "unit"), "encoding") == "levels" and not all(self.levels):
            name = space.names[self.levels.index(None)]
            raise Error(f"encoding: parameter {name} has no list of levels: unit is needed")
        self.encoding = encoding
        self.horizon = whole(horizon, "horizon", 1, 1 << 31)
        self.penalty = real(penalty, "penalty")
        self.repair = bool(repair)
        self.metrics = [row["name"] for row in self.environment.metrics]
        self.reference = self.environment.evaluate(space.initial)
        self._reward = self._objective(objective)

    def _objective(self, objective: Any) -> Callable[[Mapping[str, float]], float]:
        if callable(objective):
            return lambda metrics: real(objective(metrics), "objective")
        if objective is None:
            raise Error("objective: such as 'minimize METRIC', is needed")
        goals = []
        for row in [objective] if isinstance(objective, str) else objective:
            sense, _, metric = str(row).partition(" ")
            if sense not in ("minimize", "maximize") or metric not in self.metrics:
                raise Error(f"objective: {row!r:.100}: 'minimize METRIC' or 'maximize METRIC' "
                            f"expected, METRIC one of {', '.join(self.metrics)}")
            goals.append((1.0 if sense == "maximize" else -1.0, metric))
        if not goals:
            raise Error("objective: such as 'minimize METRIC', is needed")

        def gain(metrics: Mapping[str, float]) -> float:
            total = 0.0
            for sign, metric in goals:
                default = self.reference.get(metric, 0.0)
                total += sign * (metrics[metric] - default) / (abs(default) or 1.0)
            return total / len(goals)

        return gain

    def action_space(self, columns: Sequence[int]) -> Any:
        """Return the space of actions over some parameters."""
        if self.encoding == "levels":
            return multi_discrete([len(self.levels[i] or ()) for i in columns])
        return box(0.0, 1.0, len(columns))

    def observation_space(self) -> Any:
        """Return the space of observations."""
        return box(-math.inf, math.inf, len(self.metrics))

    def row(self, action: Sequence[float]) -> list[float]:
        """Return the design that an action over all parameters stands for, as a row."""
        return [self._value(i, number) for i, number in enumerate(action)]

    def _value(self, i: int, number: float) -> float:
        parameter = self.environment.space.parameters[i]
        levels = self.levels[i]
        if levels:
            level = int(number) if self.encoding == "levels" else int(number * len(levels))
            level = min(level, len(levels) - 1)
            return float(level if parameter["kind"] in ("choice", "boolean") else levels[level])
        low, high = parameter["minimum"], parameter["maximum"]
        if parameter["scale"] == "logarithmic":
            value = min(high, max(low, low * (high / low) ** number))
        else:
            value = low + number * (high - low)
        if parameter["kind"] == "integer":
            step = parameter["step"] or 1
            value = low + step * math.floor((value - low) / step)
        return value

    def observe(self, metrics: Mapping[str, float]) -> Any:
        """Return metrics, each divided by the default design's (0 without metrics)."""
        numbers = []
        for name in self.metrics:
            default = self.reference.get(name, 0.0)
            numbers.append(metrics.get(name, 0.0) / (default or 1.0))
        return numpy.array(numbers) if numpy is not None else numbers

    def begin(self) -> tuple[Any, dict[str, Any]]:
        """Return the default design's observation and information."""
        space = self.environment.space
        return self.observe(self.reference), self.inform(space.initial, self.reference, False)

    def inform(self, row: Sequence[float], said: Any, repaired: bool) -> dict[str, Any]:
        """Return what is known of a design beside its observation."""
        return {"design": self.environment.space.design(row), "metrics": dict(said),
                "outcome": said.outcome, "reason": said.reason, "repaired": repaired}

    def play(self, action: Sequence[float], seed: int) -> tuple[Any, float, dict[str, Any]]:
        """Evaluate an action over all parameters: observation, reward, information."""
        space = self.environment.space
        row = self.row(action)
        repaired = self.repair and not space.contains(row)
        if repaired:
            row = space.repair(row, seed)
        said = self.environment.evaluate(row)
        reward = self._reward(said) if said.feasible else self.penalty
        return self.observe(said), reward, self.inform(row, said, repaired)
