"""Agents that are written in Python."""

from __future__ import annotations

import ctypes
import json
import math
import threading
from array import array
from typing import Any, Mapping, Sequence

from ._library import NAMES, Error, callbacks
from ._space import Space
from ._trial import FrozenTrial


class Proposer:
    """The functions that the library calls, on the study's thread, for an agent in Python."""

    def __init__(self, agent: Any) -> None:
        if not callable(getattr(agent, "ask", None)):
            raise Error(f"agent: a name, or an object with ask(count), expected, not {agent!r:.100}")
        self.agent = agent
        name = getattr(agent, "name", None)
        self.name = f"python:{name if isinstance(name, str) else type(agent).__name__}"
        self.objects: Mapping[str, Sequence[Any]] = {}
        self.wrong: BaseException | None = None
        self.thread: int | None = None
        self._message = ctypes.c_char_p(None)
        self._kept: list[Any] = []

    def functions(self) -> tuple[Any, Any, Any, Any]:
        """Return start, ask, tell and where the reason of a failure is."""
        ask = callbacks["og_binding_ask"](self._guard(self._ask))
        start = callbacks["og_binding_start"](self._guard(self._start))
        tell = callbacks["og_binding_tell"](self._guard(self._tell))
        self._kept = [start, ask, tell]
        return start, ask, tell, ctypes.addressof(self._message)

    def _guard(self, function: Any) -> Any:
        def guarded(_: Any, *arguments: Any) -> int:
            self.thread = threading.get_ident()
            try:
                return function(*arguments)
            except BaseException as wrong:
                self.wrong = wrong
                said = f"{self.name}: {type(wrong).__name__}: {wrong}"
                self._message.value = said.encode("utf-8", "replace").replace(b"\0", b"?")
                return -1
            finally:
                self.thread = None

        return guarded

    def _start(self, description: bytes) -> int:
        said = json.loads(description)
        self.space = Space(said, None, self.objects)
        self.metrics = [row["name"] for row in said["metrics"]]
        self.objectives = said["objectives"]
        start = getattr(self.agent, "start", None)
        if callable(start):
            start(self.space, said)
        return 0

    def _ask(self, count: int, x: int) -> int:
        designs = list(self.agent.ask(count))[:count]
        rows = array("d")
        for design in designs:
            rows.extend(self.space.row(design))
        ctypes.memmove(x, rows.buffer_info()[0], 8 * len(rows))
        return len(designs)

    def _tell(self, first: int, count: int, x: int, y: int, losses: int, violations: int,
              outcomes: int) -> int:
        tell = getattr(self.agent, "tell", None)
        if not callable(tell):
            return 0
        width, height = len(self.space), len(self.metrics)
        designs = (ctypes.c_double * (count * width)).from_address(x)
        metrics = (ctypes.c_double * (count * height)).from_address(y)
        loss = (ctypes.c_double * count).from_address(losses)
        violation = (ctypes.c_double * count).from_address(violations)
        outcome = (ctypes.c_int32 * count).from_address(outcomes)
        told = []
        for i in range(count):
            row = designs[i * width : (i + 1) * width]
            said = NAMES["outcomes"][outcome[i]]
            values = metrics[i * height : (i + 1) * height]
            told.append(FrozenTrial(
                number=first + i, params=self.space.design(row), values=None,
                metrics=dict(zip(self.metrics, values)) if said == "feasible" else {},
                outcome=said, reason="", loss=loss[i], violation=violation[i], repeat_of=None,
                source="proposed", started=math.nan, seconds=math.nan, row=row))
        tell(told)
        return 0


class Turn:
    """The lock of a study; an agent of it, which the study waits for, must not wait for it."""

    def __init__(self, lock: Any, proposer: Proposer | None) -> None:
        self._inner = lock
        self._proposer = proposer

    def __enter__(self) -> None:
        if self._proposer is not None and self._proposer.thread == threading.get_ident():
            raise Error("an agent cannot look at its own study")
        self._inner.acquire()

    def __exit__(self, *_: object) -> None:
        self._inner.release()
