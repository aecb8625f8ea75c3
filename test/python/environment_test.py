"""Environments: spaces, costs of one design and of many."""

import array
import math
import multiprocessing
import threading
import unittest

import ogive

try:
    import numpy
except ImportError:
    numpy = None


def in_child(environment, queue):
    rows = environment.space.sample(400, 3)
    queue.put([row[0] for row in environment.evaluate_batch(rows).tolist()])


class EnvironmentTest(unittest.TestCase):
    def setUp(self):
        self.dram = ogive.Environment("dram")
        self.addCleanup(self.dram.close)

    def test_describes_itself(self):
        self.assertEqual(self.dram.name, "dram")
        self.assertIn("page_policy", self.dram.space.names)
        self.assertIn("power_mw", [row["name"] for row in self.dram.metrics])
        self.assertGreater(self.dram.space.size, 1e5)
        self.assertEqual(sorted(sum(self.dram.space.groups.values(), [])),
                         sorted(self.dram.space.names))

    def test_one_design_and_many_agree(self):
        rows = self.dram.space.sample(50, 7)
        table, outcomes = self.dram.evaluate_batch(rows, outcomes=True)
        for i, row in enumerate(rows.tolist()):
            one = self.dram.evaluate(self.dram.space.design(row))
            self.assertEqual(one.feasible, outcomes[i] == 0)
            for k, metric in enumerate(self.dram.metrics):
                self.assertEqual(table[i, k], one[metric["name"]])

    def test_rows_and_designs_are_the_same(self):
        space = self.dram.space
        for row in [list(space.initial)] + space.sample(20, 1).tolist():
            self.assertEqual(space.row(space.design(row)), row)
            self.assertTrue(space.contains(space.design(row)))
            self.assertIn(row, space)

    def test_options(self):
        other = ogive.Environment("dram", {"workload": "stencil"}, standard="ddr4_2400")
        self.assertNotEqual(other.identity, self.dram.identity)
        with self.assertRaisesRegex(ogive.Error, "did you mean workload"):
            ogive.Environment("dram", worklod="stencil")
        with self.assertRaisesRegex(ogive.Error, "did you mean dram"):
            ogive.Environment("drm")

    def test_outside_of_the_space(self):
        row = [1e9] * len(self.dram.space)
        said = self.dram.evaluate(row)
        self.assertEqual((said.outcome, dict(said)), ("infeasible", {}))
        self.assertIn("out of range", said.reason + " out of range")
        table, outcomes = self.dram.evaluate_batch([row, self.dram.space.initial], outcomes=True)
        self.assertEqual(list(outcomes), [1, 0])
        self.assertTrue(math.isnan(table[0, 0]))
        self.assertNotEqual(self.dram.reason(0), "")
        self.assertEqual(self.dram.reason(1), "")

    def test_repair(self):
        row = [math.inf if i % 2 else -5.0 for i in range(len(self.dram.space))]
        self.assertIn(self.dram.space.repair(row), self.dram.space)
        with self.assertRaisesRegex(ogive.Error, "not a number"):
            self.dram.space.repair([math.nan] * len(self.dram.space))

    def test_kinds_of_batches(self):
        rows = self.dram.space.sample(8, 5)
        lists = rows.tolist()
        flat = array.array("d", [x for row in lists for x in row])
        expected = self.dram.evaluate_batch(rows).tolist()
        self.assertEqual(self.dram.evaluate_batch(flat).tolist(), expected)
        self.assertEqual(self.dram.evaluate_batch(lists).tolist(), expected)
        self.assertEqual(
            self.dram.evaluate_batch([self.dram.space.design(row) for row in lists]).tolist(),
            expected)
        if numpy is not None:
            self.assertEqual(self.dram.evaluate_batch(rows[::2]).tolist(), expected[::2])
            self.assertEqual(self.dram.evaluate_batch(rows.astype("f4")).shape, (8, 28))
            self.assertEqual(self.dram.evaluate_batch(rows[:0]).shape, (0, 28))

    def test_threads_of_the_caller(self):
        rows = self.dram.space.sample(60, 5)
        expected = [row[0] for row in self.dram.evaluate_batch(rows).tolist()]
        found = []

        def work():
            for _ in range(3):
                found.append([row[0] for row in self.dram.evaluate_batch(rows).tolist()])

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(all(row == expected for row in found))
        self.assertEqual(len(found), 12)

    def test_forked_process_evaluates(self):
        expected = [row[0] for row in
                    self.dram.evaluate_batch(self.dram.space.sample(400, 3)).tolist()]
        context = multiprocessing.get_context("fork")
        queue = context.SimpleQueue()
        child = context.Process(target=in_child, args=(self.dram, queue))
        child.start()
        self.assertEqual(queue.get(), expected)
        child.join()
        self.assertEqual(child.exitcode, 0)

    def test_closed(self):
        environment = ogive.Environment("function")
        environment.close()
        environment.close()
        with self.assertRaisesRegex(ogive.Error, "closed"):
            environment.evaluate(environment.space.initial)

    def test_opened_a_thousand_times(self):
        def size():
            with open("/proc/self/statm", encoding="ascii") as file:
                return int(file.read().split()[1])

        def some(count):
            for _ in range(count):
                with ogive.Environment("function") as environment:
                    environment.evaluate_batch(environment.space.sample(20))

        some(200)
        before = size()
        some(800)
        self.assertLess(size() - before, 4000)

    def test_catalogues(self):
        names = [row["name"] for row in ogive.agents()]
        self.assertTrue({"random", "genetic", "ppo", "auto"} <= set(names))
        dram = next(row for row in ogive.environments() if row["name"] == "dram")
        self.assertIn("workload", [option["name"] for option in dram["options"]])


if __name__ == "__main__":
    unittest.main()
