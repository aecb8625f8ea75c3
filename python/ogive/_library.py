"""The shared library: where it is, what it declares, and how its errors become exceptions."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import re
import threading
from pathlib import Path
from typing import Any, Callable, Iterator, Sequence

VERSION = 1

#: The calls that are used, as the headers declare them; a test compares them with the headers.
DECLARATIONS = """
const char* og_error_text(void);
int og_binding_version(void);
og_status og_binding_names(char* text, size_t size, size_t* length);
og_status og_binding_agents(char* text, size_t size, size_t* length);
og_status og_binding_environments(char* text, size_t size, size_t* length);
og_status og_binding_store_digest(const char* store, const char* study, uint64_t* digest);
og_status og_binding_plan(const char* plan, const char* name, int count, const char* const* changes, char* text, size_t size, size_t* length);
og_status og_binding_model_open(const char* environment, int count, const char* const* keys, const char* const* values, og_binding_model** model);
void og_binding_model_close(og_binding_model* model);
og_status og_binding_model_describe(og_binding_model* model, char* text, size_t size, size_t* length);
og_status og_binding_model_evaluate(og_binding_model* model, int64_t count, const double* x, double* y, int32_t* outcomes, int jobs);
og_status og_binding_model_reason(og_binding_model* model, int64_t index, char* text, size_t size, size_t* length);
og_status og_binding_model_check(og_binding_model* model, const double* x);
og_status og_binding_model_active(og_binding_model* model, const double* x, int32_t* active);
og_status og_binding_model_sample(og_binding_model* model, uint64_t seed, int64_t count, double* x);
og_status og_binding_model_repair(og_binding_model* model, uint64_t seed, int64_t count, double* x);
typedef int og_binding_start(void* context, const char* description);
typedef int og_binding_ask(void* context, int count, double* x);
typedef int og_binding_tell(void* context, int64_t first, int count, const double* x, const double* y, const double* losses, const double* violations, const int32_t* outcomes);
og_status og_binding_study_open(const char* plan, const char* name, int simulates, int jobs, int fresh, og_binding_start* start, og_binding_ask* ask, og_binding_tell* tell, const char* const* failure, void* context, og_binding_study** study);
og_status og_binding_study_stop(og_binding_study* study);
void og_binding_study_close(og_binding_study* study);
og_status og_binding_study_ask(og_binding_study* study, int most, int64_t before, double seconds, int64_t* numbers, double* x, int* count, int* state);
og_status og_binding_study_tell(og_binding_study* study, int64_t number, int outcome, const double* y, int count, const char* reason);
og_status og_binding_study_wait(og_binding_study* study, int64_t before, double seconds, int* state);
og_status og_binding_study_return(og_binding_study* study, int64_t number);
og_status og_binding_study_pause(og_binding_study* study);
void og_binding_study_progress(og_binding_study* study, int64_t* trials, double* value);
og_status og_binding_study_describe(og_binding_study* study, char* text, size_t size, size_t* length);
og_status og_binding_study_trials(og_binding_study* study, int64_t first, int64_t most, double* x, double* y, double* objectives, double* numbers, int64_t* codes, int64_t* count);
og_status og_binding_study_reason(og_binding_study* study, int64_t number, char* text, size_t size, size_t* length);
og_status og_binding_study_report(og_binding_study* study, const char* form, int count, const char* const* keys, const char* const* values, char* text, size_t size, size_t* length);
int64_t og_front(const double* objectives, int64_t count, int objective_count, const bool* eligible, int64_t* front);
"""

_NUMBERS: dict[str, Any] = {
    "int": ctypes.c_int,
    "og_status": ctypes.c_int,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "double": ctypes.c_double,
    "void": None,
    "const char*": ctypes.c_char_p,
}


class Error(Exception):
    """What Ogive refuses, in its own words: the place, what is wrong, and what is allowed.

    Attributes
    ----------
    status : str
        Kind of trouble: ``value``, ``name``, ``file``, ``store`` or ``system``.
    """

    def __init__(self, message: str, status: str = "value") -> None:
        super().__init__(message)
        self.status = status


class Finished(Error):
    """The study is over: its budget is spent, or no design is left."""


def parse(declarations: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, result and argument types of each C declaration."""
    for line in declarations.strip().splitlines():
        match = re.fullmatch(r"(?:typedef )?(.*?[ *])(\w+)\((.*)\);", line)
        assert match, line
        arguments = [] if match[3] == "void" else match[3].split(", ")
        types = [re.sub(r" ?\w+$", "", argument) for argument in arguments]
        yield match[2], match[1].strip(), types


def _candidates() -> Iterator[str]:
    given = os.environ.get("OGIVE_LIBRARY")
    if given:
        yield given
        return
    here = Path(__file__).resolve().parent
    for folder in (here, here.parent.parent / "build", here.parent.parent / "build" / "release"):
        for name in ("libogive.so", "libogive.so.0"):
            if (folder / name).is_file():
                yield str(folder / name)
    yield ctypes.util.find_library("ogive") or "libogive.so.0"


def _load() -> ctypes.CDLL:
    tried = []
    for candidate in _candidates():
        try:
            return ctypes.CDLL(candidate)
        except OSError as reason:
            tried.append(str(reason))
    raise ImportError(
        "libogive.so is not found: build it, or say where it is with the variable OGIVE_LIBRARY"
        + "".join(f"\n  {line}" for line in tried)
    )


def _bind(loaded: ctypes.CDLL) -> dict[str, Any]:
    callbacks: dict[str, Any] = {}
    for name, result, arguments in parse(DECLARATIONS):
        types = [
            callbacks.get(a[:-1]) or _NUMBERS.get(a) or ctypes.c_void_p for a in arguments
        ]
        try:
            function = getattr(loaded, name)
        except AttributeError:
            if not name.startswith("og_binding_") or name.split("_")[2] not in ("start", "ask", "tell"):
                raise ImportError(f"{loaded._name} is another version: it has no {name}") from None
            callbacks[name] = ctypes.CFUNCTYPE(ctypes.c_int, *types)
            continue
        function.argtypes = types
        function.restype = _NUMBERS[result]
    return callbacks


library = _load()
callbacks = _bind(library)
if library.og_binding_version() != VERSION:
    raise ImportError(
        f"{library._name} speaks version {library.og_binding_version()} of the binding, "
        f"and this package version {VERSION}"
    )


def failure(status: int) -> Error:
    """Return the last failure of this thread as an exception."""
    return Error(library.og_error_text().decode("utf-8", "replace"), NAMES["statuses"][status])


def call(name: str, *arguments: Any) -> None:
    """Call a function that answers a status."""
    status = getattr(library, name)(*arguments)
    if status != 0:
        raise failure(status)


def text(name: str, *arguments: Any) -> str:
    """Call a function that gives a text."""
    size = 1 << 16
    while True:
        room = ctypes.create_string_buffer(size)
        length = ctypes.c_size_t()
        call(name, *arguments, room, size, ctypes.byref(length))
        if length.value <= size:
            return room.raw[: length.value].decode("utf-8", "replace")
        size = length.value


def document(name: str, *arguments: Any) -> Any:
    """Call a function that gives JSON."""
    return json.loads(text(name, *arguments))


NAMES: dict[str, list[str]] = {"statuses": ["ok", "value", "name", "file", "store", "system"]}
NAMES = document("og_binding_names")


def encode(value: Any, what: str) -> bytes:
    """Return a text as the library wants it."""
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str):
        raise Error(f"{what}: a text expected, not {value!r:.100}")
    try:
        data = value.encode("utf-8")
    except UnicodeEncodeError:
        raise Error(f"{what}: {value!r:.100} is no valid text") from None
    if b"\0" in data:
        raise Error(f"{what}: a text cannot have a zero character")
    return data


def whole(value: Any, what: str, least: int, most: int) -> int:
    """Return an integer within its range."""
    try:
        number = value.__index__()
    except (AttributeError, TypeError):
        number = None
    if number is None or isinstance(value, bool) or not least <= number <= most:
        raise Error(f"{what}: an integer {least} .. {most} expected, not {value!r:.100}")
    return number


def real(value: Any, what: str) -> float:
    """Return a number as a float."""
    if not isinstance(value, (str, bytes, bytearray)):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError):
            pass
    raise Error(f"{what}: a number expected, not {value!r:.100}")


def among(value: Any, allowed: Sequence[str], what: str) -> str:
    """Return one of several names."""
    if not isinstance(value, str) or value not in allowed:
        raise Error(f"{what}: {value!r:.100}, allowed: {', '.join(allowed)}")
    return value


def texts(values: Sequence[str], what: str) -> Any:
    """Return a C array of texts."""
    return (ctypes.c_char_p * len(values))(*(encode(value, what) for value in values))


def option(value: Any, what: str) -> str:
    """Return a setting as the text that a study file would have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, int):
        return str(value)
    return repr(real(value, what))


class Handle:
    """Something of the library's, that is given back once."""

    def __init__(self, close: Callable[[Any], None]) -> None:
        self.value = ctypes.c_void_p()
        self._close = close
        self._process = os.getpid()
        self._lock = threading.Lock()

    @property
    def pointer(self) -> ctypes.c_void_p:
        """The handle, while it is open."""
        if not self.value:
            raise Error("it is closed")
        return self.value

    def close(self) -> None:
        """Give it back; a second time does nothing."""
        with self._lock:
            value, self.value = self.value, ctypes.c_void_p()
        if value and self._process == os.getpid():
            self._close(value)

    def __del__(self) -> None:
        if getattr(self, "value", None):
            self.close()
