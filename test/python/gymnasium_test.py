"""With Gymnasium and PettingZoo there, their classes are used.

Stand-ins with the parts that are used take their place, as strict as the originals: spaces hold
arrays of their shape and type only.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy
except ImportError:
    numpy = None

GYMNASIUM = '''
import numpy
import types

class Env:
    np_random = None

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.np_random = numpy.random.default_rng(seed)

class Space:
    def seed(self, seed=None):
        self.random = numpy.random.default_rng(seed)
        return [seed]

class MultiDiscrete(Space):
    def __init__(self, nvec):
        self.nvec = numpy.array(nvec, dtype=numpy.int64)
        self.shape, self.dtype = self.nvec.shape, self.nvec.dtype
        self.seed()

    def sample(self):
        return (self.random.random(self.shape) * self.nvec).astype(self.dtype)

    def contains(self, x):
        return bool(isinstance(x, numpy.ndarray) and x.shape == self.shape
                    and x.dtype.kind == "i" and numpy.all(0 <= x) and numpy.all(x < self.nvec))

class Box(Space):
    def __init__(self, low, high, shape, dtype):
        self.low, self.high = numpy.full(shape, low, dtype), numpy.full(shape, high, dtype)
        self.shape, self.dtype = shape, dtype
        self.seed()

    def sample(self):
        return self.random.uniform(self.low, self.high).astype(self.dtype)

    def contains(self, x):
        return bool(isinstance(x, numpy.ndarray) and x.shape == self.shape
                    and numpy.can_cast(x.dtype, self.dtype)
                    and numpy.all(x >= self.low) and numpy.all(x <= self.high))

spaces = types.SimpleNamespace(MultiDiscrete=MultiDiscrete, Box=Box)
'''

PETTINGZOO = '''
class ParallelEnv:
    @property
    def num_agents(self):
        return len(self.agents)
'''

PROGRAM = '''
import gymnasium
import pettingzoo
import ogive.gym
import ogive.pettingzoo

env = ogive.gym.DesignEnv("function", {"dimensions": 3, "levels": 0}, objective="minimize regret")
assert isinstance(env, gymnasium.Env)
assert isinstance(env.action_space, gymnasium.spaces.Box)
observation, info = env.reset(seed=3)
assert env.np_random is not None
for _ in range(16):
    assert env.observation_space.contains(observation), observation
    observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
assert truncated is True and terminated is False and isinstance(reward, float)
team = ogive.pettingzoo.DesignTeamEnv("dram", objective="minimize power_mw")
assert isinstance(team, pettingzoo.ParallelEnv)
team.reset(seed=1)
assert team.num_agents == len(team.possible_agents)
while team.agents:
    chosen = {agent: team.action_space(agent).sample() for agent in team.agents}
    observations, rewards, terminations, truncations, infos = team.step(chosen)
assert all(team.observation_space(agent).contains(seen) for agent, seen in observations.items())
'''


@unittest.skipIf(numpy is None, "numpy is not installed")
class GymnasiumTest(unittest.TestCase):
    def run_with(self, command):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "gymnasium.py").write_text(GYMNASIUM)
            Path(folder, "pettingzoo.py").write_text(PETTINGZOO)
            path = os.pathsep.join([folder, os.environ["PYTHONPATH"]])
            done = subprocess.run([sys.executable, "-W", "error", *command], check=False,
                                  env={**os.environ, "PYTHONPATH": path}, capture_output=True,
                                  text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_classes(self):
        self.run_with(["-c", PROGRAM])

    def test_all_of_the_other_test(self):
        self.run_with([str(Path(__file__).with_name("gym_test.py"))])


if __name__ == "__main__":
    unittest.main()
