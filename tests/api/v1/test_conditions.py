"""Preconditions of writes: checked in the write itself (RFC 9110, section 13)."""

import pytest

from tables.dynamodb import writes
from tests.api.v1.conftest import TYPED, ok, problem, store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Settings", "Bare")


@pytest.fixture
def tag(staff):
    store("v1-Bare", id={"S": "1"}, a={"N": "1"}, tags={"SS": ["x", "y"]})
    return staff.get("Bare/items/1")["ETag"]


def send(door, method, **headers):
    body = None if method == "DELETE" else {"a": 2}
    return door.send(method, "Bare/items/1", body, **headers)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", ["{0}", '"other", {0}', "{bare}", "*", " {0} "])
def test_the_right_tag_lets_the_write_pass(staff, tag, method, form):
    header = form.format(tag, bare=tag.strip('"'))
    assert send(staff, method, If_Match=header).status_code in (200, 204)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("query", ["format=dynamodb", "fields=a", "fields=tags&format=dynamodb"])
def test_the_tag_of_any_representation_of_the_state_counts(staff, tag, method, query):
    other = staff.get("Bare/items/1", query)["ETag"]
    assert other != tag
    assert send(staff, method, If_Match=other).status_code in (200, 204)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", ['"0000.p"', "0000", "W/{}", '"*"'])
def test_28_another_tag_or_a_weak_one_is_412_with_the_present_tag(staff, tag, method, form):
    response = send(staff, method, If_Match=form.format(tag))
    problem(response, 412, "precondition_failed")
    assert response["ETag"] == tag
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


def test_the_present_tag_is_that_of_the_representation_asked_for(staff, tag):
    response = staff.put("Bare/items/1", {}, If_Match='"x"', Accept=TYPED)
    assert response.status_code == 412
    assert response["ETag"] == staff.get("Bare/items/1", Accept=TYPED)["ETag"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ['"', '"a" "b"', "ä", ",", "W/", '"a"x', "a b", ""])
@pytest.mark.parametrize("name", ["If_Match", "If_None_Match"])
def test_a_malformed_tag_is_400_and_never_ignored(staff, tag, method, header, name):
    problem(send(staff, method, **{name: header}), 400, "invalid_request")
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


def test_if_none_match_star_creates_only(staff):
    ok(staff.put("Bare/items/1", {"a": 1}, If_None_Match="*"), 201)
    response = staff.put("Bare/items/1", {"a": 2}, If_None_Match="*")
    problem(response, 412, "precondition_failed")
    assert response["ETag"] == staff.get("Bare/items/1")["ETag"]
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_if_none_match_of_the_present_state_refuses_a_write(staff, tag, method):
    problem(send(staff, method, If_None_Match=f"W/{tag}"), 412, "precondition_failed")
    assert send(staff, method, If_None_Match='"other.p"').status_code in (200, 204)


def test_if_match_never_creates(staff):
    for header in ("*", '"x.p"'):
        response = staff.put("Bare/items/1", {"a": 1}, If_Match=header)
        problem(response, 412, "precondition_failed")
        assert "ETag" not in response
    assert stored("v1-Bare", id={"S": "1"}) is None


def test_dates_are_no_preconditions_here(staff, tag):
    past = "Sat, 01 Jan 2000 00:00:00 GMT"
    assert send(staff, "PATCH", If_Unmodified_Since=past).status_code == 200


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
    response = send(staff, method, If_Match=tag)
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
    monkeypatch.setattr(writes, "_pause", lambda _attempt: None)
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
    ok(staff.post("Settings/items", {"a": 1}), 201)
