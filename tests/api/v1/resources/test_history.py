"""History as JSON: versions, undo, restore, changes, trash."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tables.dynamodb.history_table import create_history_table
from tables.dynamodb.state_table import create_state_table
from tests.api.v1.conftest import MERGE_PATCH, TYPED, Door, ok, problem
from tests.tables import store, stored

USES = ("Workers", "Events", "Bare", "Students", "Hidden")
HISTORY = "Bare/items/1/history"


@pytest.fixture(autouse=True)
def _history(tables, settings):
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)
    create_state_table(settings.STATE_TABLE)


@pytest.fixture
def written(staff):
    """Three versions of one item; the tag of the last."""
    staff.post("Bare/items", {"id": "1", "a": 1, "note": "first"})
    staff.patch("Bare/items/1", {"a": 2})
    return staff.patch("Bare/items/1", {"note": "third"})["ETag"]


def links(response):
    parts = [part.split("; ") for part in response["Link"].split(", ")]
    return {rel.removeprefix('rel="').rstrip('"'): url.strip("<>") for url, rel in parts}


def test_a_write_says_where_its_versions_are(staff):
    created = staff.post("Bare/items", {"id": "1", "a": 1})
    changed = staff.patch("Bare/items/1", {"a": 2})
    deleted = staff.delete("Bare/items/1")

    base = f"http://testserver/api/v1/tables/{HISTORY}"
    assert links(created) == {"version-history": base, "latest-version": f"{base}/1"}
    assert links(changed)["predecessor-version"] == f"{base}/1"
    assert links(deleted)["latest-version"] == f"{base}/3"
    assert ok(staff.get(links(changed)["predecessor-version"].removeprefix("http://testserver")))[
        "item"
    ] == {"id": "1", "a": 1}


def test_versions_are_told_newest_first_with_who_and_how(staff, written):
    found = ok(staff.get(HISTORY))

    assert [(v["version"], v["action"]) for v in found["versions"]] == [
        (3, "change"),
        (2, "change"),
        (1, "create"),
    ]
    newest = found["versions"][0]
    assert newest["by"] == {"sub": "sub-doe, jane", "name": "doe, jane"}
    assert (newest["door"], newest["key"], newest["happened"]) == ("v1", "1", True)
    assert newest["url"] == f"http://testserver/api/v1/tables/{HISTORY}/3"
    assert found["outside"] == []
    assert found["next"] is None
    assert "real" not in json.dumps(found, default=str)


def test_a_page_goes_on(staff, written):
    first = ok(staff.get(HISTORY, "limit=2"))
    rest = ok(staff.get(first["next"].removeprefix("http://testserver")))
    assert [v["version"] for v in rest["versions"]] == [1]


def test_a_version_has_its_changes_and_the_item_as_it_was(staff, written):
    found = ok(staff.get(f"{HISTORY}/2"))

    assert found["changes"] == [{"pointer": "/a", "old": 1, "new": 2}]
    assert found["item"] == {"id": "1", "a": 2, "note": "first"}
    typed = ok(staff.get(f"{HISTORY}/2", Accept=TYPED))
    assert typed["changes"] == [{"pointer": "/a", "old": {"N": "1"}, "new": {"N": "2"}}]
    assert typed["item"]["a"] == {"N": "2"}
    assert ok(staff.get(f"{HISTORY}/2", "fields=note"))["item"] == {"note": "first"}
    problem(staff.get(f"{HISTORY}/9"), 404, "not_found")


def test_what_came_from_outside_is_told(staff, written):
    store("v1-Bare", id={"S": "1"}, a={"N": "2"}, note={"S": "theirs"})

    assert ok(staff.get(HISTORY))["outside"] == [
        {
            "after": 3,
            "before": None,
            "changes": [{"pointer": "/note", "old": "third", "new": "theirs"}],
        }
    ]


def test_an_undo_answers_as_any_write(staff, written):
    answer = staff.post(f"{HISTORY}/2/undo", None)

    assert ok(answer) == {"id": "1", "a": 1, "note": "third"}
    assert answer["ETag"] == staff.get("Bare/items/1")["ETag"]
    assert ok(staff.get(HISTORY))["versions"][0] | {"at": 0} == {
        **ok(staff.get(HISTORY))["versions"][0],
        "at": 0,
        "action": "undo",
        "of": 2,
    }
    assert staff.post(f"{HISTORY}/2/undo", None, Prefer="return=minimal").status_code == 409


def test_36_what_was_changed_since_is_told_value_by_value(staff, written):
    staff.patch("Bare/items/1", {"a": 7})

    told = problem(staff.post(f"{HISTORY}/2/undo", None), 409, "undo_conflict")

    assert told["conflicts"] == [{"pointer": "/a", "left": 2, "now": 7, "undo": 1}]


def test_a_deleted_item_is_undeleted_at_its_url(staff, written):
    assert staff.delete("Bare/items/1").status_code == 204
    assert [e["key"] for e in ok(staff.get("Bare/trash"))["changes"]] == ["1"]

    back = staff.post(f"{HISTORY}/4/undo", None)

    assert ok(back, 201) == {"id": "1", "a": 2, "note": "third"}
    assert back["Location"] == "http://testserver/api/v1/tables/Bare/items/1"
    assert ok(staff.get("Bare/trash"))["changes"] == []


def test_an_undone_create_is_gone(staff):
    staff.post("Bare/items", {"id": "1"})
    answer = staff.post(f"{HISTORY}/1/undo", None)
    assert (answer.status_code, answer.content) == (204, b"")
    assert stored("v1-Bare", id={"S": "1"}) is None


def test_36_a_restore_is_pinned_by_if_match(staff, written):
    stale = staff.post(f"{HISTORY}/1/restore", None, If_Match='"x.p"')
    problem(stale, 412, "precondition_failed")
    assert ok(staff.post(f"{HISTORY}/1/restore", None, If_Match=written)) == {
        "id": "1",
        "a": 1,
        "note": "first",
    }


def test_a_retry_with_its_key_takes_back_once(staff, written):
    first = staff.post(f"{HISTORY}/2/undo", None, Idempotency_Key="k")
    again = staff.post(f"{HISTORY}/2/undo", None, Idempotency_Key="k")

    assert again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.content, again["Link"]) == (200, first.content, first["Link"])
    assert len(ok(staff.get(HISTORY))["versions"]) == 4


def test_the_changes_of_a_table_are_asked_by_person_action_and_time(staff, written):
    found = ok(staff.get("Bare/history"))["changes"]
    assert [(e["key"], e["version"]) for e in found] == [("1", 3), ("1", 2), ("1", 1)]
    for query, versions in [
        ("person=sub-doe, jane", [3, 2, 1]),
        ("person=nobody", []),
        ("action=create", [1]),
        ("since=2001-01-01T00:00:00Z", [3, 2, 1]),
        ("until=2001-01-01T00:00:00Z", []),
        ("until=0327-01-01T00:00:00Z", []),
        ("since=2030-01-01T00:00:00z&until=2020-01-01T00:00:00Z", []),
        ("since=", [3, 2, 1]),
    ]:
        told = ok(staff.get("Bare/history", query))["changes"]
        assert [e["version"] for e in told] == versions, query
    first = ok(staff.get("Bare/history", "limit=1"))
    rest = ok(staff.get(first["next"].removeprefix("http://testserver")))
    assert [e["version"] for e in rest["changes"]] == [2]


def test_a_list_of_changes_says_which_request_made_each(staff, written):
    requests = [entry["request_id"] for entry in ok(staff.get("Bare/history"))["changes"]]
    assert requests == [entry["request_id"] for entry in ok(staff.get(HISTORY))["versions"]]
    assert len({*requests}) == 3
    assert all(requests)
    staff.delete("Bare/items/1")
    assert ok(staff.get("Bare/trash"))["changes"][0]["request_id"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("Bare/history", "action=create"),
        ("Bare/history", "since=2001-01-01T00:00:00Z"),
        ("Workers/history", ""),
        ("Bare/trash", ""),
    ],
)
def test_a_cursor_leads_on_in_the_list_that_gave_it_alone(staff, written, path, query):
    first = ok(staff.get("Bare/history", "limit=1"))
    cursor = parse_qs(urlsplit(first["next"]).query)["cursor"][0]
    altered = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    problem(staff.get("Bare/history", f"cursor={altered}"), 400, "invalid_cursor")
    problem(staff.get(path, f"{query}&cursor={cursor}".lstrip("&")), 400, "invalid_cursor")


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        (HISTORY, "limit=0", "invalid_request"),
        (HISTORY, "cursor=x", "invalid_cursor"),
        (HISTORY, "a=1", "invalid_request"),
        ("Bare/history", "since=yesterday", "invalid_request"),
        ("Bare/history", "since=2026-01-01T00:00:00", "invalid_request"),
        ("Bare/history", "action=edit", "invalid_request"),
        ("Bare/history", "cursor=1.2", "invalid_cursor"),
        ("Bare/trash", "cursor=" + "9" * 40, "invalid_cursor"),
        ("Bare/trash", "limit=1001", "invalid_request"),
    ],
)
def test_what_can_t_be_asked_is_400(staff, path, query, code):
    problem(staff.get(path, query), 400, code)


def test_without_a_history_there_is_nothing(staff, written, settings):
    settings.HISTORY = False
    for path in (HISTORY, f"{HISTORY}/1", "Bare/history", "Bare/trash"):
        problem(staff.get(path), 404, "not_found")
    problem(staff.post(f"{HISTORY}/1/undo", None), 404, "not_found")
    assert "Link" not in staff.patch("Bare/items/1", {"a": 9})
    assert "history" not in ok(staff.get("Bare"))["rights"]


def test_36_history_is_a_right_of_its_own(staff, settings, tmp_path):
    (tmp_path / "tables.toml").write_text(
        'staff_groups = ["staff"]\n[Bare]\ntable = "v1-Bare"\naudit_attributes = false\n'
        '[Bare.permissions]\nhistory = ["auditors"]\n'
    )
    settings.TABLES_FILE = tmp_path / "tables.toml"
    auditor = Door("staff", "auditors", name="aud")

    created = staff.post("Bare/items", {"id": "1"})

    assert created.status_code == 201
    assert "Link" not in created
    for path in (HISTORY, f"{HISTORY}/1", "Bare/history", "Bare/trash"):
        problem(staff.get(path), 403, "forbidden")
        assert auditor.get(path).status_code == 200
    problem(staff.post(f"{HISTORY}/1/undo", None), 403, "forbidden")
    problem(auditor.post(f"{HISTORY}/1/undo", None), 403, "forbidden")  # deletes, which it may not
    stranger = Door("strangers", name="x")
    problem(stranger.get(HISTORY), 404, "table_not_found")


def test_a_batch_leaves_an_entry_for_each_operation(staff):
    operations = [{"method": "POST", "body": {"id": str(n)}} for n in range(3)]
    staff.post("Bare/batch", {"operations": operations})
    assert len(ok(staff.get("Bare/history"))["changes"]) == 3


def test_a_merge_patch_is_undone_where_it_removed(staff):
    staff.post("Bare/items", {"id": "1", "deep": {"a": 1, "b": [1, 2]}})
    staff.patch("Bare/items/1", {"deep": {"b": None}}, type=MERGE_PATCH)
    assert ok(staff.post(f"{HISTORY}/2/undo", None))["deep"] == {"a": 1, "b": [1, 2]}


@pytest.mark.parametrize("what", ["undo", "restore"])
@pytest.mark.parametrize("body", ["{bad", "[1]", '{"version": 1}'])
def test_a_body_that_would_say_something_is_refused(staff, written, what, body):
    refused = staff.post(f"{HISTORY}/2/{what}", body.encode())
    problem(refused, 400, "invalid_request")
    assert ok(staff.get("Bare/items/1"))["note"] == "third"
    assert staff.post(f"{HISTORY}/2/{what}", {}).status_code == 200


def test_plain_json_tells_nothing_there_from_a_null(staff, written):
    staff.put("Bare/items/1", {"a": 2, "note": "third", "none": None})
    staff.patch("Bare/items/1", {"none": 1})
    changes = [ok(staff.get(f"{HISTORY}/{n}"))["changes"] for n in (4, 5)]
    assert changes == [
        [{"pointer": "/none", "old": None, "new": None, "absent": ["old"]}],
        [{"pointer": "/none", "old": None, "new": 1}],
    ]
    refused = problem(staff.post(f"{HISTORY}/4/undo", None), 409, "undo_conflict")
    assert refused["conflicts"] == [
        {"pointer": "/none", "left": None, "now": 1, "undo": None, "absent": ["undo"]}
    ]


def test_undoing_a_create_would_leave_nothing(staff):
    staff.post("Workers/items", {"id": "1", "name": "Ann"})
    staff.patch("Workers/items/1", {"name": "Bob"})
    refused = problem(staff.post("Workers/items/1/history/1/undo", None), 409, "undo_conflict")
    assert refused["conflicts"] == [
        {"pointer": "/name", "left": "Ann", "now": "Bob", "undo": None, "absent": ["undo"]}
    ]
