"""The C library's allocator, told not to spread a worker's memory over its threads."""

import ctypes
import os

_M_ARENA_MAX = -8  # malloc.h of glibc
# glibc gives nearly each thread a heap of its own, up to eight for each core, and every one keeps
# what its largest page ever took. Threads of Python seldom allocate at the same time.
_HEAPS = 2


def share_heaps() -> None:
    """Let all threads allocate from two heaps. It has to be called before any thread begins.

    What MALLOC_ARENA_MAX says stays; other C libraries than glibc have nothing to tell.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(_M_ARENA_MAX, _HEAPS)
