"""Preconditions of writes: checked in the write itself (RFC 9110, section 13)."""

import pytest

from tables.dynamodb import writes
from tests.api.v1.conftest import ok, problem, write_bare
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Settings", "Bare")


def race(monkeypatch, times=1):
    """Another system changes the item between our read and our write."""
    left = [times]

    def rival(operation, *, companions=(), return_values="NONE", write=writes.write):
        if left[0]:
            left[0] -= 1
            old = stored("v1-Bare", id={"S": "1"}) or {"id": {"S": "1"}}
            store("v1-Bare", **{**old, "tags": {"SS": [f"rival {left[0]}"]}})
        return write(operation, companions=companions, return_values=return_values)

    monkeypatch.setattr(writes, "write", rival)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_between_read_and_write_fails_the_condition(staff, tag, monkeypatch, method):
    race(monkeypatch)
    response = write_bare(staff, method, If_Match=tag)
    problem(response, 412, "precondition_failed")
    item = stored("v1-Bare", id={"S": "1"})
    assert (item["a"], item["tags"]) == ({"N": "1"}, {"SS": ["rival 0"]})


def test_without_precondition_a_write_starts_again_on_the_newer_state(staff, tag, monkeypatch):
    race(monkeypatch, times=2)
    body = ok(staff.patch("Bare/items/1", {"a": 2}))
    assert (body["a"], body["tags"]) == (2, ["rival 0"])


def test_an_unconditional_put_replaces_the_newer_state(staff, tag, monkeypatch):
    race(monkeypatch)
    assert ok(staff.put("Bare/items/1", {"a": 2})) == {"id": "1", "a": 2}
    assert stored("v1-Bare", id={"S": "1"}) == {"id": {"S": "1"}, "a": {"N": "2"}}


def test_an_item_that_never_stands_still_is_409_to_try_again(staff, tag, monkeypatch):
    monkeypatch.setattr(writes, "pause", lambda _attempt: None)
    race(monkeypatch, times=1000)
    response = staff.put("Bare/items/1", {"a": 2})
    problem(response, 409, "transaction_conflict")
    assert response["Retry-After"] == "1"


def test_a_create_that_loses_the_race_becomes_a_replace(staff, monkeypatch):
    race(monkeypatch)
    assert ok(staff.put("Bare/items/1", {"a": 2}))["a"] == 2


def test_an_attribute_that_comes_after_the_read_survives_a_replace(staff, tag, monkeypatch):
    """DynamoDB can't say "and nothing else": a replace touches what it has read only."""
    left = [True]

    def rival(operation, *, companions=(), return_values="NONE", write=writes.write):
        if left:
            left.pop()
            old = stored("v1-Bare", id={"S": "1"})
            store("v1-Bare", **old, late={"S": "here"})
        return write(operation, companions=companions, return_values=return_values)

    monkeypatch.setattr(writes, "write", rival)
    ok(staff.put("Bare/items/1", {"a": 2}))
    assert stored("v1-Bare", id={"S": "1"}) == {
        "id": {"S": "1"},
        "a": {"N": "2"},
        "late": {"S": "here"},
    }


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_table_may_demand_a_precondition(staff, method):
    store("v1-Settings", id={"S": "1"}, a={"N": "1"})
    body = None if method == "DELETE" else {"a": 2}
    refusal = problem(staff.send(method, "Settings/items/1", body), 428, "precondition_required")
    assert "If-Match" in refusal["detail"]
    tag = staff.get("Settings/items/1")["ETag"]
    response = staff.send(method, "Settings/items/1", body, If_Match=tag)
    assert response.status_code in (200, 204)


def test_a_create_on_such_a_table_says_if_none_match(staff):
    problem(staff.put("Settings/items/1", {}), 428, "precondition_required")
    ok(staff.put("Settings/items/1", {}, If_None_Match="*"), 201)
    problem(staff.patch("Settings/items/1", {}, If_None_Match="*"), 428, "precondition_required")
    # It would be true of every state but one: no precondition to speak of.
    problem(staff.put("Settings/items/1", {}, If_None_Match='"x"'), 428, "precondition_required")
    ok(staff.post("Settings/items", {"a": 1}), 201)
