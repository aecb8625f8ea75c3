"""Ogive from Python: search the design spaces of computer systems, or of anything else.

Studies with ask and tell (`Study`), environments (`Environment`), and both as reinforcement
learning knows them (`ogive.gym`, `ogive.pettingzoo`). Nothing is compiled: the package calls
libogive.so, which it finds by the variable OGIVE_LIBRARY, beside itself, in the build folder, or in
the system. numpy is used when it is there.
"""

from ._environment import Environment, Evaluation, agents, environments
from ._library import Error, Finished
from ._space import Boolean, Choice, Integer, Ordinal, Parameter, Real, Space
from ._study import Study
from ._trial import FrozenTrial, Infeasible, Trial

__version__ = "0.1.0"

__all__ = [
    "Boolean",
    "Choice",
    "Environment",
    "Error",
    "Evaluation",
    "Finished",
    "FrozenTrial",
    "Infeasible",
    "Integer",
    "Ordinal",
    "Parameter",
    "Real",
    "Space",
    "Study",
    "Trial",
    "agents",
    "digest",
    "environments",
]


def digest(store: str, study: str) -> str:
    """Return the digest of the reproducible part of a stored study, as hexadecimal text."""
    import ctypes

    from ._library import call, encode

    value = ctypes.c_uint64()
    call("og_binding_store_digest", encode(store, "store"), encode(study, "study"),
         ctypes.byref(value))
    return f"{value.value:016x}"
