"""Many writes at a time: what has failed once is not tried with all that is left."""

import threading
import time

import pytest

from tables.core.errors import Unavailable
from tables.items.side_by_side import side_by_side


def test_what_has_not_begun_when_one_fails_is_not_begun():
    begun, has_failed = [], threading.Event()

    def do(number):
        begun.append(number)
        if number == 4:
            has_failed.set()
            raise Unavailable("Away.")
        if number > 4:
            has_failed.wait(5)
        time.sleep(0.02)  # that it failed is not noted at once
        return number

    with pytest.raises(Unavailable):
        side_by_side(do, range(200), 2)
    assert len(begun) < 14


def test_what_is_done_side_by_side_keeps_its_order():
    def do(number):
        time.sleep(0.002)
        return number * 2

    assert side_by_side(do, range(50), 4) == [*range(0, 100, 2)]


def test_more_threads_than_one_only_where_answers_are_waited_for():
    def do(seconds):
        time.sleep(seconds)
        return threading.get_ident()

    assert len(set(side_by_side(do, [0.01] * 20, 4))) > 2
    assert set(side_by_side(lambda _: threading.get_ident(), range(20), 4)) == {
        threading.get_ident()
    }


def test_one_that_fails_at_first_ends_it_too():
    begun = []

    def do(number):
        begun.append(number)
        raise Unavailable("Away.")

    with pytest.raises(Unavailable):
        side_by_side(do, range(20), 4)
    assert begun == [0]
