"""Many writes at a time: what has failed once is not tried with all that is left."""

import threading
import time

import pytest

from tables.core.errors import Unavailable
from tables.items.chunks import side_by_side


def test_what_has_not_begun_when_one_fails_is_not_begun():
    begun, has_failed = [], threading.Event()

    def do(number):
        begun.append(number)
        if number == 1:
            has_failed.set()
            raise Unavailable("Away.")
        has_failed.wait(5)
        time.sleep(0.02)  # that it failed is not noted at once
        return number

    with pytest.raises(Unavailable):
        side_by_side(do, range(200), 2)
    assert len(begun) < 10


def test_what_is_done_side_by_side_keeps_its_order():
    assert side_by_side(lambda number: number * 2, range(50), 4) == [*range(0, 100, 2)]
