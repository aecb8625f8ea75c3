"""Environments as Gymnasium knows them: ``reset(seed=)`` and ``step(action)``.

Gymnasium is not needed; when it is there, `DesignEnv` is one of its ``Env`` and has its spaces.
"""

from __future__ import annotations

import random
from typing import Any, Mapping

from ._library import Error
from ._spaces import actions, gymnasium
from ._task import DesignTask

_Base: Any = object if gymnasium is None else gymnasium.Env


class DesignEnv(_Base):
    """Designing as a reinforcement learning environment.

    An action is a whole design. The observation is what the design before cost: each metric divided
    by the default design's. The reward is what is gained over the default design, as a share: 0.1 is
    10 % better.

    Parameters
    ----------
    environment : str or Environment
        What is designed, such as ``"dram"``.
    options : mapping, optional
        Its options.
    objective : str, list of str or callable
        ``"minimize METRIC"``, ``"maximize METRIC"``, several of them, or a function of the metrics.
    horizon, penalty, repair, encoding
        Designs of an episode (16), reward of a design that is not feasible (-1), whether actions
        that break constraints of the space are made feasible (True), ``levels`` or ``unit``.

    Attributes
    ----------
    action_space, observation_space
        With ``sample``, ``contains``, ``shape``, and ``nvec`` where actions are levels.

    Examples
    --------
    >>> env = DesignEnv("dram", objective="minimize read_latency_p99_ns")
    >>> observation, info = env.reset(seed=1)
    >>> observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
    """

    metadata: dict[str, Any] = {"render_modes": []}
    render_mode = None

    def __init__(self, environment: Any, options: Mapping[str, Any] | None = None,
                 **task: Any) -> None:
        self.task = DesignTask(environment, options, **task)
        self.action_space = self.task.action_space(range(len(self.task.environment.space)))
        self.observation_space = self.task.observation_space()
        self._chance = random.Random(0)
        self._left = 0

    def reset(self, *, seed: int | None = None,
              options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode at the default design.

        Parameters
        ----------
        seed : int, optional
            Start of the chance in repairing actions.
        options
            Not used.

        Returns
        -------
        observation, info
        """
        if gymnasium is not None:
            super().reset(seed=seed)
        if seed is not None:
            self._chance.seed(seed)
        self._left = self.task.horizon
        return self.task.begin()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Evaluate a design.

        Returns
        -------
        observation, reward, terminated, truncated, info
            `info` has ``design``, ``metrics``, ``outcome``, ``reason`` and ``repaired``.
        """
        numbers = actions(action, self.action_space, "action")
        if self._left <= 0:
            raise Error("the episode is over: reset() begins another one")
        self._left -= 1
        observation, reward, info = self.task.play(numbers, self._chance.getrandbits(63))
        return observation, reward, False, self._left == 0, info

    def render(self) -> None:
        """Nothing is drawn."""

    def close(self) -> None:
        """Give back the environment."""
        self.task.environment.close()
