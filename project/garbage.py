"""The garbage collector of a worker, told to look less often and at less."""

import gc

# Containers made before a look at the youngest: a list page makes thousands of them and no cycles,
# all of them alive until it is sent. CPython's own 700 would look at them a dozen times.
_YOUNGEST = 50_000
# Looks at the youngest before one at those that outlived one: what a page has read so far, when it
# takes many calls. Cycles that are there are the few of requests that were under way at a look.
_LOOKS = 50


def settle() -> None:
    """Take what a loaded process holds for good out of every later collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST, _LOOKS, gc.get_threshold()[2])
