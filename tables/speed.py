"""Room for the frames of loops that make thousands of calls."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import ParamSpec, TypeVar, cast

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

# Of 8 bytes: addresses only, as long as nothing is written there.
_SLOTS = 9 * 1024


def with_room(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A decorator: what this function calls never meets the end of a chunk of frames.

    CPython keeps a thread's frames in chunks of 16 KB, and gives a chunk back as soon as it is
    empty. A loop whose calls begin at the end of a chunk has memory mapped and unmapped at each of
    them, by nothing but the depth of the stack around it: for a list page that was a third of its
    time. A frame that is larger than a chunk gets a larger one, with room behind it. It is mapped
    once for each call of the function, so this is for what takes a millisecond.
    """
    code = cast("FunctionType", function)
    code.__code__ = code.__code__.replace(co_stacksize=_SLOTS)
    return function
