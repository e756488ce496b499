"""Rates per caller and per address, and how many scans run at a time."""

import pytest
import redis
import time_machine
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.exceptions import Throttled

from tables.access.callers import Caller
from tables.access.limits import rates as limits
from tables.access.limits.rates import concurrent_scan, count, spend

ANN = Caller("ann", "Ann", frozenset({"staff"}))
BEN = Caller("ben", "Ben", frozenset({"staff"}))


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch):
    monkeypatch.setattr(limits, "rest", limits.Rest())
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-21T12:00:10Z", tick=False) as traveller:
        yield traveller


def request_of(caller):
    request = HttpRequest()
    request.user = caller
    return request


def test_a_scope_without_a_rate_is_not_limited(settings):
    settings.THROTTLE_READ = None
    for _ in range(2000):
        spend(request_of(ANN), "read")
    assert count("read", "ann") is None


def test_a_caller_is_refused_beyond_the_rate_until_the_window_ends(settings, clock):
    settings.THROTTLE_READ = "3/min"
    for _ in range(3):
        spend(request_of(ANN), "read")
    with pytest.raises(Throttled) as refusal:
        spend(request_of(ANN), "read")
    assert refusal.value.wait == 50
    spend(request_of(BEN), "read")
    clock.shift(50)
    spend(request_of(ANN), "read")


def test_scopes_are_counted_apart(settings, clock):
    settings.THROTTLE_READ = settings.THROTTLE_WRITE = "1/min"
    spend(request_of(ANN), "read")
    spend(request_of(ANN), "write")
    with pytest.raises(Throttled):
        spend(request_of(ANN), "read")


@pytest.mark.parametrize(
    ("rate", "policy", "left"),
    [
        ("600/min", '"scan";q=600;w=60', '"scan";r=599;t=50'),
        ("5/s", '"scan";q=5;w=1', '"scan";r=4;t=1'),
        ("1/hour", '"scan";q=1;w=3600', '"scan";r=0;t=3590'),
        ("9/d", '"scan";q=9;w=86400', '"scan";r=8;t=43190'),
    ],
)
def test_the_headers_say_what_is_left(settings, clock, rate, policy, left):
    settings.THROTTLE_SCAN = rate
    assert count("scan", "ann").headers() == {"RateLimit-Policy": policy, "RateLimit": left}


def test_a_counter_that_is_down_shuts_nobody_out(settings, monkeypatch):
    settings.THROTTLE_READ = "1/min"

    def fail(*_args, **_more):
        raise redis.ConnectionError("down")

    monkeypatch.setattr(limits.cache, "add", fail)
    for _ in range(5):
        spend(request_of(ANN), "read")
    with concurrent_scan(ANN), concurrent_scan(ANN), concurrent_scan(ANN):
        pass


def test_a_counter_that_hangs_is_waited_for_once_and_then_left_alone_for_a_while(
    settings, monkeypatch
):
    settings.THROTTLE_READ = "1/min"
    asked = []

    def fail(*_args, **_more):
        asked.append(1)
        raise redis.TimeoutError("silent")

    monkeypatch.setattr(limits.cache, "add", fail)
    for _ in range(5):
        assert count("read", "ann") is None
        with concurrent_scan(ANN):
            pass
    assert asked == [1]
    monkeypatch.undo()
    monkeypatch.setattr(limits, "REST_SECONDS", 0)
    limits.rest.begin("read", redis.TimeoutError())
    assert count("read", "ann").used == 1


def test_a_caller_may_scan_twice_at_a_time():
    with concurrent_scan(ANN), concurrent_scan(ANN):
        with pytest.raises(Throttled, match="At most 2 scans at a time"), concurrent_scan(ANN):
            pass
        with concurrent_scan(BEN):
            pass
    with concurrent_scan(ANN):
        pass


def test_a_scan_that_fails_gives_its_slot_back():
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), concurrent_scan(ANN):
            _ = 1 / 0


def test_who_has_patience_waits_for_a_slot(monkeypatch):
    first = concurrent_scan(ANN)
    first.__enter__()
    monkeypatch.setattr(limits.time, "sleep", lambda _seconds: first.__exit__(None, None, None))
    with concurrent_scan(ANN), concurrent_scan(ANN, patience=60):
        pass


@pytest.fixture
def call(client, signer):
    def ask(**changes):
        return client.get("/api/v1/tables", headers=signer.bearer("staff", **changes))

    return ask


def test_a_good_token_is_never_in_the_way_of_the_strangers_limit(client, call, settings, db):
    settings.THROTTLE_ANONYMOUS = "3/min"
    for _ in range(6):
        client.get("/api/v1/tables", headers={"Authorization": "Bearer bad"})
    assert call().status_code == 200


def test_the_memory_of_this_process_has_room_for_many_callers(settings):
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 10_000
