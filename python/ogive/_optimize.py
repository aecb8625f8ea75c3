"""Optimising a function, in one thread or in several."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Sequence

from ._library import Finished
from ._trial import FrozenTrial, Infeasible, Trial

SLICE = 0.1  # seconds between two looks at signals


class Run:
    """One call of `Study.optimize` with a function."""

    def __init__(self, study: Any, func: Callable[[Trial], Any], before: int, end: float,
                 catch: Any, then: Sequence[Callable[[Any, FrozenTrial], None]]) -> None:
        self.study, self.func, self.before, self.end = study, func, before, end
        self.catch: Any = catch if isinstance(catch, type) else tuple(catch)
        self.then = then
        self.stopped = False
        self.wrong: BaseException | None = None

    def work(self, jobs: int) -> None:
        if jobs == 1:
            self.loop()
            return
        threads = [threading.Thread(target=self.guarded, daemon=True) for _ in range(jobs)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(SLICE)
        finally:
            # also after an interruption, so that nobody tells what is asked for again
            self.stopped = True
            for thread in threads:
                thread.join()
        if self.wrong is not None:
            raise self.wrong

    def guarded(self) -> None:
        try:
            self.loop()
        except BaseException as wrong:
            self.wrong = self.wrong or wrong
            self.stopped = True

    def loop(self) -> None:
        while not self.stopped and time.monotonic() < self.end:
            try:
                trials = self.study._ask(1, self.before, lambda: bool(self.study._lent), True)
            except Finished:
                return
            if not trials:
                return
            self.evaluate(trials[0])

    def called(self, trial: Trial) -> Any:
        # who optimises in here would wait for this very design
        me = threading.get_ident()
        self.study._busy.add(me)
        try:
            return self.func(trial)
        finally:
            self.study._busy.discard(me)

    def evaluate(self, trial: Trial) -> None:
        study = self.study
        try:
            try:
                values = self.called(trial)
            except Infeasible as why:
                study.tell(trial, outcome="infeasible", reason=_text(why))
            except self.catch as why:
                study.tell(trial, outcome="failed", reason=f"{type(why).__name__}: {_text(why)}")
            else:
                study.tell(trial, values)
        finally:
            study._give_back(trial)
        if self.then:
            done = study.trials
            if trial.number < len(done):
                for function in self.then:
                    function(study, done[trial.number])


def _text(why: BaseException) -> str:
    return str(why).encode("utf-8", "replace").decode().replace("\0", "?")
