"""Spaces of actions and observations: gymnasium's when it is there, otherwise plain ones."""

from __future__ import annotations

import math
import random
from typing import Any, Sequence

from ._library import Error
from ._space import numpy

try:
    import gymnasium
except ImportError:
    gymnasium = None


def _shaped(numbers: Sequence[float], whole_numbers: bool) -> Any:
    if numpy is not None:
        return numpy.array(numbers, dtype=numpy.int64 if whole_numbers else numpy.float64)
    return list(numbers)


def _numbers(value: Any) -> list[float] | None:
    try:
        return [float(number) for number in value]
    except (TypeError, ValueError, OverflowError):
        return None


class _Space:
    """What the plain spaces have in common."""

    def __init__(self, count: int) -> None:
        self.shape = (count,)
        self._random = random.Random()

    def seed(self, seed: int | None = None) -> list[int | None]:
        """Start the draws anew."""
        self._random.seed(seed)
        return [seed]

    def __contains__(self, value: Any) -> bool:
        return self.contains(value)

    def contains(self, value: Any) -> bool:
        """Return whether a value belongs to the space."""
        raise NotImplementedError

    def __eq__(self, other: Any) -> bool:
        return type(self) is type(other) and repr(self) == repr(other)


class MultiDiscrete(_Space):
    """Rows of integers, number i in [0, nvec[i])."""

    def __init__(self, nvec: Sequence[int]) -> None:
        super().__init__(len(nvec))
        self.nvec = _shaped(nvec, True)
        self._most = [int(n) for n in nvec]

    def sample(self) -> Any:
        """Return a row, drawn uniformly."""
        return _shaped([self._random.randrange(n) for n in self._most], True)

    def contains(self, value: Any) -> bool:
        numbers = _numbers(value)
        return (numbers is not None and len(numbers) == len(self._most)
                and all(0 <= x < n and x == int(x) for x, n in zip(numbers, self._most)))

    def __repr__(self) -> str:
        return f"MultiDiscrete({self._most})"


class Box(_Space):
    """Rows of `count` reals in [low, high]."""

    def __init__(self, low: float, high: float, count: int) -> None:
        super().__init__(count)
        self.low, self.high = _shaped([low] * count, False), _shaped([high] * count, False)
        self._ends = (low, high)

    def sample(self) -> Any:
        """Return a row, drawn uniformly (normal, where an end is infinite)."""
        low, high = self._ends
        finite = math.isfinite(low) and math.isfinite(high)
        draw = self._random.uniform if finite else lambda *_: self._random.gauss(0, 1)
        return _shaped([draw(low, high) for _ in range(self.shape[0])], False)

    def contains(self, value: Any) -> bool:
        numbers = _numbers(value)
        return (numbers is not None and len(numbers) == self.shape[0]
                and all(self._ends[0] <= x <= self._ends[1] for x in numbers))

    def __repr__(self) -> str:
        return f"Box({self._ends[0]}, {self._ends[1]}, {self.shape})"


def multi_discrete(nvec: Sequence[int]) -> Any:
    """Return the space of rows of integers below `nvec`."""
    if gymnasium is not None:
        return gymnasium.spaces.MultiDiscrete(list(nvec))
    return MultiDiscrete(nvec)


def box(low: float, high: float, count: int) -> Any:
    """Return the space of rows of `count` reals in [low, high]."""
    if gymnasium is not None:
        return gymnasium.spaces.Box(low, high, (count,), dtype=numpy.float64)
    return Box(low, high, count)


def actions(value: Any, space: Any, what: str) -> list[float]:
    """Return an action as numbers, checked against its space."""
    numbers = _numbers(value)
    levels = hasattr(space, "nvec")
    fits = numbers is not None and not (levels and any(x % 1 for x in numbers))
    if numbers is None or not fits or not space.contains(_shaped(numbers, levels)):
        raise Error(f"{what}: an element of {space} expected, not {value!r:.100}")
    return numbers
