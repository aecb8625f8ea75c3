"""Studies: the record of the program, ask and tell in any order, functions and their troubles."""

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import ogive

PROGRAM = os.environ.get("OGIVE_PROGRAM")
SPACE = {
    "x": ogive.Real(-10, 10),
    "n": ogive.Integer(1, 9),
    "page": ogive.Choice(["Open", "Closed"]),
    "depth": ogive.Integer(1, 64, powers=True, active="page == Open"),
}


def cost(trial):
    return (trial["x"] - 2) ** 2 + trial["n"] + (trial["page"] == "Open") * trial["depth"]


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = os.path.join(folder.name, "study.db")
        self.folder = folder.name

    def study(self, **more):
        study = ogive.Study(**{"space": SPACE, "agent": "genetic", "seed": 3, **more})
        self.addCleanup(study.close)
        return study


class OptimizeTest(Folder):
    def test_finds_the_best(self):
        study = self.study(agent="auto")
        study.optimize(cost, n_trials=120)
        self.assertEqual(len(study.trials), 120)
        self.assertLess(study.best_value, 2)
        self.assertEqual(study.best_params["page"], "Closed")
        self.assertEqual(study.best_value, cost(study.best_trial.params))
        self.assertEqual(study.stop_reason, "running")

    def test_counts_on(self):
        study = self.study()
        study.optimize(cost, n_trials=7)
        study.optimize(cost, n_trials=0)
        study.optimize(cost, n_trials=5)
        self.assertEqual([trial.number for trial in study.trials], list(range(12)))

    def test_budget(self):
        study = self.study(evaluations=15)
        study.optimize(cost)
        self.assertEqual((len(study.trials), study.stop_reason), (15, "budget"))
        study.optimize(cost, n_trials=3)
        self.assertEqual(len(study.trials), 15)
        with self.assertRaisesRegex(ogive.Finished, "budget"):
            study.ask()

    def test_all_designs_seen(self):
        study = ogive.Study(space={"n": ogive.Integer(1, 5)}, agent="random")
        study.optimize(lambda trial: trial["n"])
        self.assertEqual(sorted(trial.params["n"] for trial in study.trials), [1, 2, 3, 4, 5])
        self.assertEqual(study.stop_reason, "exhausted")

    def test_timeout(self):
        study = self.study()
        study.optimize(lambda trial: time.sleep(0.01) or cost(trial), timeout=0.1)
        self.assertTrue(study.trials)

    def test_maximize_and_fronts(self):
        study = self.study(directions=["maximize", "minimize"], seed=5)
        study.optimize(lambda trial: (trial["x"], trial["n"] * trial["x"] ** 2), n_trials=150)
        front = study.best_trials
        self.assertEqual(study.directions, ["maximize", "minimize"])
        for one in front:
            for other in study.trials:
                better = other.values[0] >= one.values[0] and other.values[1] <= one.values[1]
                self.assertFalse(better and other.values != one.values)

    def test_metrics_constraints_and_derived(self):
        study = ogive.Study(
            space=SPACE, agent="genetic",
            metrics={"time": "ns", "power": "mW", "edp": {"expression": "time * power"}},
            objectives="minimize edp", constraints=["power <= 50", "x + n <= 12"])
        study.optimize(lambda trial: {"power": 10 * trial["n"], "time": 100 - trial["x"]},
                       n_trials=80)
        best = study.best_trial
        self.assertLessEqual(best.metrics["power"], 50)
        self.assertEqual(best.metrics["edp"], best.metrics["power"] * best.metrics["time"])
        self.assertTrue(all(t.params["x"] + t.params["n"] <= 12 for t in study.trials))
        self.assertTrue(any(trial.violation > 0 for trial in study.trials))

    def test_exceptions(self):
        def breaks(trial):
            if trial["n"] > 5:
                raise ZeroDivisionError("too \0 big \ud800")
            if trial["n"] > 3:
                raise ogive.Infeasible("does not fit")
            return math.nan if trial["n"] == 3 else 1.0

        study = self.study()
        study.optimize(breaks, n_trials=40, catch=ZeroDivisionError)
        outcomes = {trial.params["n"]: (trial.outcome, trial.reason) for trial in study.trials}
        self.assertEqual(outcomes[6], ("failed", "ZeroDivisionError: too ? big ?"))
        self.assertEqual(outcomes[4], ("infeasible", "does not fit"))
        self.assertEqual(outcomes[3][0], "failed")
        self.assertIsNone(next(t for t in study.trials if t.params["n"] == 4).value)

    def test_uncaught_exceptions_are_no_trials(self):
        study = self.study()
        calls = []

        def breaks_once(trial):
            calls.append(trial.number)
            if len(calls) == 4:
                raise KeyError("no")
            return cost(trial)

        with self.assertRaises(KeyError):
            study.optimize(breaks_once, n_trials=10)
        self.assertEqual(len(study.trials), 3)
        study.optimize(breaks_once, n_trials=7)
        self.assertEqual(len(study.trials), 10)
        self.assertEqual(calls[3], calls[4])

    def test_interruption(self):
        study = self.study(store=self.store)

        def interrupted(trial):
            if trial.number == 20:
                raise KeyboardInterrupt
            return cost(trial)

        with self.assertRaises(KeyboardInterrupt):
            study.optimize(interrupted, n_trials=50)
        study.close()
        again = self.study(store=self.store)
        self.assertEqual(len(again.trials), 20)

    def test_threads_make_the_same_record(self):
        digests = set()
        for jobs in (1, 2, 7):
            store = self.store + str(jobs)
            with self.study(store=store, name="s") as study:
                study.optimize(cost, n_trials=90, n_jobs=jobs)
            digests.add(ogive.digest(store, "s"))
        self.assertEqual(len(digests), 1)

    def test_exception_in_a_thread(self):
        with self.assertRaises(ZeroDivisionError):
            self.study().optimize(lambda trial: 1 / 0, n_trials=90, n_jobs=3)

    def test_callbacks(self):
        seen = []
        study = self.study()
        study.optimize(cost, n_trials=10, callbacks=[lambda s, t: seen.append((t.number, t.value))])
        self.assertEqual(seen, [(t.number, t.value) for t in study.trials if t.repeat_of is None])

    def test_choices_of_any_kind(self):
        study = ogive.Study(space={"c": ogive.Choice([None, 3, 2.5, "a", (1, 2)], default=3),
                                   "o": ogive.Ordinal([1, 2, 8]), "b": ogive.Boolean()})
        study.optimize(lambda trial: [None, 3, 2.5, "a", (1, 2)].index(trial["c"]) + trial["o"],
                       n_trials=30)
        self.assertEqual(study.best_params["c"], None)
        self.assertEqual(study.best_params["o"], 1)
        with self.assertRaisesRegex(ogive.Error, "a list of values"):
            ogive.Choice("abc")

    def test_function_that_optimises_its_own_study(self):
        study = self.study()

        def again(trial):
            study.optimize(cost, n_trials=1)

        for jobs in (1, 2):
            with self.assertRaisesRegex(ogive.Error, "cannot call it for the same study"):
                study.optimize(again, n_trials=2, n_jobs=jobs)
        study.optimize(cost, n_trials=2)
        self.assertEqual(len(study.trials), 2)

    def test_closed_before_its_first_design(self):
        study = self.study()
        study.close()
        with self.assertRaisesRegex(ogive.Error, "closed"):
            study.ask()


class RecordTest(Folder):
    PLAN = {
        "name": "same",
        "environment": {"name": "function", "options": {"function": "ackley"}},
        "objectives": [{"minimize": "regret"}],
        "agent": {"name": "genetic", "options": {"population": 10}},
        "budget": 130,
        "seed": 4,
    }

    def digest(self, run):
        store = os.path.join(self.folder, f"{run}.db")
        if run == "program":
            plan = os.path.join(self.folder, "plan.json")
            Path(plan).write_text(json.dumps(self.PLAN))
            subprocess.run([PROGRAM, "run", plan, "--store", store], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return ogive.digest(store, "same")
        with ogive.Study(self.PLAN, store=store) as study:
            if run == "simulated":
                study.optimize()
            else:
                environment = ogive.Environment("function", function="ackley")
                names = [row["name"] for row in environment.metrics]
                while True:
                    try:
                        trials = study.ask_batch(1 if run == "told" else 4)
                    except ogive.Finished:
                        break
                    rows = [trial.row for trial in trials]
                    table, codes = environment.evaluate_batch(rows, outcomes=True)
                    if run == "batches":
                        study.tell_batch(trials, table, codes)
                        continue
                    for trial, row in zip(reversed(trials), reversed(table.tolist())):
                        study.tell(trial, dict(zip(names, row)))
        return ogive.digest(store, "same")

    @unittest.skipUnless(PROGRAM, "OGIVE_PROGRAM says no program")
    def test_the_same_as_of_the_program(self):
        program = self.digest("program")
        self.assertEqual({run: self.digest(run) for run in ("simulated", "told", "batches")},
                         {"simulated": program, "told": program, "batches": program})

    def test_study_file(self):
        path = os.path.join(self.folder, "plan.yaml")
        Path(path).write_text("environment: {name: function}\nobjectives: [{minimize: regret}]\n"
                              "agent: random\nbudget: 20\n")
        with ogive.Study(path, name="other", seed=9, agent="genetic",
                         agent_options={"population": 4}) as study:
            study.optimize()
            self.assertEqual((study.name, len(study.trials)), ("other", 20))
            self.assertIn("population: 4", study.plan)

    def test_resumed(self):
        for part in range(4):
            with self.study(store=self.store, name="parts") as study:
                study.optimize(cost, n_trials=20)
                self.assertEqual(len(study.trials), 20 * part + 20)
        with self.study(store=self.store, name="whole") as study:
            study.optimize(cost, n_trials=80)
        self.assertEqual(ogive.digest(self.store, "parts"), ogive.digest(self.store, "whole"))
        with self.study(store=self.store, name="whole", seed=4) as other:
            with self.assertRaisesRegex(ogive.Error, "seed"):
                other.ask()
        with self.study(store=self.store, name="whole", fresh=True) as other:
            with self.assertRaisesRegex(ogive.Error, "has a study 'whole' already"):
                other.ask()

    def test_what_was_told_is_stored_soon(self):
        study = self.study(store=self.store, name="s")
        for _ in range(3):
            study.tell(study.ask(), 1)
        study.ask()
        for _ in range(100):
            time.sleep(0.1)
            found = subprocess.run(
                [sys.executable, "-c", "import sqlite3, sys; print(sqlite3.connect(sys.argv[1])."
                 "execute('select count(*) from trial').fetchone()[0])", self.store],
                capture_output=True, text=True, check=True).stdout.strip()
            if found == "3":
                break
        self.assertEqual(found, "3")


class AskTest(Folder):
    def test_out_of_order(self):
        study = self.study(agent_options={"population": 6})
        trials = study.ask_batch(6)
        self.assertGreater(len(trials), 2)
        with self.assertRaisesRegex(ogive.Error, "tell trial 0 first"):
            study.ask()
        for trial in reversed(trials[1:]):
            study.tell(trial, cost(trial))
        self.assertEqual(study.trials, [])
        study.tell(trials[0], cost(trials[0]))
        self.assertGreaterEqual(len(study.trials), len(trials))
        self.assertGreaterEqual(study.ask().number, len(trials))

    def test_wrong_tells(self):
        study = self.study()
        trial = study.ask()
        for wrong, message in ((lambda: study.tell(99, 1.0), "not asked for"),
                               (lambda: study.tell(trial, [1, 2]), "1 expected"),
                               (lambda: study.tell(trial, "a"), "number expected"),
                               (lambda: study.tell(trial, None), "number expected"),
                               (lambda: study.tell(trial, {"cost": 1}), "value expected"),
                               (lambda: study.tell(trial, outcome="lost"), "allowed: feasible"),
                               (lambda: study.tell(-1, 1.0), "integer"),
                               (lambda: study.tell(True, 1.0), "integer")):
            with self.assertRaisesRegex(ogive.Error, message):
                wrong()
        study.tell(trial.number, 1)
        with self.assertRaisesRegex(ogive.Error, "trial 0"):
            study.tell(trial, 1)

    def test_waiting_for_another_thread(self):
        study = self.study(agent_options={"population": 4})
        trials = study.ask_batch(64)
        timer = threading.Timer(0.2, lambda: [study.tell(t, cost(t)) for t in trials])
        timer.start()
        self.assertGreaterEqual(study.ask(wait=True).number, len(trials))
        timer.join()

    def test_columns(self):
        study = self.study()
        study.optimize(cost, n_trials=9)
        columns = study.trials_table()
        self.assertEqual(columns["number"], list(range(9)))
        self.assertEqual(columns["value"], [trial.value for trial in study.trials])
        self.assertTrue({"x", "n", "page", "outcome", "seconds"} <= set(columns))
        self.assertEqual(len(study.trials_dataframe()["x"]), 9)

    def test_reports(self):
        study = self.study(agent="random")
        study.optimize(cost, n_trials=60)
        rows = study.report("csv").splitlines()
        self.assertEqual(len(rows), 61)
        self.assertTrue(rows[0].startswith("number,x,n,page,depth,value"))
        self.assertEqual(json.loads(study.report("json"))["trials"][0]["number"], 0)
        self.assertIn("</html>", study.report())
        for kind in ("progress", "importance", "timeline"):
            self.assertIn("</svg>", study.report(kind))
        self.assertIn("</svg>", study.report("effect", parameter="x"))
        with self.assertRaisesRegex(ogive.Error, "did you mean"):
            study.report("progres")
        with self.assertRaisesRegex(ogive.Error, "no setting 'z'"):
            study.report("progress", z="x")
        path = os.path.join(self.folder, "trials.csv")
        study.save(path)
        self.assertEqual(Path(path).read_text(), study.report("csv"))

    def test_space(self):
        study = self.study()
        study.optimize(cost, n_trials=5)
        self.assertEqual(study.space.names, list(SPACE))
        self.assertEqual(study.space.size, math.inf)
        for row in study.space.sample(20, seed=1).tolist():
            self.assertIn(study.space.design(row), study.space)
        closed = {"x": 0, "n": 1, "page": "Closed"}
        self.assertEqual(study.space.active(closed)["depth"], False)

    def test_space_of_an_environment(self):
        with ogive.Study(environment="dram", objectives="minimize power_mw", agent="random",
                         space={"page_policy": ["Open", "Closed"]}) as study:
            space = study.space
            self.assertLess(space.size, ogive.Environment("dram").space.size)
            policies = {space.design(row)["page_policy"] for row in space.sample(50).tolist()}
            self.assertEqual(policies, {"Open", "Closed"})

    def test_a_design_that_is_lost_comes_again(self):
        study = self.study()
        study._ask(1, 0, lambda: False, True)  # as optimize() does, and is interrupted
        study.optimize(cost, n_trials=10)
        self.assertEqual(len(study.trials), 10)

    def test_stop(self):
        study = self.study(store=self.store)
        study.tell(study.ask(), 1)
        study.stop()
        self.assertEqual((len(study.trials), study.stop_reason), (1, "interrupted"))
        with self.assertRaises(ogive.Finished):
            study.ask()


class Counter:
    """An agent that counts up."""

    def __init__(self):
        self.next = 0
        self.told = []

    def start(self, space, study):
        self.space = space

    def ask(self, count):
        designs = [{"n": 1 + (self.next + i) % 9, "x": 0.5, "page": "Open"} for i in range(count)]
        self.next += count
        return designs

    def tell(self, trials):
        self.told += trials
        self.next = max(self.next, len(self.told))


class AgentTest(Folder):
    def test_proposes(self):
        agent = Counter()
        with self.study(agent=agent, store=self.store, batch=3, name="c") as study:
            study.optimize(cost, n_trials=6)
            self.assertEqual([t.params["n"] for t in study.trials], [1, 2, 3, 4, 5, 6])
        self.assertEqual([t.params["n"] for t in agent.told[:3]], [1, 2, 3])
        self.assertEqual(agent.told[0].metrics["value"], agent.told[0].loss)
        again = Counter()
        with self.study(agent=again, store=self.store, batch=3, name="c") as study:
            study.optimize(cost, n_trials=2)
            self.assertEqual([t.params["n"] for t in study.trials][6:], [7, 8])

    def test_with_a_simulator(self):
        class Random:
            def start(self, space, study):
                self.space = space
                self.designs = ogive.Environment("dram").space.sample(100).tolist()

            def ask(self, count):
                taken, self.designs = self.designs[:count], self.designs[count:]
                return taken

        with ogive.Study(environment="dram", objectives="minimize power_mw", agent=Random(),
                         batch=10) as study:
            study.optimize(n_trials=40)
            self.assertEqual(len(study.trials), 40)
            study.optimize()
            self.assertEqual((len(study.trials), study.stop_reason), (100, "exhausted"))

    def test_its_exceptions(self):
        class Bad(Counter):
            def ask(self, count):
                if self.next >= 4:
                    raise RuntimeError("out of ideas")
                return super().ask(count)

        study = self.study(agent=Bad(), batch=2)
        with self.assertRaisesRegex(ogive.Error, "out of ideas") as caught:
            study.optimize(cost, n_trials=20)
        self.assertIsInstance(caught.exception.__cause__, RuntimeError)

    def test_its_wrong_designs(self):
        for design, message in (({"n": 1, "x": 99, "page": "Open"}, "x: 99"),
                                ({"n": 1}, "missing"), ("abc", "number expected"), (7, "row of"),
                                ({"n": 1, "x": 1, "page": "Opn"}, "did you mean Open")):
            class Wrong:
                def ask(self, count):
                    return [design]

            with self.assertRaisesRegex(ogive.Error, message):
                self.study(agent=Wrong()).ask()

    def test_cannot_look_at_its_study(self):
        class Nosy(Counter):
            def ask(self, count):
                if self.next:
                    self.study.trials
                return super().ask(count)

        agent = Nosy()
        agent.study = self.study(agent=agent)
        with self.assertRaisesRegex(ogive.Error, "cannot look at its own study"):
            agent.study.optimize(cost, n_trials=20)


class ProcessTest(Folder):
    def test_forked(self):
        study = self.study()
        study.tell(study.ask(), 1)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                study.ask()
            except ogive.Error:
                code = 0
            study.close()
            os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        study.tell(study.ask(), 1)

    def test_opened_a_thousand_times(self):
        def size():
            return int(Path("/proc/self/statm").read_text().split()[1])

        def some(count):
            for _ in range(count):
                with ogive.Study(space=SPACE, agent="genetic") as study:
                    study.tell(study.ask(), 1)
                    study.tell(study.ask(), 2)

        some(200)
        before, threads = size(), threading.active_count()
        some(800)
        self.assertLess(size() - before, 4000)
        self.assertEqual(threading.active_count(), threads)
        self.assertLess(len(os.listdir("/proc/self/task")), 20)

    def test_signal_while_simulating(self):
        script = (
            "import ogive, sys\n"
            "s = ogive.Study(environment='dram', objectives='minimize power_mw', agent='random')\n"
            "try:\n"
            "    print('on', flush=True)\n"
            "    s.optimize()\n"
            "except KeyboardInterrupt:\n"
            "    print('interrupted', flush=True)\n"
            "    before = len(s.trials)\n"
            "    s.optimize(n_trials=5)\n"
            "    print(len(s.trials) - before)\n")
        child = subprocess.Popen([sys.executable, "-W", "error", "-c", script],
                                 stdout=subprocess.PIPE, text=True)
        self.assertEqual(child.stdout.readline(), "on\n")
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate()
        self.assertEqual(out, "interrupted\n5\n")
        self.assertEqual(child.returncode, 0)

    def test_end_of_the_program_with_an_open_study(self):
        script = (
            "import ogive, threading\n"
            "class Agent:\n"
            "    def ask(self, count): return [[0.5]]\n"
            "a = ogive.Study(space={'x': ogive.Real(0, 1)}, agent=Agent())\n"
            "a.ask()\n"
            "b = ogive.Study(environment='function', objectives='minimize regret', agent='random')\n"
            "threading.Thread(target=b.optimize, daemon=True).start()\n"
            "c = ogive.Study(space={'x': ogive.Real(0, 1)})\n"
            "c.ask()\n")
        done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
