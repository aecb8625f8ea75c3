"""Studies: ask and tell, or optimise a function."""

from __future__ import annotations

import ctypes
import math
import threading
import time
from array import array
from typing import Any, Callable, Iterable, Mapping, Sequence

from ._environment import compile_space
from ._library import NAMES, Error, Finished, Handle, among, call, callbacks, document, encode
from ._library import library, real, text, texts, whole
from ._optimize import SLICE, Run
from ._plan import canonical
from ._proposer import Proposer, Turn
from ._space import Parameter, Space
from ._trial import FrozenTrial, Trial

_STATES = {name: i for i, name in enumerate(NAMES["states"])}
_OUTCOMES = {name: i for i, name in enumerate(NAMES["outcomes"])}
_EVER = 0


class Study:
    """One search, with its record.

    A study is made from a study file, from a dict with the keys of one, or from keywords. What the
    designs cost is told by the caller (`ask` and `tell`, or `optimize` with a function); a study of
    a registered environment also evaluates its designs itself (`optimize` without a function).

    Parameters
    ----------
    plan : path or dict, optional
        A study file, or its keys. The keywords from `name` on replace what it says.
    space : dict
        ``{name: Real | Integer | Ordinal | Choice | Boolean}``; or, of an environment, the values
        that the search is held to.
    metrics : list of str, or dict
        What is told of a design: names, or ``{name: unit}``; default ``value``.
    objectives : list of str
        ``"minimize x"``, ``"maximize y * z"``; default: the first metric is minimised.
    direction, directions : str, list of str
        ``minimize`` or ``maximize`` for each metric, instead of `objectives`.
    constraints : list of str
        Conditions over parameters, which no design breaks, and over metrics, whose violation the
        agent is told.
    environment, environment_options
        A registered environment instead of a declared space.
    identity : str
        Any text that changes when the costs do: a study with another one is not resumed.
    name, store, enqueue : str
        Name of the study, file of its record (resumed when it has the study), file of designs that
        come first.
    agent, agent_options
        One of `agents()`; default ``auto``. Or an object with ``ask(count)``, which returns designs,
        and optionally ``start(space, study)`` and ``tell(trials)``.
    seed, batch, evaluations, seconds
        Start of chance, designs asked of the agent at once, budget.
    jobs : int
        Threads that evaluate when the study does, 0 for all processors.
    fresh : bool
        Refuse to resume.

    Examples
    --------
    >>> import ogive
    >>> study = ogive.Study(space={"x": ogive.Real(-10, 10)})
    >>> study.optimize(lambda trial: (trial["x"] - 2) ** 2, n_trials=50)
    >>> study.best_params
    """

    def __init__(
        self,
        plan: Any = None,
        *,
        space: Mapping[str, Any] | None = None,
        metrics: Any = None,
        objectives: Any = None,
        direction: str | None = None,
        directions: Sequence[str] | None = None,
        constraints: Any = None,
        environment: str | None = None,
        environment_options: Mapping[str, Any] | None = None,
        identity: str | None = None,
        name: str | None = None,
        store: Any = None,
        enqueue: Any = None,
        agent: Any = None,
        agent_options: Mapping[str, Any] | None = None,
        seed: int | None = None,
        batch: int | None = None,
        evaluations: int | None = None,
        seconds: float | None = None,
        jobs: int = 0,
        fresh: bool = False,
    ) -> None:
        own = dict(space=space, metrics=metrics, objectives=objectives, constraints=constraints,
                   environment=environment, environment_options=environment_options,
                   identity=identity, directions=directions if direction is None else direction)
        if plan is not None and any(value is not None for value in own.values()):
            given = [key for key, value in own.items() if value is not None]
            raise Error(f"{given[0]}: the plan says it already")
        self._proposer = None if agent is None or isinstance(agent, str) else Proposer(agent)
        words = dict(own, name=name, store=store, enqueue=enqueue, seed=seed, batch=batch,
                     evaluations=evaluations, seconds=seconds, agent_options=agent_options)
        if self._proposer:
            words["proposer"] = self._proposer.name
        else:
            words["agent"] = agent
        self._plan, self._source = canonical(plan, words)
        self._objects = {key: row._objects for key, row in (space or {}).items()
                         if isinstance(row, Parameter) and row._objects}
        if self._proposer:
            self._proposer.objects = self._objects
        self._jobs = whole(jobs, "jobs", 0, 4096)
        if not isinstance(fresh, bool):
            raise Error(f"fresh: True or False expected, not {fresh!r:.100}")
        self._fresh = fresh
        self._handle: Handle | None = None
        self._closed = False
        self._simulates = False
        inner = threading.RLock()
        self._lock = Turn(inner, self._proposer)
        self._told = threading.Condition(inner)
        self._out: dict[int, Trial] = {}
        self._lent: set[int] = set()  # those of optimize()
        self._busy: set[int] = set()  # threads in functions of optimize()
        self._runs = 0
        self._trials: list[FrozenTrial] = []
        self._said: dict[str, Any] = {}

    # opening

    def _open(self, simulates: bool) -> Any:
        with self._lock:
            if self._handle is not None:
                if self._simulates != simulates:
                    raise Error("this study evaluates its designs itself" if self._simulates else
                                "designs of this study are told: it cannot evaluate them itself")
                return self._handle.pointer
            if self._closed:
                raise Error("it is closed")
            handle = Handle(library.og_binding_study_close)
            proposer = self._proposer
            functions: Sequence[Any] = proposer.functions() if proposer else (
                callbacks["og_binding_start"](), callbacks["og_binding_ask"](),
                callbacks["og_binding_tell"](), None)
            start, ask, tell, message = functions
            self._call("og_binding_study_open", encode(self._plan, "study"),
                       encode(self._source, "name"), int(simulates), self._jobs, int(self._fresh),
                       start, ask, tell, message, None, ctypes.byref(handle.value))
            self._handle, self._simulates = handle, simulates
            self._describe()
            return handle.pointer

    def _call(self, name: str, *arguments: Any) -> None:
        try:
            call(name, *arguments)
        except Error as error:
            wrong = self._proposer.wrong if self._proposer else None
            if wrong is not None:
                raise error from wrong
            raise

    def _describe(self) -> dict[str, Any]:
        pointer = self._pointer()
        try:
            self._said = document("og_binding_study_describe", pointer)
        except Error as error:
            wrong = self._proposer.wrong if self._proposer else None
            if wrong is not None:
                raise error from wrong
            raise
        if not hasattr(self, "_space"):
            searched = self._said["space"]
            self._space = Space(self._said, lambda: compile_space(searched), self._objects)
        return self._said

    def _pointer(self) -> Any:
        return self._open(False) if self._handle is None else self._handle.pointer

    def _look(self) -> dict[str, Any]:
        with self._lock:
            self._pointer()
            return self._describe()

    # what it is

    @property
    def name(self) -> str:
        """Name of the study in its store."""
        return self._look()["name"]

    @property
    def plan(self) -> str:
        """The study as a study file."""
        return self._look()["plan"]

    @property
    def space(self) -> Space:
        """What is searched."""
        self._look()
        return self._space

    @property
    def objectives(self) -> list[str]:
        """The objectives, such as ``minimize value``."""
        return self._look()["objectives"]

    @property
    def directions(self) -> list[str]:
        """``minimize``, ``maximize`` or ``target`` for each objective."""
        return [row.split(" ", 1)[0] for row in self.objectives]

    @property
    def stop_reason(self) -> str:
        """``running``, ``budget``, ``exhausted`` or ``interrupted``."""
        return NAMES["stops"][self._look()["stop"]]

    # asking and telling

    def ask(self, wait: bool = False) -> Trial:
        """Return a design to evaluate.

        Designs of one batch of the agent can be had at once and told in any order; the next batch
        comes when all of it are told.

        Parameters
        ----------
        wait : bool
            When all designs of the batch are out, wait until another thread tells one instead of
            raising `Error`.

        Raises
        ------
        Finished
            The study is over.
        """
        return self._ask(1, _EVER, lambda: wait)[0]

    def ask_batch(self, most: int, wait: bool = False) -> list[Trial]:
        """Return up to `most` designs, as many as the agent's batch still has."""
        return self._ask(whole(most, "most", 1, 1 << 20), _EVER, lambda: wait)

    def _ask(self, most: int, before: int, waits: Callable[[], bool],
             evaluates: bool = False) -> list[Trial]:
        while True:
            with self._lock:
                state, trials = self._ask_once(most, before, evaluates)
                if state == _STATES["held"]:
                    if not waits():
                        first = f"tell trial {min(self._out)} first" if self._out else "tell one"
                        raise Error(f"all designs of this batch are out: {first}")
                    self._told.wait(SLICE)
                    continue
            if state == _STATES["over"]:
                raise Finished(f"the study is over: {self.stop_reason}")
            if state != _STATES["busy"]:
                return trials

    def _ask_once(self, most: int, before: int, evaluates: bool) -> tuple[int, list[Trial]]:
        pointer = self._open(False)
        width = len(self._space)
        numbers = array("q", bytes(8 * most))
        rows = array("d", bytes(8 * most * width))
        count, state = ctypes.c_int(), ctypes.c_int()
        trials = []
        try:
            self._call("og_binding_study_ask", pointer, most, before, SLICE,
                       numbers.buffer_info()[0], rows.buffer_info()[0], ctypes.byref(count),
                       ctypes.byref(state))
            for i in range(count.value):
                row = list(rows[i * width : (i + 1) * width])
                trials.append(Trial(numbers[i], row, self._space.design(row)))
        except BaseException:
            # an interruption must not lose what was asked for
            for number in numbers[: count.value]:
                library.og_binding_study_return(pointer, number)
            raise
        for trial in trials:
            self._out[trial.number] = trial
        if evaluates:
            self._lent.update(trial.number for trial in trials)
        return state.value, trials

    def tell(self, trial: Any, values: Any = None, *, outcome: str = "feasible",
             reason: str = "") -> None:
        """Say what a design costs.

        Parameters
        ----------
        trial : Trial or int
            What `ask` gave, or its number.
        values : float, sequence or dict
            Its metrics: one number, all in order, or by name.
        outcome : str
            ``infeasible`` (it cannot be built) or ``failed`` (there is no answer), with a `reason`,
            when there are no metrics.
        """
        number = trial.number if isinstance(trial, Trial) else whole(trial, "trial", 0, 1 << 62)
        among(outcome, list(_OUTCOMES), "outcome")
        with self._lock:
            pointer = self._open(False)
            metrics = self._values(values) if outcome == "feasible" else array("d", [0])
            said = encode(reason, "reason")
            self._call("og_binding_study_tell", pointer, number, _OUTCOMES[outcome],
                       metrics.buffer_info()[0], len(metrics), said)
            self._out.pop(number, None)
            self._told.notify_all()

    def tell_batch(self, trials: Sequence[Trial], metrics: Any, outcomes: Any = None) -> None:
        """Say what several designs cost, as `Environment.evaluate_batch` answers it.

        Parameters
        ----------
        trials : list of Trial
        metrics : array of shape [trials][metrics], or a list of rows
        outcomes : array of int, optional
            0 feasible, 1 infeasible, 2 failed.
        """
        rows = metrics.tolist() if hasattr(metrics, "tolist") else list(metrics)
        codes = [0] * len(rows) if outcomes is None else list(outcomes)
        if not len(trials) == len(rows) == len(codes):
            raise Error(f"{len(trials)} trials, {len(rows)} rows and {len(codes)} outcomes")
        names = list(_OUTCOMES)
        for trial, row, code in zip(trials, rows, codes):
            self.tell(trial, row, outcome=names[whole(code, "outcome", 0, len(names) - 1)])

    def _values(self, values: Any) -> array:
        count = self._said["metric_count"]
        names = [row["name"] for row in self._said["metrics"][:count]]
        if isinstance(values, Mapping):
            missing = [name for name in names if name not in values]
            unknown = [name for name in values if name not in names]
            if missing or unknown:
                raise Error(f"metrics: {', '.join(names)} expected, not {list(values)!r:.200}")
            values = [values[name] for name in names]
        elif not hasattr(values, "__len__") or isinstance(values, (str, bytes)):
            values = [values]
        try:
            made = array("d", [real(value, "metrics") for value in values])
        except TypeError:
            raise Error(f"metrics: {', '.join(names)} expected, not {values!r:.100}") from None
        if len(made) != count:
            raise Error(f"metrics: {count} expected ({', '.join(names)}), not {len(made)}")
        return made

    def _give_back(self, trial: Trial) -> None:
        """Let a trial that `optimize` did not tell be asked for again."""
        with self._lock:
            self._lent.discard(trial.number)
            if self._out.pop(trial.number, None) and self._handle is not None:
                self._call("og_binding_study_return", self._handle.pointer, trial.number)
                self._told.notify_all()

    # optimising

    def optimize(
        self,
        func: Callable[[Trial], Any] | None = None,
        n_trials: int | None = None,
        timeout: float | None = None,
        n_jobs: int = 1,
        catch: Any = (),
        callbacks: Iterable[Callable[["Study", FrozenTrial], None]] = (),
    ) -> None:
        """Search on, until there are `n_trials` more trials, the time or the study is over.

        Parameters
        ----------
        func : callable, optional
            Takes a `Trial` and returns its metrics, as `tell` wants them; raises `Infeasible` for
            what cannot be built. Without it, the study's environment evaluates, on all cores.
        n_trials : int, optional
            Trials to make, designs that the record knows already included; default: up to the
            budget of the study.
        timeout : float, optional
            Seconds.
        n_jobs : int
            Threads that call `func`. The record is the same for any number of them.
        catch : exception types
            Recorded as failed trials. Others end the call; their designs are asked for again.
        callbacks
            Called with the study and each evaluated trial (not with designs that the record knows
            already); without `func`, they are not allowed.
        """
        if func is not None and not callable(func):
            raise Error(f"func: a function expected, not {func!r:.100}")
        if n_trials is not None:
            whole(n_trials, "n_trials", 0, 1 << 52)
        end = math.inf if timeout is None else time.monotonic() + real(timeout, "timeout")
        if threading.get_ident() in self._busy:
            raise Error("optimize: its function cannot call it for the same study")
        if n_trials == 0:
            return
        said = self._before(func is None)
        before = _EVER if n_trials is None else said["trial_count"] + n_trials
        if func is None:
            if list(callbacks):
                raise Error("callbacks: only with a function")
            self._simulate(before, end)
            return
        run = Run(self, func, before, end, catch, list(callbacks))
        jobs = whole(n_jobs, "n_jobs", 1, 1024)
        with self._lock:
            self._runs += 1
            if self._runs == 1:
                # of a run that was interrupted between two lines
                for trial in [self._out[number] for number in self._lent if number in self._out]:
                    self._give_back(trial)
                self._lent.clear()
        try:
            run.work(jobs)
        finally:
            with self._lock:
                self._runs -= 1

    def _before(self, simulates: bool) -> dict[str, Any]:
        with self._lock:
            self._open(simulates)
            return self._describe()

    def _simulate(self, before: int, end: float) -> None:
        pointer = self._open(True)
        state = ctypes.c_int(_STATES["busy"])
        try:
            while state.value == _STATES["busy"] and time.monotonic() < end:
                self._call("og_binding_study_wait", pointer, before, SLICE, ctypes.byref(state))
        finally:
            if state.value == _STATES["busy"]:
                call("og_binding_study_pause", pointer)
                while state.value == _STATES["busy"]:
                    call("og_binding_study_wait", pointer, 1, SLICE, ctypes.byref(state))

    # what it found

    @property
    def trials(self) -> list[FrozenTrial]:
        """All complete trials. A trial is complete when it and all before it are told."""
        with self._lock:
            said = self._look()
            first = len(self._trials)
            more = said["trial_count"] - first
            if more > 0:
                self._fetch(first, more)
            return list(self._trials)

    def _fetch(self, first: int, most: int) -> None:
        said = self._said
        width, height = len(self._space), len(said["metrics"])
        goals = len(said["objectives"])
        x = array("d", bytes(8 * most * width))
        y = array("d", bytes(8 * most * height))
        objectives = array("d", bytes(8 * most * goals))
        numbers = array("d", bytes(8 * most * 4))
        codes = array("q", bytes(8 * most * 3))
        count = ctypes.c_int64()
        columns: list[array] = [x, y, objectives, numbers, codes]
        self._call("og_binding_study_trials", self._pointer(), first, most,
                   *(rows.buffer_info()[0] for rows in columns), ctypes.byref(count))
        names = [row["name"] for row in said["metrics"]]
        signs = [-1.0 if row.startswith("maximize") else 1.0 for row in said["objectives"]]
        for i in range(count.value):
            repeat, outcome, source = codes[3 * i : 3 * i + 3]
            feasible = NAMES["outcomes"][outcome] == "feasible"
            reason = "" if feasible else text("og_binding_study_reason", self._pointer(), first + i)
            row = list(x[i * width : (i + 1) * width])
            values = objectives[i * goals : (i + 1) * goals]
            loss, violation, started, seconds = numbers[4 * i : 4 * i + 4]
            self._trials.append(FrozenTrial(
                number=first + i,
                params=self._space.design(row),
                values=[s * v for s, v in zip(signs, values)] if feasible else None,
                metrics=dict(zip(names, y[i * height : (i + 1) * height])) if feasible else {},
                outcome=NAMES["outcomes"][outcome],
                reason=reason,
                loss=loss,
                violation=violation,
                repeat_of=None if repeat < 0 else repeat,
                source=NAMES["sources"][source],
                started=started,
                seconds=seconds,
                row=row,
            ))

    @property
    def best_trial(self) -> FrozenTrial:
        """The feasible trial with the least loss that breaks no constraint."""
        with self._lock:
            trials = self.trials
            best = self._said["best"]
        if best < 0:
            raise Error("no trial is feasible and fulfils all constraints yet")
        return trials[best]

    @property
    def best_params(self) -> dict[str, Any]:
        """The design of `best_trial`."""
        return self.best_trial.params

    @property
    def best_value(self) -> float:
        """The first objective of `best_trial`."""
        return self.best_trial.values[0]  # type: ignore[index]

    @property
    def best_values(self) -> list[float]:
        """The objectives of `best_trial`."""
        return self.best_trial.values  # type: ignore[return-value]

    @property
    def best_trials(self) -> list[FrozenTrial]:
        """The trials that no other one is better than in all objectives (the front)."""
        trials = self.trials
        goals = self._said["objectives"]
        signs = [-1.0 if row.startswith("maximize") else 1.0 for row in goals]
        flat = array("d")
        for trial in trials:
            flat.extend(s * v for s, v in zip(signs, trial.values or [math.inf] * len(goals)))
        eligible = (ctypes.c_bool * len(trials))(
            *(trial.feasible and trial.violation == 0 for trial in trials))
        front = (ctypes.c_int64 * len(trials))()
        count = library.og_front(flat.buffer_info()[0], len(trials), len(goals), eligible, front)
        return [trials[i] for i in front[:count]]

    def trials_table(self) -> dict[str, list[Any]]:
        """Return the trials as columns: number, parameters, metrics and what became of them."""
        trials = self.trials
        columns: dict[str, list[Any]] = {"number": [trial.number for trial in trials]}
        for name in self._space.names:
            columns[name] = [trial.params[name] for trial in trials]
        for row in self._said["metrics"]:
            columns[row["name"]] = [trial.metrics.get(row["name"], math.nan) for trial in trials]
        for name in ("outcome", "reason", "loss", "violation", "repeat_of", "source", "started",
                     "seconds"):
            columns[name] = [getattr(trial, name) for trial in trials]
        return columns

    def trials_dataframe(self) -> Any:
        """Return `trials_table()` as a pandas data frame, as it is when there is no pandas."""
        columns = self.trials_table()
        try:
            import pandas
        except ImportError:
            return columns
        return pandas.DataFrame(columns)

    def report(self, form: str = "html", **settings: Any) -> str:
        """Return the study as text.

        Parameters
        ----------
        form : str
            ``csv`` or ``json`` (all trials), ``html`` (one page to look around in), or a picture
            (SVG): ``progress``, ``front``, ``parallel``, ``importance``, ``effect``, ``timeline``
            and others, as of ``ogive plot``.
        settings : str
            Of pictures: `x`, `y`, `color`, `metric`, `parameter`, `other`.
        """
        keys = texts(list(settings), "report")
        values = texts(list(settings.values()), "report")
        with self._lock:
            return text("og_binding_study_report", self._pointer(), encode(form, "form"),
                        len(settings), keys, values)

    def save(self, path: Any, form: str | None = None, **settings: Any) -> None:
        """Write a `report` into a file; its form is the ending of the file's name if not given."""
        name = encode(path, "path").decode()
        made = self.report(form or name.rpartition(".")[2], **settings)
        with open(name, "w", encoding="utf-8", newline="") as file:
            file.write(made)

    # ending

    def stop(self) -> None:
        """End the study as an interruption does; its trials can still be looked at."""
        with self._lock:
            if self._handle is not None:
                self._call("og_binding_study_stop", self._handle.pointer)

    def close(self) -> None:
        """End the study and give back its memory. With a store, it can be taken up again."""
        with self._lock:
            self._closed = True
            if self._handle is not None:
                self._handle.close()

    def __enter__(self) -> "Study":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
