"""The garbage collector of a worker, told to look less often and at less."""

import gc

# Containers made before a look at the youngest: a list page makes thousands of them and no cycles,
# all of them alive until it is sent. CPython's own 700 would look at them a dozen times.
_YOUNGEST = 50_000


def settle() -> None:
    """Take what a loaded process holds for good out of every later collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST, *gc.get_threshold()[1:])
