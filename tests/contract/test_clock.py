"""A clock that is set an hour forward or back: nothing is lost, made twice, or believed unduly."""

import datetime as dt
import json
import time

import pytest
import time_machine

from tables.core.history import item_name
from tables.core.history_chain import broken
from tables.dynamodb.history_table import create_history_table, entries_of
from tables.records.history.entries import secrets
from tests.contract.tables import THINGS
from tests.tables import stored

HOUR = 3600
ITEMS = "/api/v1/tables/Things/items"


@pytest.fixture
def clock():
    """A clock that runs on, and can be set by seconds."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=True) as traveller:
        yield traveller.shift


@pytest.fixture(params=[HOUR, -HOUR], ids=["forward", "back"])
def jump(request):
    return request.param


@pytest.fixture
def staff(enter):
    """A member of staff whose token is of the moment."""
    return lambda: enter("v1", "staff").http


def create(http, name, **headers):
    return http.send("POST", ITEMS, json.dumps({"id": name}).encode(), headers)


def test_a_list_goes_on_at_its_cursor(moto_tables, staff, clock, jump):
    for name in "abc":
        create(staff(), name)
    seen, url = [], f"{ITEMS}?limit=1"
    while url:
        page = staff().send("GET", url.removeprefix("http://testserver")).json()
        seen += [item["id"] for item in page["items"]]
        url = page.get("next")
        clock(jump)
    assert sorted(seen) == ["a", "b", "c"]


def test_a_request_with_a_key_is_made_once(moto_tables, staff, clock, jump):
    keyed = {"Idempotency-Key": "once"}
    first = create(staff(), "a", **keyed)
    clock(jump)
    again = create(staff(), "a", **keyed)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert first.content == again.content


def test_a_token_of_before_ends_with_its_own_hour(moto_tables, staff, clock):
    http = staff()
    assert create(http, "a").status_code == 201
    clock(2 * HOUR)
    assert create(http, "b").status_code == 401
    assert stored("real-things", "b") is None


def test_a_token_that_is_not_valid_yet_is_refused(moto_tables, staff, clock):
    http = staff()
    clock(-HOUR)
    assert create(http, "a").status_code == 401
    assert stored("real-things", "a") is None


def test_a_token_that_was_believed_goes_on_when_the_clock_goes_back(moto_tables, staff, clock):
    http = staff()
    create(http, "a")
    clock(-HOUR)
    assert create(http, "b").status_code == 201


def test_a_session_ends_early_or_an_hour_late(moto_tables, enter, clock, jump):
    http = enter("v1", "staff", way="session").http
    is_ahead, json_alone = jump > 0, {"Accept": "application/json"}
    assert http.send("GET", ITEMS, headers=json_alone).status_code == 200
    clock(2 * jump)
    after = http.send("GET", ITEMS, headers=json_alone)
    assert after.status_code == (401 if is_ahead else 200)


def test_history_counts_on_whatever_the_clock_says(moto_tables, staff, settings, clock, jump):
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)
    create(staff(), "a")
    clock(jump)
    patch = b'{"changed":true}'
    kind = {"Content-Type": "application/merge-patch+json"}
    assert staff().send("PATCH", f"{ITEMS}/a", patch, kind).status_code == 200
    entries = entries_of(item_name({"id": {"S": "a"}}, THINGS), consistent=True)[::-1]
    assert [entry.n for entry in entries] == [1, 2]
    assert abs(entries[1].at - entries[0].at - jump * 1000) < 60_000
    assert broken(entries, secrets(), int(time.time())) == []
