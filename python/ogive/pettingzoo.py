"""The groups of a design as a team, as PettingZoo's parallel environments have it.

PettingZoo is not needed; when it is there, `DesignTeamEnv` is one of its ``ParallelEnv``.
"""

from __future__ import annotations

import random
from typing import Any, Mapping

from ._library import Error
from ._spaces import actions
from ._task import DesignTask

try:
    from pettingzoo import ParallelEnv as _Base
except ImportError:
    _Base = object


class DesignTeamEnv(_Base):
    """Designing as a team: each group of parameters is an agent, and all share the reward.

    Parameters
    ----------
    environment, options, objective, horizon, penalty, repair, encoding
        As of `ogive.gym.DesignEnv`.

    Attributes
    ----------
    possible_agents : list of str
        The groups; a parameter without group is one of its own.
    agents : list of str
        Those who still act: none before `reset` and at the end of an episode.

    Examples
    --------
    >>> env = DesignTeamEnv("dram", objective="minimize read_latency_p99_ns")
    >>> observations, infos = env.reset(seed=1)
    >>> while env.agents:
    ...     chosen = {agent: env.action_space(agent).sample() for agent in env.agents}
    ...     observations, rewards, terminations, truncations, infos = env.step(chosen)
    """

    metadata: dict[str, Any] = {"name": "ogive_design_team_v1", "render_modes": []}
    render_mode = None

    def __init__(self, environment: Any, options: Mapping[str, Any] | None = None,
                 **task: Any) -> None:
        self.task = DesignTask(environment, options, **task)
        space = self.task.environment.space
        self.possible_agents = list(space.groups)
        self.agents: list[str] = []
        self._columns = {agent: [space.names.index(name) for name in names]
                         for agent, names in space.groups.items()}
        self.action_spaces = {agent: self.task.action_space(columns)
                              for agent, columns in self._columns.items()}
        self.observation_spaces = {agent: self.task.observation_space()
                                   for agent in self.possible_agents}
        self._chance = random.Random(0)
        self._left = 0

    def action_space(self, agent: str) -> Any:
        """Return the actions of an agent: one number for each of its parameters."""
        return self.action_spaces[agent]

    def observation_space(self, agent: str) -> Any:
        """Return the observations of an agent: all see the same."""
        return self.observation_spaces[agent]

    def _each(self, value: Any) -> dict[str, Any]:
        return {agent: value for agent in self.possible_agents}

    def reset(self, seed: int | None = None,
              options: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin an episode at the default design: observations and infos of all agents."""
        if seed is not None:
            self._chance.seed(seed)
        self._left = self.task.horizon
        self.agents = list(self.possible_agents)
        observation, info = self.task.begin()
        return self._each(observation), {agent: dict(info) for agent in self.agents}

    def step(self, chosen: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
        """Evaluate the design that all agents make together.

        Parameters
        ----------
        chosen : dict
            An action of each agent.

        Returns
        -------
        observations, rewards, terminations, truncations, infos : dicts by agent
        """
        if not self.agents:
            raise Error("the episode is over: reset() begins another one")
        if not isinstance(chosen, Mapping) or set(chosen) != set(self.agents):
            raise Error(f"actions: one of each agent expected: {', '.join(self.agents)}")
        whole = [0.0] * len(self.task.environment.space)
        for agent, columns in self._columns.items():
            numbers = actions(chosen[agent], self.action_spaces[agent], agent)
            for column, number in zip(columns, numbers):
                whole[column] = number
        self._left -= 1
        observation, reward, info = self.task.play(whole, self._chance.getrandbits(63))
        over = self._left == 0
        infos = {agent: dict(info) for agent in self.agents}
        if over:
            self.agents = []
        return (self._each(observation), self._each(reward), self._each(False), self._each(over),
                infos)

    def state(self) -> Any:
        """Return what all agents see at the beginning."""
        return self.task.begin()[0]

    def render(self) -> None:
        """Nothing is drawn."""

    def close(self) -> None:
        """Give back the environment."""
        self.task.environment.close()
