"""How many exports and whole lists are sent at a time."""

import runpy
from contextlib import ExitStack

import pytest
import redis
import time_machine
from django.core.cache import cache
from rest_framework.exceptions import Throttled

from tables.access.callers import Caller
from tables.access.limits import rates
from tables.access.limits.streams import STREAMS_PER_PROCESS, room_to_stream
from tests.project.test_server import ROOT

ANN = Caller("ann", "Ann", frozenset({"staff"}))


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch):
    monkeypatch.setattr(rates, "rest", rates.Rest())
    cache.clear()
    yield
    cache.clear()


def other(number):
    return Caller(f"caller-{number}", "Somebody", frozenset())


def test_31_a_caller_has_two_and_others_have_theirs():
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(room_to_stream(ANN))
        with pytest.raises(Throttled, match="At most 2 exports") as refusal:
            held.enter_context(room_to_stream(ANN))
        assert refusal.value.wait
        held.enter_context(room_to_stream(other(1)))
    with room_to_stream(ANN), room_to_stream(ANN):
        pass


def test_31_the_site_has_eight(settings):
    with ExitStack() as held:
        for number in range(settings.STREAMS_PER_SITE):
            held.enter_context(room_to_stream(other(number)))
        with pytest.raises(Throttled, match="This site is sending as many"):
            held.enter_context(room_to_stream(ANN))
    with room_to_stream(ANN):
        pass


def test_what_other_processes_send_is_counted(settings):
    settings.STREAMS_PER_SITE = 1
    slot = rates.free_slot("stream", "", 1)
    with pytest.raises(Throttled, match="This site"), room_to_stream(ANN):
        pass
    rates.give_back(slot)
    with room_to_stream(ANN):
        pass


def test_room_is_held_as_long_as_it_is_renewed():
    with time_machine.travel(0, tick=False) as clock, room_to_stream(ANN) as room:
        for _ in range(10):
            clock.shift(rates.SLOT_SECONDS - 1)
            room._renewed_at -= rates.SLOT_SECONDS
            room.renew()
        assert rates.free_slot("stream", ANN.sub, 1) is None
        clock.shift(rates.SLOT_SECONDS + 1)
        assert rates.free_slot("stream", ANN.sub, 1)


def test_without_a_cache_each_process_counts_its_own(monkeypatch):
    def fail(*_arguments, **_members):
        raise redis.ConnectionError

    monkeypatch.setattr(cache, "add", fail)
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(room_to_stream(ANN))
        with pytest.raises(Throttled, match="At most 2"):
            held.enter_context(room_to_stream(ANN))


def test_a_process_has_a_thread_for_each_and_eight_more():
    threads = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["threads"]
    assert threads == STREAMS_PER_PROCESS + 8
