"""Wrong types and values of every call: an `Error` with a message, never a crash."""

import array
import math
import random
import unittest

import ogive
from ogive.gym import DesignEnv
from ogive.pettingzoo import DesignTeamEnv

try:
    import numpy
except ImportError:
    numpy = None


class Odd:
    """Nothing that anybody expects."""

    def __len__(self):
        return -1 if False else 3

    def __getitem__(self, index):
        raise ValueError("odd")

    def __float__(self):
        raise OverflowError("odd")


VALUES = [None, True, 0, -1, 1 << 70, -(1 << 70), 1.5, math.nan, math.inf, "", "x", "ä\ud800", "a\0b",
          "n" * 5000, b"bytes", (), [], [1], [None], [[1, 2], [3]], {}, {"x": 1}, {1: 2}, {"x": None},
          object(), Odd(), lambda *_: None, range(3), array.array("d", [1, 2]),
          array.array("i", [1]), memoryview(b"abc"), {1, 2}, ogive.Real, ogive.Real(0, 1), 1j,
          {"a": ogive.Integer(1, 3)}, ["minimize value"], "minimize value"]
if numpy is not None:
    VALUES += [numpy.zeros(3), numpy.zeros((2, 2)), numpy.zeros((0, 0)), numpy.array(["a"]),
               numpy.array([None]), numpy.float32(1), numpy.int64(3), numpy.zeros((2, 2), complex)]


class ErrorTest(unittest.TestCase):
    def attempt(self, call):
        """Whatever happens is an exception with a text, or works."""
        try:
            return call()
        except (ogive.Error, TypeError) as error:
            self.assertNotEqual(str(error), "")
        except ValueError as error:
            self.assertEqual(str(error), "odd")
        return None

    def test_parameters(self):
        for kind in (ogive.Real, ogive.Integer):
            for low in VALUES:
                self.attempt(lambda: kind(low, 3))
                self.attempt(lambda: kind(0, low))
        for value in VALUES:
            self.attempt(lambda: ogive.Choice(value))
            self.attempt(lambda: ogive.Ordinal(value))
            self.attempt(lambda: ogive.Integer(1, 9, step=value))
            for key in ("unit", "doc", "group", "active", "default"):
                self.attempt(lambda: ogive.Integer(1, 9, **{key: value}))

    def test_spaces_of_studies(self):
        for wrong, message in (
                ({}, "1 .. 1024 parameters"), ({"X": ogive.Real(0, 1)}, "X"),
                ({"x": ogive.Real(1, 0)}, "x"), ({"x": ogive.Choice([])}, "1 .. 4096"),
                ({"x": ogive.Real(0, 1, active="y > 1")}, "y"), ({"x": 3}, "Real, Integer"),
                ({"x": ogive.Integer(0, 8, default=99)}, "99"), ([], "a dict"),
                ({"x": ogive.Real(0, 1, log=True)}, "x")):
            with self.assertRaisesRegex(ogive.Error, message):
                ogive.Study(space=wrong).ask()

    def test_studies(self):
        good = {"space": {"x": ogive.Real(0, 1)}}
        for key in ("plan", "space", "metrics", "objectives", "direction", "directions",
                    "constraints", "environment", "environment_options", "identity", "name",
                    "enqueue", "agent", "agent_options", "seed", "batch", "evaluations", "seconds",
                    "jobs", "fresh"):
            for value in VALUES:
                def open_it():
                    study = ogive.Study(**{**good, key: value})
                    try:
                        study.ask()
                    finally:
                        study.close()

                self.attempt(open_it)

    def test_asking_and_telling(self):
        study = ogive.Study(space={"x": ogive.Real(0, 1)}, metrics=["a", "b"])
        self.addCleanup(study.close)
        for value in VALUES:
            trial = study.ask()
            self.attempt(lambda: study.tell(value, [1, 2]))
            self.attempt(lambda: study.tell(trial, value))
            self.attempt(lambda: study.tell(trial, [1, value]))
            self.attempt(lambda: study.tell(trial, {"a": value, "b": 2}))
            self.attempt(lambda: study.tell(trial, outcome=value))
            self.attempt(lambda: study.tell(trial, outcome="failed", reason=value))
            self.attempt(lambda: study.ask_batch(value))
            self.attempt(lambda: study.optimize(value, n_trials=1))
            self.attempt(lambda: study.optimize(lambda t: value, n_trials=1))
            self.attempt(lambda: study.optimize(lambda t: (1, 2), n_trials=value, timeout=0.01))
            self.attempt(lambda: study.optimize(lambda t: (1, 2), n_trials=1, timeout=value))
            self.attempt(lambda: study.optimize(lambda t: (1, 2), n_trials=1, n_jobs=value))
            self.attempt(lambda: study.optimize(lambda t: (1, 2), n_trials=1, catch=value))
            for number in list(study._out):
                study.tell(number, [1, 2])

    def test_environments(self):
        for value in VALUES:
            self.attempt(lambda: ogive.Environment(value))
            self.attempt(lambda: ogive.Environment("function", value))
            self.attempt(lambda: ogive.Environment("function", dimensions=value))
            self.attempt(lambda: ogive.Environment("function", jobs=value))
        environment = ogive.Environment("function")
        self.addCleanup(environment.close)
        space = environment.space
        for value in VALUES:
            for call in (environment.evaluate, environment.evaluate_batch, environment.reason,
                         space.check, space.contains, space.active, space.repair, space.row,
                         space.rows, space.design, space.sample, space.levels):
                if call is space.sample and isinstance(value, int) and value > 1 << 20:
                    continue
                self.attempt(lambda: call(value))
            self.attempt(lambda: space.sample(1, value))
            self.attempt(lambda: environment.evaluate_batch([value, space.initial]))
            self.attempt(lambda: environment.evaluate([value] * len(space)))

    def test_random_rows(self):
        chance = random.Random(1)
        numbers = [0, -0.0, 1, 2, 3.5, -1, 1e308, -1e308, math.nan, math.inf, -math.inf, 5e-324]
        for name in ("dram", "function"):
            environment = ogive.Environment(name)
            self.addCleanup(environment.close)
            for _ in range(300):
                row = [chance.choice(numbers) for _ in environment.space.names]
                said = environment.evaluate(row)
                self.assertEqual(said.feasible, environment.space.contains(row))
                self.attempt(lambda: environment.space.repair(row))
                self.attempt(lambda: environment.space.design(row))

    def test_tasks(self):
        for kind in (DesignEnv, DesignTeamEnv):
            for value in VALUES:
                self.attempt(lambda: kind(value, objective="minimize regret"))
                self.attempt(lambda: kind("function", objective=value))
                for key in ("horizon", "penalty", "encoding"):
                    self.attempt(
                        lambda: kind("function", objective="minimize regret", **{key: value}))
            env = kind("function", objective="minimize regret")
            self.addCleanup(env.close)
            for value in VALUES:
                self.attempt(lambda: env.step(value))
                env.reset()
                self.attempt(lambda: env.step(value))
                self.attempt(lambda: env.step({agent: value for agent in getattr(env, "agents", ())}))

    def test_digest(self):
        for value in VALUES:
            self.attempt(lambda: ogive.digest(value, "s"))
            self.attempt(lambda: ogive.digest("/dev/null", value))


if __name__ == "__main__":
    unittest.main()
