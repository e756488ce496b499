"""The C library's allocator, told not to spread a worker's memory over its threads."""

import ctypes
import os

_M_ARENA_MAX = -8  # malloc.h of glibc
# glibc gives nearly each thread a heap of its own, up to eight for each core, and every one keeps
# what its largest page ever took. Threads of Python seldom allocate at the same time.
_HEAPS = 2
_TUNABLE = "glibc.malloc.arena_max="


def share_heaps() -> None:
    """Let all threads allocate from two heaps. It has to be called before any thread begins.

    What the environment says of it stays; other C libraries than glibc have nothing to tell.
    """
    if "MALLOC_ARENA_MAX" in os.environ or _TUNABLE in os.environ.get("GLIBC_TUNABLES", ""):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return  # a C library that is linked in, or one that has no such call
    mallopt(_M_ARENA_MAX, _HEAPS)
