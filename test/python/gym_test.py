"""Designing as Gymnasium and PettingZoo know it."""

import unittest

import ogive
from ogive._spaces import gymnasium
from ogive.gym import DesignEnv
from ogive.pettingzoo import DesignTeamEnv


class GymTest(unittest.TestCase):
    def make(self, name="dram", options=None, **task):
        env = DesignEnv(name, options, **{"objective": "minimize read_latency_p99_ns", **task})
        self.addCleanup(env.close)
        return env

    def test_episode(self):
        env = self.make(horizon=5)
        observation, info = env.reset(seed=1)
        self.assertTrue(env.observation_space.contains(observation))
        self.assertEqual([float(number) for number in observation[:3]], [1.0] * 3)
        self.assertEqual(info["outcome"], "feasible")
        env.action_space.seed(2)
        for i in range(5):
            action = env.action_space.sample()
            self.assertTrue(env.action_space.contains(action))
            observation, reward, terminated, truncated, info = env.step(action)
            self.assertEqual((terminated, truncated), (False, i == 4))
            default = env.task.reference["read_latency_p99_ns"]
            if info["outcome"] == "feasible":
                gain = (default - info["metrics"]["read_latency_p99_ns"]) / default
                self.assertAlmostEqual(reward, gain)
        with self.assertRaisesRegex(ogive.Error, "reset"):
            env.step(action)
        env.reset()
        env.step(action)

    def test_the_default_design_gains_nothing(self):
        env = self.make()
        env.reset()
        space = env.task.environment.space
        design = space.design(space.initial)
        action = [levels.index(design[name]) for levels, name in zip(env.task.levels, space.names)]
        self.assertEqual(env.step(action)[1], 0.0)

    def test_repeats_with_its_seed(self):
        runs = []
        for _ in range(2):
            env = self.make("function", {"dimensions": 4}, objective="minimize regret")
            env.reset(seed=7)
            env.action_space.seed(7)
            runs.append([env.step(env.action_space.sample())[1] for _ in range(16)])
        self.assertEqual(runs[0], runs[1])

    def test_reals(self):
        env = self.make("function", {"dimensions": 3, "levels": 0}, objective="minimize regret")
        env.reset()
        self.assertEqual(env.task.encoding, "unit")
        self.assertEqual(tuple(env.action_space.shape), (3,))
        for corner in ([0, 0, 0], [1, 1, 1], [0.5, 0.25, 0.125]):
            info = env.step(corner)[4]
            self.assertEqual((info["outcome"], info["repaired"]), ("feasible", False))
        with self.assertRaises(ogive.Error):
            env.step([0, 0, 1.5])

    def test_units_reach_all_levels(self):
        env = self.make(encoding="unit")
        width = len(env.task.levels)
        self.assertEqual(env.task.row([0.0] * width), env.task.row([1e-9] * width))
        for i, levels in enumerate(env.task.levels):
            found = {env.task._value(i, k / 1000) for k in range(1001)}
            self.assertEqual(len(found), len(levels))

    def test_rewards_of_ones_own(self):
        env = self.make(objective=lambda metrics: 100 - metrics["power_mw"])
        env.reset()
        _, reward, _, _, info = env.step(env.action_space.sample())
        self.assertEqual(reward, 100 - info["metrics"]["power_mw"])
        with self.assertRaisesRegex(ogive.Error, "an element of"):
            env.step([0.5] * len(env.action_space.nvec))
        with self.assertRaisesRegex(ogive.Error, "METRIC one of"):
            self.make(objective="minimize speed")

    def test_infeasible_designs(self):
        env = self.make("function", {"function": "all_infeasible"}, objective="minimize regret",
                        penalty=-3)
        env.reset()
        observation, reward, _, _, info = env.step(env.action_space.sample())
        self.assertEqual((reward, info["outcome"]), (-3.0, "infeasible"))
        self.assertEqual([float(number) for number in observation], [0.0] * len(observation))

    @unittest.skipIf(gymnasium is not None, "gymnasium has its own")
    def test_plain_spaces(self):
        from ogive._spaces import Box, MultiDiscrete

        one, other = MultiDiscrete([2, 3]), MultiDiscrete([2, 3])
        self.assertEqual(one, other)
        one.seed(5), other.seed(5)
        self.assertEqual(list(one.sample()), list(other.sample()))
        for wrong in ([0], [2, 0], [0, 0.5], "ab", None, [0, -1]):
            self.assertNotIn(wrong, one)
        self.assertIn([1, 2], one)
        box = Box(0.0, 1.0, 2)
        self.assertIn(box.sample(), box)
        self.assertNotIn([0, 2], box)


class TeamTest(unittest.TestCase):
    def test_episode(self):
        env = DesignTeamEnv("dram", objective="minimize power_mw", horizon=4)
        self.addCleanup(env.close)
        self.assertEqual(env.agents, [])
        observations, infos = env.reset(seed=3)
        self.assertEqual(env.agents, env.possible_agents)
        self.assertEqual(set(env.agents), set(env.task.environment.space.groups))
        self.assertEqual(set(observations), set(env.agents))
        count = 0
        while env.agents:
            actions = {agent: env.action_space(agent).sample() for agent in env.agents}
            observations, rewards, terminations, truncations, infos = env.step(actions)
            self.assertEqual(len(set(rewards.values())), 1)
            self.assertFalse(any(terminations.values()))
            for agent, action in actions.items():
                self.assertTrue(env.observation_space(agent).contains(observations[agent]))
                for name, level in zip(env.task.environment.space.groups[agent], action):
                    values = env.task.environment.space.levels(name)
                    if not infos[agent]["repaired"]:
                        self.assertEqual(infos[agent]["design"][name], values[int(level)])
            count += 1
        self.assertEqual(count, 4)
        self.assertTrue(all(truncations.values()))
        with self.assertRaisesRegex(ogive.Error, "reset"):
            env.step({})

    def test_actions_of_all(self):
        env = DesignTeamEnv("dram", objective="minimize power_mw")
        self.addCleanup(env.close)
        env.reset()
        with self.assertRaisesRegex(ogive.Error, "one of each agent"):
            env.step({env.agents[0]: [0]})


if __name__ == "__main__":
    unittest.main()
