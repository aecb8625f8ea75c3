"""Parameters and spaces: designs as rows of numbers, and as dicts of values."""

from __future__ import annotations

import ctypes
import difflib
import math
from array import array
from typing import Any, Callable, Iterable, Mapping, Sequence

from ._library import Error, Handle, call, option, real, whole

try:
    import numpy
except ImportError:
    numpy = None  # type: ignore[assignment]

#: One design as a dict of parameter values.
Design = Mapping[str, Any]


class Parameter:
    """A tunable value of a space; made as `Real`, `Integer`, `Ordinal`, `Choice` or `Boolean`.

    Parameters
    ----------
    kind : dict
        What the values are, as in a description of the environment ``command``.
    default : optional
        The initial value; the least one if not given.
    unit, doc : str
        For people.
    group : str, optional
        The part of the design it belongs to; teams have an agent for each.
    active : str, optional
        Expression over the other parameters; when it is false the parameter does not exist.
    """

    def __init__(
        self,
        kind: dict[str, Any],
        default: Any = None,
        unit: str = "",
        doc: str = "",
        group: str | None = None,
        active: str | None = None,
    ) -> None:
        self._row = dict(kind)
        self._objects: list[Any] | None = None
        for key, value in (("unit", unit), ("doc", doc), ("group", group), ("active", active)):
            if value is not None and not isinstance(value, str):
                raise Error(f"{key}: a text expected, not {value!r:.100}")
            if value:
                self._row[key] = value
        if default is not None:
            self._row["initial"] = option(default, "default")

    def describe(self) -> dict[str, Any]:
        """Return the parameter as a row of a description."""
        return self._row


def _range(low: Any, high: Any, whole_numbers: bool) -> list[Any]:
    ends = [real(low, "low"), real(high, "high")]
    if not all(map(math.isfinite, ends)):
        raise Error(f"low, high: finite numbers expected, not {low!r}, {high!r}")
    return [int(end) if whole_numbers and end == int(end) else end for end in ends]


class Real(Parameter):
    """A real number in [low, high]; with `log`, its ratios matter and not its differences."""

    def __init__(self, low: float, high: float, *, log: bool = False, **more: Any) -> None:
        kind: dict[str, Any] = {"real": _range(low, high, False)}
        if log:
            kind["scale"] = "logarithmic"
        super().__init__(kind, **more)


class Integer(Parameter):
    """An integer in [low, high], in steps, on a logarithmic scale (`log`) or doubling (`powers`)."""

    def __init__(
        self,
        low: int,
        high: int,
        *,
        step: int = 1,
        log: bool = False,
        powers: bool = False,
        **more: Any,
    ) -> None:
        kind: dict[str, Any] = {"integer": _range(low, high, True)}
        if log or powers:
            kind["scale"] = "powers" if powers else "logarithmic"
        if whole(step, "step", 1, 1 << 52) != 1:
            kind["step"] = int(step)
        super().__init__(kind, **more)


class Ordinal(Parameter):
    """One of increasing numbers."""

    def __init__(self, values: Iterable[float], **more: Any) -> None:
        super().__init__({"values": [real(value, "values") for value in values]}, **more)


class Choice(Parameter):
    """One of several values without order: texts, or anything whose text tells it apart."""

    def __init__(self, choices: Iterable[Any], *, default: Any = None, **more: Any) -> None:
        if isinstance(choices, (str, bytes)):
            raise Error(f"choices: a list of values is needed, such as [{choices!r:.100}]")
        objects = list(choices)
        names = [name if isinstance(name, str) else repr(name) for name in objects]
        if len(set(names)) != len(names):
            raise Error(f"choices: each has to be there once: {names!r:.200}")
        if default is not None:
            if default not in objects:
                raise Error(f"default: {default!r:.100} is none of the choices")
            default = names[objects.index(default)]
        super().__init__({"choices": names}, default=default, **more)
        self._objects = objects


class Boolean(Parameter):
    """True or false."""

    def __init__(self, default: bool = False, **more: Any) -> None:
        super().__init__({"boolean": bool(default)}, **more)


def address(rows: Any) -> tuple[int, Any]:
    """Return where the numbers of an array of doubles are, and who keeps them."""
    if numpy is not None and isinstance(rows, numpy.ndarray):
        return rows.ctypes.data, rows
    if isinstance(rows, memoryview):
        first = ctypes.c_char.from_buffer(rows)
        return ctypes.addressof(first), first
    start, _ = rows.buffer_info()
    return start, rows


def table(numbers: array, count: int, width: int) -> Any:
    """Return numbers as a table with `count` rows: a numpy array, or a view of two dimensions."""
    if numpy is not None:
        return numpy.frombuffer(numbers, dtype=float).reshape(count, width)
    if not numbers:
        return []
    return memoryview(numbers).cast("B").cast("d", (count, width))


class Space:
    """The designs that may be tried.

    A design is a dict ``{parameter: value}``, or a row of numbers: integers and reals by value, a
    choice by its index, a boolean as 0 or 1.

    Attributes
    ----------
    names : list of str
        The parameters, in the order of rows.
    parameters : list of dict
        Name, kind, unit, doc, range, levels, default and condition of each.
    groups : dict of str to list of str
        The parts of a design and their parameters.
    constraints : list of str
        Expressions that all designs fulfil.
    """

    def __init__(
        self,
        description: dict[str, Any],
        handle: Handle | Callable[[], Any] | None = None,
        objects: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        self.parameters: list[dict[str, Any]] = description["space"]["parameters"]
        self.constraints: list[str] = description["space"]["constraints"]
        self.names = [row["name"] for row in self.parameters]
        self._index = {name: i for i, name in enumerate(self.names)}
        self._handle = handle
        self._environment: Any = None
        self._values: list[list[Any] | None] = []
        for row in self.parameters:
            kept = (objects or {}).get(row["name"])
            self._values.append(list(kept) if kept else self._levels(row))
        self._lookup = [_lookup(values) if row["kind"] == "choice" else None
                        for values, row in zip(self._values, self.parameters)]
        self.groups: dict[str, list[str]] = {}
        for i, name in enumerate(self.names):
            group = self.parameters[i].get("group", name)
            self.groups.setdefault(group, []).append(name)
        self._said = description
        self.initial: list[float] = description.get("initial") or [
            row["initial"] for row in self.parameters
        ]

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Space({', '.join(self.names)})"

    @staticmethod
    def _levels(row: Mapping[str, Any]) -> list[Any] | None:
        """Return all values of a parameter, None when it is real or has more than 4,096."""
        kind = row["kind"]
        if kind == "choice":
            return list(row["levels"])
        if kind == "ordinal":
            whole_numbers = all(level == int(level) for level in row["levels"])
            return [int(level) if whole_numbers else level for level in row["levels"]]
        if kind == "boolean":
            return [False, True]
        if kind == "integer":
            low, high = int(row["minimum"]), int(row["maximum"])
            if row["scale"] == "powers":
                values = [low]
                while values[-1] * 2 <= high:
                    values.append(values[-1] * 2)
                return values
            step = int(row["step"]) or 1
            if (high - low) // step < 4096:
                return list(range(low, high + 1, step))
        return None

    def levels(self, name: str) -> list[Any] | None:
        """Return all values of a parameter, None when it is real or has more than 4,096."""
        return self._values[self._find(name)]

    def _find(self, name: Any) -> int:
        try:
            return self._index[name]
        except (KeyError, TypeError):
            near = difflib.get_close_matches(name, self.names, 1) if isinstance(name, str) else []
            hint = f", did you mean {near[0]}?" if near else ""
            raise Error(f"no parameter {name!r:.100}{hint}", "name") from None

    def _number(self, i: int, value: Any) -> float:
        row = self.parameters[i]
        if row["kind"] == "choice":
            lookup = self._lookup[i]
            try:
                return lookup[value]  # type: ignore[index]
            except (KeyError, TypeError):
                values = self._values[i] or []
                if value in values:
                    return float(values.index(value))
            near = difflib.get_close_matches(str(value), map(str, values), 1)
            hint = f", did you mean {near[0]}?" if near else ""
            raise Error(f"{row['name']}: {value!r:.100} is none of its choices{hint}")
        return real(value, row["name"])

    def row(self, design: Any) -> list[float]:
        """Return a design as a row of numbers.

        Parameters
        ----------
        design : mapping or sequence
            Values by name, or a row. Parameters with a condition may be left out.
        """
        if isinstance(design, Mapping):
            row = [math.nan] * len(self)
            for name, value in design.items():
                i = self._find(name)
                row[i] = self._number(i, value)
            for i, value in enumerate(row):
                if math.isnan(value) and self.names[i] not in design:
                    if "active" not in self.parameters[i]:
                        raise Error(f"parameter {self.names[i]} is missing")
                    row[i] = self.initial[i]
            return row
        try:
            row = [real(value, "design") for value in design]
        except TypeError:
            raise Error(f"a design is a dict or a row of numbers, not {design!r:.100}") from None
        if len(row) != len(self):
            raise Error(f"a design has {len(self)} numbers, not {len(row)}")
        return row

    def rows(self, designs: Any) -> Any:
        """Return designs as an array of doubles with a row each; numpy arrays are not copied."""
        if numpy is not None and isinstance(designs, numpy.ndarray):
            if designs.ndim != 2 or designs.shape[1] != len(self):
                raise Error(f"designs: an array of shape [n][{len(self)}] expected, not "
                            f"{list(designs.shape)}")
            if designs.dtype.kind not in "fiub":
                raise Error(f"designs: an array of numbers expected, not of {designs.dtype}")
            return numpy.ascontiguousarray(designs, dtype=float)
        if isinstance(designs, array) and designs.typecode == "d":
            if len(designs) % len(self):
                raise Error(f"designs: {len(self)} numbers each expected, not {len(designs)}")
            return designs
        flat = array("d")
        if isinstance(designs, memoryview):
            table_of_doubles = designs.format == "d" and designs.ndim == 2
            if table_of_doubles and designs.c_contiguous and not designs.readonly:
                if designs.shape[1] != len(self):  # type: ignore[index]
                    raise Error(f"designs: {len(self)} numbers each expected")
                return designs
            designs = designs.tolist()
        if isinstance(designs, (Mapping, str, bytes)):
            raise Error("designs: a list of designs expected")
        try:
            for design in designs:
                flat.extend(self.row(design))
        except TypeError:
            raise Error(f"designs: a list of designs expected, not {designs!r:.100}") from None
        return flat

    def design(self, row: Sequence[float]) -> dict[str, Any]:
        """Return a row of numbers as a dict of values."""
        if len(row) != len(self):
            raise Error(f"a design has {len(self)} numbers, not {len(row)}")
        design = {}
        for i, number in enumerate(row):
            kind = self.parameters[i]["kind"]
            values = self._values[i]
            if kind in ("choice", "boolean"):
                index = int(number) if number == number and abs(number) < 1e9 else -1
                if not 0 <= index < len(values) or index != number:  # type: ignore[arg-type]
                    raise Error(f"{self.names[i]}: {number!r} is no index of its values")
                design[self.names[i]] = values[index]  # type: ignore[index]
            else:
                plain = float(number)
                integral = kind == "integer" or (kind == "ordinal" and isinstance(values[0], int))  # type: ignore[index]
                design[self.names[i]] = int(plain) if integral and plain.is_integer() else plain
        return design

    def _native(self) -> Any:
        """Return the handle of an environment that has this space, which is opened when needed."""
        if callable(self._handle):
            self._environment = self._handle()
            self._said = {**self._said, "size": self._environment.space.size}
            self._handle = self._environment._handle
        if self._handle is None:
            raise Error("this space can only be read")
        return self._handle.pointer

    @property
    def size(self) -> float | None:
        """The number of designs: infinite with reals, None when it cannot be counted."""
        if any(row["kind"] == "real" for row in self.parameters):
            return math.inf
        if "size" not in self._said:
            self._native()
        size = self._said["size"]
        return None if size is None or size < 0 else size

    def check(self, design: Any) -> None:
        """Raise `Error`, saying why, when a design is not feasible in the space."""
        row = array("d", self.row(design))
        call("og_binding_model_check", self._native(), row.buffer_info()[0])

    def contains(self, design: Any) -> bool:
        """Return whether a design is feasible in the space."""
        try:
            self.check(design)
        except Error:
            return False
        return True

    __contains__ = contains

    def active(self, design: Any) -> dict[str, bool]:
        """Return which parameters exist in a design."""
        row = array("d", self.row(design))
        flags = (ctypes.c_int32 * len(self))()
        call("og_binding_model_active", self._native(), row.buffer_info()[0], flags)
        return {name: bool(flag) for name, flag in zip(self.names, flags)}

    def sample(self, count: int, seed: int = 0) -> Any:
        """Return `count` designs, drawn uniformly among the feasible ones, as a table of rows."""
        count = whole(count, "count", 0, 1 << 31)
        rows = array("d", bytes(8 * count * len(self)))
        seed = whole(seed, "seed", 0, (1 << 64) - 1)
        call("og_binding_model_sample", self._native(), seed, count, rows.buffer_info()[0])
        return table(rows, count, len(self))

    def repair(self, design: Any, seed: int = 0) -> list[float]:
        """Return the row of a feasible design near the given one."""
        row = array("d", self.row(design))
        seed = whole(seed, "seed", 0, (1 << 64) - 1)
        call("og_binding_model_repair", self._native(), seed, 1, row.buffer_info()[0])
        return list(row)


def _lookup(values: Sequence[Any] | None) -> dict[Any, float]:
    found = {}
    for i, value in enumerate(values or []):
        try:
            found[value] = float(i)
        except TypeError:
            pass
    return found


def declaration(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter of a record as a row of a description."""
    kind = row["kind"]
    made: dict[str, Any] = {}
    if kind == "integer":
        made["integer"] = [int(row["minimum"]), int(row["maximum"])]
        if row["scale"] == "linear" and row["step"] >= 1:
            made["step"] = int(row["step"])
    elif kind == "real":
        made["real"] = [row["minimum"], row["maximum"]]
    elif kind == "ordinal":
        made["values"] = row["levels"]
    elif kind == "choice":
        made["choices"] = row["levels"]
    else:
        made["boolean"] = bool(row["initial"])
    if row.get("scale", "linear") != "linear":
        made["scale"] = row["scale"]
    if kind == "choice":
        made["initial"] = row["levels"][int(row["initial"])]
    elif kind != "boolean":
        made["initial"] = repr(row["initial"])
    for key in ("unit", "doc", "group", "active"):
        if row.get(key):
            made[key] = row[key]
    return made
