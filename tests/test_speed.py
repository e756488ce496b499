"""Calls from a function with room cost the same at any depth of the stack."""

import resource

import pytest

from tables.speed import with_room

CALLS = 2000


def callee():
    return None


def call_often():
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        callee()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def at_depth(depth, function):
    return function() if depth == 0 else at_depth(depth - 1, function)


def most_faults(function):
    """The most page faults of the loop, over every depth that a request may have."""
    return max(at_depth(depth, function) for depth in range(400))


@pytest.mark.skipif(not hasattr(resource, "RUSAGE_THREAD"), reason="counts faults as Linux does")
def test_a_loop_maps_no_memory_at_any_depth():
    roomy = with_room(lambda: call_often())  # noqa: PLW0108 - a frame of its own
    assert most_faults(roomy) < CALLS / 10


def test_results_and_arguments_pass_through():
    @with_room
    def add(left, *, right=1):
        """Add."""
        return left + right

    assert (add(1, right=2), add(1), add.__doc__) == (3, 2, "Add.")
