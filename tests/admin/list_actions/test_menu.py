"""Actions on ticked items: exports and deletions, as far as the caller's rights go."""

import csv
import io
import json

import pytest
from django.core.cache import cache
from django.test import Client
from structlog.testing import capture_logs

from tables.core.errors import Unavailable
from tables.core.preconditions import state_of
from tables.dynamodb import reads
from tables.dynamodb.client import call
from tables.dynamodb.reads import get_item
from tables.models import RecentItem
from tables.records.jobs.models import Job
from tests.admin.html import Page

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/tables/People/"


@pytest.fixture(autouse=True)
def _uncounted():
    """Every test has its limits to itself."""
    cache.clear()


EVE = "~YS9iLMO8"


def body(answer):
    return b"".join(answer.streaming_content).decode()


def run(client, action, *tokens, path=PEOPLE, **more):
    form = {"action": action, "_selected_action": tokens, "index": "0", "select_across": "0"}
    return client.post(path, form | more)


def exists(key, table="people"):
    return get_item(table, {"id": {"S": key}}).item is not None


# ---------------------------------------------------------------- exports


def test_chosen_items_are_exported_as_json_lines(staff, people):
    answer = run(staff, "export_jsonl", "1", EVE)
    assert answer["Content-Type"] == "application/jsonl"
    lines = [json.loads(line) for line in body(answer).splitlines()]
    assert lines == [
        {"id": "1", "name": "Ann", "age": 30, "city": "Oslo", "shoe": 38},
        {"id": "a/b,ü", "name": "Eve"},
    ]


@pytest.mark.parametrize(
    "how",
    [{"action": "export_typed", "select_across": "1"}, {"export_all": "export_typed"}],
)
def test_everything_that_matches_is_exported_from_all_pages(admin, cities, how):
    path = "/admin/tables/Cities/?country=XX&limit=4"
    answer = admin.post(path, how)
    names = [json.loads(line)["name"]["S"] for line in body(answer).splitlines()]
    assert names == [f"XX-{number:02}" for number in range(25)]


def test_31_exports_beyond_those_that_one_may_have_at_a_time_are_refused(admin, cities, settings):
    settings.STREAMS_PER_CALLER = 1
    path = "/admin/tables/Cities/?country=XX"
    first = admin.post(path, {"export_all": "export_jsonl"})
    refused = admin.post(path, {"export_all": "export_jsonl"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "5")
    assert len(body(first).splitlines()) == 25
    assert len(body(admin.post(path, {"export_all": "export_jsonl"})).splitlines()) == 25


def test_31_an_export_that_nobody_reads_gives_its_room_back(admin, cities, settings):
    settings.STREAMS_PER_CALLER = 1
    path = "/admin/tables/Cities/?country=XX"
    answer = admin.post(path, {"export_all": "export_jsonl"})
    answer.close()
    del answer
    assert admin.post(path, {"export_all": "export_jsonl"}).status_code == 200


def test_typed_lines_are_the_items_as_they_are_stored(admin, put):
    item = {
        "id": {"S": "x"},
        "n": {"N": "12345678901234567890123456789012345678"},
        "s": {"NS": ["1", "2"]},
        "b": {"B": "AAEC"},
        "m": {"M": {"a": {"L": [{"NULL": True}, {"BOOL": False}]}}},
    }
    put("Anything", item)
    answer = run(admin, "export_typed", "x", path="/admin/tables/Anything/")
    assert json.loads(body(answer)) == item


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])  # noqa: RUF001 - wide
def test_26_no_cell_of_a_csv_file_is_a_formula(admin, put, start):
    evil = f"{start}cmd|' /C calc'!A0"
    put("Anything", {"id": {"S": evil}, evil: {"S": "x"}, "text": {"S": evil}})
    path = "/admin/tables/Anything/"
    answer = run(admin, "export_csv", path=path, select_across="1")
    cells = [cell for row in csv.reader(io.StringIO(body(answer), newline="")) for cell in row]
    assert f"'{evil}" in cells
    assert not [cell for cell in cells if cell.startswith(start)]


def test_heads_of_a_csv_file_are_names_as_they_are_unless_two_would_read_alike(admin, put):
    put(
        "Anything",
        {
            "id": {"S": "1"},
            "x.y": {"S": "flat"},
            "a[0]": {"S": "v"},
            "p.q": {"S": "flat"},
            "p": {"M": {"q": {"S": "deep"}}},
        },
    )
    columns = [r"x\.y", r"a\[0\]", r"p\.q", "p.q"]
    path = "/admin/tables/Anything/"
    answer = run(admin, "export_csv", path=path, select_across="1", column=columns)
    head, row = csv.reader(io.StringIO(body(answer)))
    assert head == ["id", "x.y", "a[0]", r"p\.q", "p.q"]
    assert row == ["1", "flat", "v", "flat", "deep"]


def test_a_csv_file_has_the_columns_of_the_list(admin, put):
    put(
        "Anything",
        {
            "id": {"S": 'a"b'},
            "n": {"N": "-5"},
            "l": {"L": [{"N": "1"}, {"S": "ü"}]},
            "s": {"SS": ["x"]},
            "b": {"B": "AAEC"},
            "z": {"NULL": True},
        },
        {"id": {"S": "empty"}, "n": {"N": "1"}},
    )
    path = "/admin/tables/Anything/?fields=n,l,s,b,z"
    answer = run(admin, "export_csv", path=path, select_across="1")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = sorted(csv.reader(io.StringIO(body(answer))))
    assert rows == [
        ['a"b', "-5", '[1,"ü"]', '["x"]', "AAEC", "null"],
        ["empty", "1", "", "", "", ""],
        ["id", "n", "l", "s", "b", "z"],
    ]


def test_a_file_for_excel_begins_with_the_mark_of_utf_8(admin, people):
    path = "/admin/tables/People/"
    plain = body(run(admin, "export_csv", EVE, path=path))
    assert body(run(admin, "export_excel", EVE, path=path)) == f"\ufeff{plain}"


def test_a_file_has_the_columns_that_were_shown_whatever_was_ticked(admin, put):
    put("Anything", *({"id": {"S": key}, "common": {"S": key}} for key in "abcdef"))
    put("Anything", {"id": {"S": "x"}, "rare": {"S": "1"}, "rarer": {"S": "2"}})
    path = "/admin/tables/Anything/"
    page = Page(admin.get(path))
    hidden = page.all("input", name="column", form="changelist-form")
    shown = [element["attrs"]["value"] for element in hidden]
    assert ["id partition key", *shown] == page.heads
    file = body(run(admin, "export_csv", "x", path=path, column=["common"]))
    assert file == '"id","common"\r\n"x",""\r\n'


def test_a_file_of_every_attribute_has_a_column_for_each(admin, put):
    put("Anything", {"id": {"S": "x"}, "rare": {"S": "1"}}, {"id": {"S": "y"}, "other": {"N": "2"}})
    path = "/admin/tables/Anything/?fields=id"
    file = body(run(admin, "export_csv_whole", path=path, select_across="1"))
    rows = list(csv.DictReader(io.StringIO(file)))
    assert sorted(rows, key=lambda row: row["id"]) == [
        {"id": "x", "rare": "1", "other": ""},
        {"id": "y", "rare": "", "other": "2"},
    ]


def test_what_comes_too_late_for_a_column_of_its_own_is_in_the_last_one(admin, put, monkeypatch):
    monkeypatch.setattr("tables.admin.list_actions.export.LOOKED_AT", 1)
    pages = iter([[{"id": {"S": "x"}, "a": {"S": "1"}}], [{"id": {"S": "y"}, "b": {"N": "2"}}]])
    monkeypatch.setattr("tables.admin.list_actions.menu.every_item", lambda *_: pages)
    path = "/admin/tables/Anything/"
    file = body(run(admin, "export_excel_whole", path=path, select_across="1"))
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))
    assert rows == [["id", "a", "other attributes"], ["x", "1", ""], ["y", "", '{"b":2}']]


def test_exact_csv_says_the_types_and_the_state_of_each_item(admin, put, monkeypatch):
    monkeypatch.setattr("tables.admin.list_actions.export.LOOKED_AT", 1)
    items = [
        {"id": {"S": "x"}, "a": {"S": "=1"}, "n": {"N": "1"}},
        {"id": {"S": "y"}, "a": {"N": "2"}, "b": {"SS": ["t"]}},
    ]
    pages = iter([[item] for item in items])
    monkeypatch.setattr("tables.admin.list_actions.menu.every_item", lambda *_: pages)
    file = body(run(admin, "export_exact", path="/admin/tables/Anything/", select_across="1"))
    assert list(csv.reader(io.StringIO(file.removeprefix("\ufeff")))) == [
        ["id:S", "a:S", "n:N", "dynadmin:others", "dynadmin:version"],
        ["x", "'=1", "1", "", state_of(items[0])],
        ["y", ':{"N":"2"}', "", '{"b":{"SS":["t"]}}', state_of(items[1])],
    ]


@pytest.mark.parametrize(("groups", "is_offered"), [(["admins"], True), (["readers"], False)])
def test_everything_is_offered_to_whom_it_serves(sign_in, cities, groups, is_offered):
    text = sign_in(*groups).get("/admin/tables/Cities/?limit=4").content.decode()
    assert ("Select everything that matches" in text) is is_offered


def test_buttons_say_which_columns_a_file_has(admin, people):
    page = Page(admin.get(PEOPLE))
    buttons = [e["text"] for e in page.all("button", name="export_all")]
    assert buttons[:2] == ["CSV, the 3 columns shown", "CSV, every attribute"]


def test_the_file_is_named_after_the_table_and_the_day(staff, people):
    answer = run(staff, "export_csv", "1")
    name = answer["Content-Disposition"]
    assert name.startswith('attachment; filename="People-2')
    assert name.endswith('.csv"')
    assert body(answer).startswith('"id","name","age"\r\n')


def test_what_stops_the_first_page_of_an_export_is_a_page(staff, people, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise Unavailable("DynamoDB can't be reached.", retry_after=2)

    staff.get(PEOPLE)
    monkeypatch.setattr(reads, "call", refuse)
    answer = run(staff, "export_csv", select_across="1")
    assert answer.status_code == 503
    assert not answer.streaming


def test_an_export_that_breaks_off_is_no_whole_file(staff, put, monkeypatch):
    put("People", *({"id": {"S": str(n)}} for n in range(6)))
    pages = []

    def two_then_fail(operation, **members):
        if len(pages) == 2:
            raise Unavailable("DynamoDB can't be reached.")
        pages.append(operation)
        return call(operation, Limit=2, **members)

    staff.get(PEOPLE)
    monkeypatch.setattr(reads, "call", two_then_fail)
    answer = run(staff, "export_jsonl", select_across="1")
    with pytest.raises(Unavailable):
        body(answer)


# ---------------------------------------------------------------- deletions


def test_deleting_asks_first_and_shows_the_items(admin, people):
    answer = run(admin, "delete_selected", "1", EVE)
    page = Page(answer)
    assert page.text("h1") == "Delete 2 items?"
    texts = [" ".join(row["text"].split()) for row in page.all("tr")]
    assert any(text.startswith("1 name: Ann, age: 30, city: Oslo") for text in texts)
    assert "a/b,ü name: Eve" in texts
    assert exists("1")


def _confirm(client, answer, path=PEOPLE):
    page = Page(answer)
    form = {}
    for element in page.all("input", type="hidden"):
        form.setdefault(element["attrs"]["name"], []).append(element["attrs"]["value"])
    return client.post(path, form)


def test_confirmed_items_are_deleted_and_named(admin, people):
    answer = _confirm(admin, run(admin, "delete_selected", "1", EVE))
    assert answer.status_code == 302
    assert not exists("1")
    assert not exists("a/b,ü")
    assert exists("2")
    text = admin.get(answer["Location"]).content.decode()
    assert "2 items were deleted: 1, a/b,ü." in text


def test_an_item_that_changed_meanwhile_is_left_and_reported(admin, put, people):
    asked = run(admin, "delete_selected", "1", "2", "3")
    put("People", {"id": {"S": "2"}, "name": {"S": "Bobby"}})
    call("DeleteItem", TableName="people", Key={"id": {"S": "3"}})
    answer = _confirm(admin, asked)
    page = Page(answer)
    assert page.text("h1") == "1 of 3 items deleted"
    texts = {" ".join(row["text"].split()) for row in page.all("tr")}
    assert {
        "1 Deleted",
        "2 Changed since you looked: not deleted",
        "3 Was already gone",
    } <= texts
    # What is gone has no page that a link could lead to.
    assert [a["text"] for a in page.all("a") if a["attrs"]["href"].endswith("/change/")] == ["2"]
    assert exists("2")


def test_a_made_up_state_deletes_nothing(admin, people):
    form = {"confirmed": "yes", "state": "0" * 32}
    answer = run(admin, "delete_selected", "1", **form)
    assert "not deleted" in answer.content.decode()
    assert exists("1")


def test_a_deleted_item_is_no_recent_item(admin, people, person):
    other = person("staff")
    RecentItem.objects.create(user=other, alias="People", key="1", action="changed")
    _confirm(admin, run(admin, "delete_selected", "1"))
    assert not RecentItem.objects.exists()


def test_deleting_everything_is_a_job_that_only_counts_at_first(admin, people):
    answer = run(admin, "delete_selected", select_across="1", confirmed="yes")
    assert answer.status_code == 302
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/{job.pk}/"
    assert (job.kind, job.state, job.spec) == ("delete", "checking", {"query": ""})
    assert exists("1")


def test_nothing_ticked_or_chosen_is_said(admin, people):
    for action, words in (("delete_selected", "Tick the items"), ("", "Choose an action")):
        answer = run(admin, action)
        assert answer.status_code == 302
        assert words in admin.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("token", ["~", "a,b", "~A", "x y"])
def test_a_token_that_is_no_key_is_not_found(admin, people, token):
    assert run(admin, "delete_selected", token).status_code == 404


# ---------------------------------------------------------------- rights


@pytest.mark.parametrize(
    ("groups", "action", "status"),
    [
        (["readers"], "delete_selected", 403),
        (["readers"], "export_csv", 403),
        (["staff"], "delete_selected", 403),
        (["staff"], "export_csv", 200),
        (["admins"], "delete_selected", 200),
        (["admins"], "export_csv", 200),
    ],
)
def test_rights_decide_whoever_made_the_request(sign_in, people, groups, action, status):
    assert run(sign_in(*groups), action, "1").status_code == status


def test_a_read_only_site_deletes_nothing(admin, people, settings):
    settings.READ_ONLY = True
    assert run(admin, "delete_selected", "1", confirmed="yes").status_code == 403
    assert exists("1")


def test_another_site_can_not_post(person, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("admins"))
    assert run(client, "delete_selected", "1").status_code == 403


# ---------------------------------------------------------------- limits and logs


@pytest.mark.parametrize(
    ("setting", "path"),
    [("THROTTLE_READ", PEOPLE), ("THROTTLE_SCAN", f"{PEOPLE}?name=Ann")],
)
def test_reading_too_often_is_refused_with_a_page(staff, people, settings, setting, path):
    setattr(settings, setting, "1/hour")
    assert staff.get(path).status_code == 200
    answer = staff.get(path)
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize(
    ("setting", "action"),
    [("THROTTLE_EXPORT", "export_csv"), ("THROTTLE_WRITE", "delete_selected")],
)
def test_acting_too_often_is_refused(admin, people, settings, setting, action):
    setattr(settings, setting, "1/hour")
    assert run(admin, action, "1").status_code == 200
    assert run(admin, action, "1").status_code == 429


def test_a_deletion_is_a_log_line_without_what_was_deleted(admin, people):
    asked = run(admin, "delete_selected", "1", EVE)
    with capture_logs() as lines:
        _confirm(admin, asked)
    (line,) = [line for line in lines if line["event"] == "items_deleted"]
    assert (line["deleted"], line["left"]) == (2, 0)
    assert "Ann" not in str(lines)
