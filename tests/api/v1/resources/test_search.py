"""Searching with the scan language in a body."""

import pytest

from tests.api.v1.conftest import TYPED, Door, ok, pointers, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers",)


@pytest.fixture(autouse=True)
def _workers(tables):
    for number in range(6):
        store(
            "v1-Workers",
            id={"S": f"w{number}"},
            city={"S": "Oslo" if number % 2 else "Rome"},
            age={"N": str(number)},
            tags={"SS": ["even" if number % 2 == 0 else "odd", "all"]},
            worker={"M": {"name": {"S": f"Worker {number}"}}},
        )


def ids(body):
    return sorted(item["id"] for item in body["items"])


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        ({}, range(6)),
        ({"age": 3}, [3]),
        ({"age": "3"}, []),
        ({"age": {"comparator": "<=", "value": 1}}, [0, 1]),
        ({"age": {"comparator": "between", "value": [1, 3]}}, [1, 2, 3]),
        ({"tags": ["odd"]}, [1, 3, 5]),
        ({"tags": [["odd"], ["all"]]}, [1, 3, 5]),
        ({"worker.name": ["er 1", "er 2"]}, [1, 2]),
        ({"attributesExist": ["nothing"]}, []),
        ({"attributesNotExist": ["nothing"], "age": {"comparator": ">", "value": 4}}, [5]),
    ],
)
def test_the_scan_language_works_here(staff, scan, expected):
    body = ok(staff.post("Workers/search", {"scan": scan}))
    assert ids(body) == [f"w{n}" for n in expected]
    assert body["next"] is None
    assert body["cursor"] is None


def test_a_search_is_planned_like_a_list(staff):
    body = ok(staff.post("Workers/search", {"scan": {"city": "Oslo"}, "order": "desc"}))
    assert body["plan"] == {"operation": "Query", "index": "by-city"}
    forced = {"scan": {"city": "Oslo"}, "plan": "scan"}
    assert ok(staff.post("Workers/search", forced))["plan"]["operation"] == "Scan"
    indexed = {"scan": {"city": "Oslo"}, "index": "by-city-and-age", "order": "desc"}
    ages = [item["age"] for item in ok(staff.post("Workers/search", indexed))["items"]]
    assert ages == [5, 3, 1]


def test_fields_and_typed_items(staff):
    body = {"scan": {"age": 3}, "fields": ["worker.name"]}
    assert ok(staff.post("Workers/search", body))["items"] == [{"worker": {"name": "Worker 3"}}]
    typed = ok(staff.post("Workers/search", body, Accept=TYPED))["items"]
    assert typed == [{"worker": {"M": {"name": {"S": "Worker 3"}}}}]


def test_pages_go_on_by_cursor_or_by_next(staff):
    body = {"scan": {"tags": ["all"]}, "limit": 4}
    first = ok(staff.post("Workers/search", body))
    by_cursor = ok(staff.post("Workers/search", {**body, "cursor": first["cursor"]}))
    by_next = ok(staff.post(first["next"].removeprefix("http://testserver"), body))
    assert by_cursor["items"] == by_next["items"]
    assert sorted(ids(first) + ids(by_cursor)) == [f"w{n}" for n in range(6)]
    assert by_cursor["cursor"] is None


def test_a_cursor_of_another_search_is_refused(staff):
    cursor = ok(staff.post("Workers/search", {"scan": {}, "limit": 2}))["cursor"]
    other = {"scan": {"age": 3}, "limit": 2, "cursor": cursor}
    problem(staff.post("Workers/search", other), 400, "invalid_cursor")
    altered = {"scan": {}, "limit": 2, "cursor": cursor[:-1]}
    problem(staff.post("Workers/search", altered), 400, "invalid_cursor")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scan": []}, "/scan"),
        ({"scan": {"a": []}}, "/scan"),
        ({"scan": {"a": ["x", ["y"]]}}, "/scan"),
        ({"scan": {"a": {"comparator": "~", "value": 1}}}, "/scan"),
        ({"scan": {"a..b": 1}}, "/scan"),
        ({"scan": {}, "limit": 0}, "/limit"),
        ({"scan": {}, "limit": True}, "/limit"),
        ({"scan": {}, "limit": 1.5}, "/limit"),
        ({"scan": {}, "limit": "100"}, "/limit"),
        ({"scan": {}, "cursor": {"S": "x"}}, "/cursor"),
        ({"scan": {}, "fields": "a"}, "/fields"),
        ({"scan": {}, "fields": ["a", "a.b"]}, "/fields"),
        ({"scan": {}, "order": "up"}, "/order"),
        ({"scan": {}, "plan": 1}, "/plan"),
    ],
)
def test_what_is_no_search_is_400_with_a_pointer(staff, body, pointer):
    refusal = problem(staff.post("Workers/search", body), 400, "invalid_expression")
    assert pointers(refusal) == [pointer]


def test_what_the_table_cannot_do_is_400_in_words(staff):
    body = {"scan": {}, "index": "nothing"}
    problem(staff.post("Workers/search", body), 400, "invalid_expression")
    problem(staff.post("Workers/search", {"scan": {}, "order": "asc"}), 400, "invalid_expression")


def test_a_search_without_a_scan_is_400(staff):
    refusal = problem(staff.post("Workers/search", {}), 400, "invalid_request")
    assert pointers(refusal) == ["/scan"]


def test_a_whole_number_may_be_written_with_a_fraction(staff):
    assert ok(staff.post("Workers/search", b'{"scan": {}, "limit": 2.0}'))["count"] == 2


def test_an_empty_cursor_of_the_url_is_none(staff):
    body = {"scan": {}, "limit": 2, "cursor": {}}
    problem(staff.post("Workers/search", body, query="cursor="), 400, "invalid_expression")
    assert ok(staff.post("Workers/search", {"scan": {}}, query="cursor="))["count"] == 6


def test_an_unknown_member_is_400_with_its_pointer(staff):
    refusal = problem(staff.post("Workers/search", {"scan": {}, "limt": 1}), 400, "invalid_request")
    assert pointers(refusal) == ["/limt"]


def test_an_unknown_query_parameter_is_400(staff):
    problem(staff.post("Workers/search", {"scan": {}}, query="age=3"), 400, "invalid_request")


def test_a_search_needs_the_right_to_view_only():
    assert ok(Door("readers").post("Workers/search", {"scan": {"age": 1}}))["count"] == 1
    problem(Door("strangers").post("Workers/search", {"scan": {}}), 404, "table_not_found")


def test_a_search_is_posted(staff):
    response = staff.get("Workers/search")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "POST, OPTIONS"


def test_an_idempotency_key_means_nothing_to_a_search(staff):
    first = staff.post("Workers/search", {"scan": {}}, Idempotency_Key="k")
    store("v1-Workers", id={"S": "new"})
    second = staff.post("Workers/search", {"scan": {}}, Idempotency_Key="k")
    assert (ok(first)["count"], ok(second)["count"]) == (6, 7)
