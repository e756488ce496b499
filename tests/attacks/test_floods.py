"""Row 22: more than one caller may have at once."""

import pytest

from tables.api.adminapi import lists, views
from tables.dynamodb.reads import Page
from tests.tables import store


def fill(count=5):
    for number in range(count):
        store("real-things", {"id": {"S": f"t{number}"}, "kind": {"S": "a"}})
        store("real-stamped", {"id": {"S": f"t{number}"}, "kind": {"S": "a"}})


def test_22_an_unbounded_list_is_capped_where_a_cap_is_set(moto_tables, enter, settings):
    fill(5)
    settings.ADMINAPI_LIST_LIMIT = 3
    door = enter("adminapi", "staff")

    listed = door.everything()
    scanned = door.send("POST", {"scan": {}}, table="Things", action="scan")

    for response in (listed, scanned):
        assert response.status_code == 400
        assert "paginate" in response.json()["error"]["message"]


@pytest.mark.parametrize("condition", ["IN", "array"])
def test_22_a_filter_of_1000_values_is_400(moto_tables, enter, calls, condition):
    values = [f"v{number}" for number in range(1000)]
    scan = {"kind": {"comparator": "IN", "value": values} if condition == "IN" else values}
    answers = [
        enter("adminapi", "staff").send("POST", {"scan": scan}, table="Things", action="scan"),
        enter("v1", "staff").send("POST", "Things/search", {"scan": scan}),
    ]
    if condition == "IN":
        listed = f"Things/items?kind__in={','.join(values)}"
        answers.append(enter("v1", "staff").send("GET", listed))

    assert [answer.status_code for answer in answers] == [400] * len(answers)
    assert not {"Scan", "Query"} & set(calls)


def test_22_of_50_scans_at_once_most_are_429(moto_tables, enter, monkeypatch):
    monkeypatch.setattr(views, "SCAN_PATIENCE", 0.02)  # each of 48 would wait a second
    fill(3)
    door = enter("adminapi", "staff")
    other = enter("adminapi", "staff", sub="someone-else")

    # A stream that is not read to its end is a scan that still runs.
    running = [door.everything() for _ in range(50)]
    statuses = [response.status_code for response in running]
    of_another = other.everything()

    assert statuses == [200, 200] + [429] * 48
    assert all(response["Retry-After"] for response in running if response.status_code == 429)
    assert of_another.status_code == 200
    for response in (*running, of_another):
        response.close()
    assert door.everything().status_code == 200


def test_22_a_page_that_stops_at_its_budget_says_so(moto_tables, enter, settings):
    settings.SCAN_BUDGET_ITEMS = 2
    fill(5)

    page = enter("v1", "staff").send("GET", "Things/items?kind=none").json()

    assert (page["items"], page["count"]) == ([], 0)
    assert page["scanned_count"] == 2
    assert page["next"]


def test_31_of_many_whole_lists_that_go_on_most_are_429(moto_tables, enter, settings, monkeypatch):
    settings.STREAMS_PER_SITE = 3
    key = {"id": {"S": "t"}}
    pages = (Page([key], last_evaluated_key=key), Page([key]))
    monkeypatch.setattr(lists, "iterate", lambda *_arguments, **_members: iter(pages))
    doors = [enter("adminapi", "staff", sub=f"caller-{number}") for number in range(4)]

    running = [door.everything() for door in doors]
    assert [response.status_code for response in running] == [200, 200, 200, 429]
    assert running[-1]["Retry-After"]

    running[0].close()
    last = doors[-1].everything()
    assert b"".join(last.streaming_content) == b'[{"id":"t"},{"id":"t"}]'
    for response in (*running[1:], last):
        response.close()


def test_31_a_whole_list_that_is_one_page_takes_no_room(moto_tables, enter, settings):
    fill(3)
    settings.STREAMS_PER_SITE = 1
    running = [enter("adminapi", "staff", sub=f"of-{number}").everything() for number in range(4)]
    assert [response.status_code for response in running] == [200] * 4
    for response in running:
        response.close()
