"""Trials: designs that are asked for, and those that are evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Infeasible(Exception):
    """Raised by an evaluated function: the design cannot be built, for the reason given."""


class Trial:
    """A design to evaluate.

    Attributes
    ----------
    number : int
        Its place in the study, from 0.
    params : dict
        The design, ``{parameter: value}``; ``trial["x"]`` is short for ``trial.params["x"]``.
    row : list of float
        The design as numbers.
    """

    def __init__(self, number: int, row: list[float], params: dict[str, Any]) -> None:
        self.number = number
        self.row = row
        self.params = params

    def __getitem__(self, name: str) -> Any:
        return self.params[name]

    def __repr__(self) -> str:
        return f"Trial(number={self.number}, params={self.params})"


@dataclass(frozen=True)
class FrozenTrial:
    """An evaluated design.

    Attributes
    ----------
    number : int
    params : dict
        The design.
    values : list of float or None
        Objectives, in the order and the sense of the study; None without metrics.
    metrics : dict
        All metrics, derived ones too; empty unless feasible.
    outcome : str
        ``feasible``, ``infeasible`` or ``failed``.
    reason : str
        Why it is not feasible.
    loss : float
        The objectives as one number, to be minimised.
    violation : float
        By how much constraints on metrics are broken, 0 when they hold.
    repeat_of : int or None
        The trial whose metrics were taken because the design is equal or cannot be told apart.
    source : str
        ``proposed``, ``enqueued`` or ``imported``.
    started, seconds : float
        When it began, after the study did, and how long it took.
    """

    number: int
    params: dict[str, Any]
    values: list[float] | None
    metrics: dict[str, float]
    outcome: str
    reason: str
    loss: float
    violation: float
    repeat_of: int | None
    source: str
    started: float
    seconds: float
    row: list[float] = field(repr=False)

    @property
    def value(self) -> float | None:
        """The first objective."""
        return self.values[0] if self.values else None

    @property
    def feasible(self) -> bool:
        """Whether it has metrics."""
        return self.outcome == "feasible"
