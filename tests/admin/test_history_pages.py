"""Undo in messages, an item's history, the trash, recent changes: with the right and without."""

import json
import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tables.admin.item_form.saving import seal
from tables.core.audit import AUDIT_ATTRIBUTES
from tables.core.history import item_name
from tables.core.preconditions import state_of
from tables.dynamodb.client import call
from tables.dynamodb.descriptions import describe_table
from tables.dynamodb.history_table import create_history_table, last_entry
from tables.records.jobs.models import Job
from tests.admin.html import Page
from tests.tables import stored

ANN = {"id": {"S": "1"}, "name": {"S": "Ann"}, "age": {"N": "30"}}
KEY = {"id": {"S": "1"}}


@pytest.fixture
def kept(tables, settings):
    """The tables, with history kept of them."""
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)
    return tables


@pytest.fixture
def jane(kept, sign_in):
    """Somebody who may do everything."""
    return sign_in("admins")


_TIME = re.compile(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d")


def item(number="1"):
    """The stored item, without the stamps of whoever wrote it."""
    found = stored("people", number)
    return found and {name: found[name] for name in found if name not in AUDIT_ATTRIBUTES}


def store(**attributes):
    call("PutItem", TableName="people", Item={**KEY, **attributes})


def url(rest="", number="1", alias="People"):
    return f"/admin/tables/{alias}/{number}/{rest}"


def save(client, edited, number="1"):
    """Save the item in its form as typed JSON."""

    opened = stored("people", number)
    form = {"mode": "raw", "opened": seal(opened, "People"), "raw": json.dumps(edited)}
    return client.post(url("change/", number), {**form, "_save": "1"}, follow=True)


def add(client, made):

    form = {"mode": "raw", "raw": json.dumps(made), "_save": "1"}
    return client.post("/admin/tables/People/add/", form, follow=True)


def delete(client, number="1"):
    return client.post(
        url("delete/", number), {"opened": seal(stored("people", number), "People")}, follow=True
    )


def undo_url(page):
    """Where the button in the message leads."""
    (button,) = Page(page).all("button", class_="undo")
    assert button["attrs"]["form"] == "undo-form"
    return button["attrs"]["formaction"]


def press_undo(client, page):
    return client.post(undo_url(page), follow=True)


def words(page):
    return re.sub(
        r"\s+", " ", " ".join(e["text"] for e in Page(page).all("main") or Page(page).all("body"))
    )


def messages(page):
    return [e["text"].strip() for e in Page(page).all("li") if e["attrs"].get("class") in KINDS]


KINDS = ("success", "warning")


def texts(page, tag, **attrs):
    """The texts of the page's own elements."""
    found = (page if isinstance(page, Page) else Page(page)).all(tag, **attrs)
    return [e["text"].strip() for e in found if "content" in e["within"]]


def me(client):
    return User.objects.get(pk=client.session["_auth_user_id"]).username


def test_a_wrong_save_is_undone_from_its_message_and_so_is_that(jane):
    add(jane, ANN)
    saved = save(jane, {**ANN, "name": {"S": "oops"}})

    undone = press_undo(jane, saved)

    assert item() == ANN
    assert "Version 2 of “1” was undone." in messages(undone)[0]
    press_undo(jane, undone)
    assert item()["name"] == {"S": "oops"}


def test_an_added_item_and_a_deleted_one_are_taken_back(jane):
    press_undo(jane, add(jane, ANN))
    assert item() is None

    add(jane, ANN)
    press_undo(jane, delete(jane))
    assert item() == ANN


def test_what_a_colleague_changed_elsewhere_stays(jane):
    add(jane, ANN)
    saved = save(jane, {**ANN, "name": {"S": "oops"}})
    save(jane, {**ANN, "name": {"S": "oops"}, "age": {"N": "31"}})

    press_undo(jane, saved)

    assert item() == {**ANN, "age": {"N": "31"}}


def test_the_same_attribute_changed_since_is_asked_about_in_three_columns(jane):
    add(jane, {**ANN, "city": {"S": "Oslo"}})
    saved = save(jane, {**ANN, "name": {"S": "oops"}, "city": {"S": "wrong"}})
    save(jane, {**ANN, "name": {"S": "mended"}, "city": {"S": "wrong"}})

    asked = press_undo(jane, saved)

    assert asked.status_code == 409
    heads = texts(asked, "th", scope="col")
    assert heads == ["Attribute", "As version 2 left it", "Now stored", "Undo would set"]
    cells = [text.split()[0] for text in texts(asked, "td")]
    assert cells == ["oops", "mended", "Ann"]
    assert "This touches nobody’s and is undone as well: city" in words(asked)
    assert item()["city"] == {"S": "wrong"}
    form = {
        e["attrs"]["name"]: e["attrs"].get("value")
        for e in Page(asked).all("input", type="hidden")
        if "conflict-form" in e["within"]
    }
    number = Page(asked).all("input", type="radio")[0]["attrs"]["name"]
    jane.post(url("change/"), {**form, number: "mine", "_save": "1"}, follow=True)
    assert item() == {**ANN, "city": {"S": "Oslo"}}
    last = last_entry(item_name(KEY, describe_table("people")))
    assert (last.n, last.action, last.of) == (4, "undo", 2)


def test_undoing_an_add_to_which_others_added_shows_what(jane):
    added = add(jane, ANN)
    save(jane, {**ANN, "city": {"S": "Oslo"}})

    asked = press_undo(jane, added)

    assert asked.status_code == 409
    assert "It was not deleted" in words(asked)
    assert "Oslo" in words(asked)
    assert item() is not None


def test_what_is_gone_or_as_it_was_is_told_and_nothing_written(jane):
    add(jane, ANN)
    saved = save(jane, {**ANN, "name": {"S": "oops"}})
    press_undo(jane, saved)

    again = jane.post(undo_url(saved), follow=True)
    assert "nothing to undo" in messages(again)[0]

    delete(jane)
    gone = jane.post(undo_url(saved), follow=True)
    assert "The item is gone" in messages(gone)[0]


def test_the_timeline_tells_versions_and_strangers(jane):
    add(jane, ANN)
    save(jane, {**ANN, "name": {"S": "Bob\u200b"}})
    store(name={"S": "stranger"}, age={"N": "30"})
    save(jane, {"id": {"S": "1"}, "name": {"S": "stranger"}, "age": {"N": "40"}})
    call("DeleteItem", TableName="people", Key=KEY)

    page = Page(jane.get(url("history/")))

    assert texts(page, "h2") == [
        "Deleted outside Dynadmin",
        "3 · Changed age",
        "Changed outside Dynadmin",
        "2 · Changed name",
        "1 · Added",
    ]
    gone = [e["text"] for e in page.all("del")]
    came = [e["text"].strip() for e in page.all("ins")]
    assert gone == ["30", "BobU+200B", "Ann"]
    assert came == ["40", "stranger", "BobU+200B"]
    actions = [e["attrs"].get("action") or "" for e in page.all("form")]
    assert [action for action in actions if "undo" in action] == [url("history/3/undo/")]
    who = [_TIME.sub("T", text) for text in texts(page, "p", class_="who")]
    assert who[0] == "since Tnot known by whom"
    assert who[2] == "between T and Tnot known by whom"
    assert who[-1] == "TJane Doe, pages"


def test_an_old_version_is_shown_whole_with_the_difference_to_now_and_restored(jane):
    add(jane, ANN)
    save(jane, {**ANN, "name": {"S": "Bob"}})
    save(jane, {"id": {"S": "1"}, "name": {"S": "Cid"}})

    version = jane.get(url("history/2/"))
    assert "What is different now" in words(version)
    assert [e["text"].strip() for e in Page(version).all("ins")] == ["Bob", "Cid"]

    asked = jane.get(url("history/2/restore/"))
    assert sorted(texts(asked, "ins")) == ["30", "Bob"]
    state = Page(asked).one("input", name="state")["attrs"]["value"]
    restored = jane.post(url("history/2/restore/"), {"state": state}, follow=True)

    assert item() == {**ANN, "name": {"S": "Bob"}}
    assert "Restored version 2" in words(jane.get(url("history/")))
    press_undo(jane, restored)
    assert item()["name"] == {"S": "Cid"}


def test_36_a_restore_is_pinned_to_what_was_shown(jane):
    add(jane, ANN)
    save(jane, {**ANN, "name": {"S": "Bob"}})
    state = Page(jane.get(url("history/1/restore/"))).one("input", name="state")["attrs"]["value"]
    store(name={"S": "stranger"})

    asked = jane.post(url("history/1/restore/"), {"state": state})

    assert asked.status_code == 409
    assert "the item is not as it was" in words(asked)
    assert item()["name"] == {"S": "stranger"}


def test_the_trash_finds_and_gives_back(jane):
    for number in ("a-1", "a-2", "b-1"):
        add(jane, {"id": {"S": number}, "name": {"S": f"name of {number}"}})
        delete(jane, number)
    add(jane, {"id": {"S": "b-1"}})

    page = jane.get("/admin/tables/People/trash/")
    assert [e["attrs"]["value"] for e in Page(page).all("input", name="chosen")] == [
        "a-2/2",
        "a-1/2",
    ]
    assert "name: name of a-2" in words(page)
    found = Page(jane.get("/admin/tables/People/trash/?q=-1"))
    assert [e["attrs"]["value"] for e in found.all("input", name="chosen")] == ["a-1/2"]

    done = jane.post("/admin/tables/People/trash/", {"chosen": ["a-1/2", "a-2/2"]}, follow=True)

    assert "2 items are back." in messages(done)[0]
    assert "The trash is empty." in words(done)
    assert item("a-1")["name"] == {"S": "name of a-1"}
    press_undo_all(jane, done, 2)
    assert item("a-1") is None
    assert item("a-2") is None


def press_undo_all(client, page, count):
    (button,) = Page(page).all("button", class_="undo")
    assert button["attrs"]["value"] == str(count)
    return client.post(button["attrs"]["formaction"], {"count": count}, follow=True)


def test_a_deleted_item_whose_key_was_taken_shows_both(jane):
    add(jane, ANN)
    deleted = delete(jane)
    store(name={"S": "newcomer"})

    asked = press_undo(jane, deleted)

    assert asked.status_code == 409
    assert [e["text"].strip() for e in Page(asked).all("del")] == ["newcomer"]
    state = Page(asked).one("input", name="state")["attrs"]["value"]
    jane.post(url("history/2/restore/"), {"state": state})
    assert item() == ANN


def bulk_delete(client, numbers):

    form = {
        "action": "delete_selected",
        "confirmed": "yes",
        "_selected_action": list(numbers),
        "state": [state_of(stored("people", number)) for number in numbers],
    }
    return client.post("/admin/tables/People/", form, follow=True)


def test_a_bulk_delete_is_undone_as_a_whole_while_somebody_writes(jane, people):
    before = {number: item(number) for number in "1234"}
    deleted = bulk_delete(jane, "1234")
    assert item("2") is None
    call("PutItem", TableName="people", Item={"id": {"S": "2"}, "name": {"S": "newcomer"}})

    report = press_undo_all(jane, deleted, 4)

    assert "3 of 4 items undone" in words(report)
    assert "Another item has this key now." in words(report)
    assert item("2")["name"] == {"S": "newcomer"}
    assert {n: item(n) for n in "134"} == {n: before[n] for n in "134"}
    # What needs a look comes first.
    assert texts(report, "td")[:2] == ["Another item has this key now.", "Done"]
    undone = press_undo_all(jane, report, 3)
    assert "3 items are gone again." in messages(undone)[0]
    assert [item(n) for n in "134"] == [None, None, None]


def test_a_bulk_action_of_a_job_is_undone_on_the_jobs_page(jane, people):
    job = Job.objects.create(
        id=uuid.uuid4(), owner_sub=me(jane), alias="People", kind="delete", expires=timezone.now()
    )
    asked = jane.post(f"/admin/changes/{job.pk}/undo/", {"person": me(jane)})
    assert (asked.status_code, asked["Location"]) == (302, f"/admin/jobs/{job.pk}/")


def test_a_bulk_action_is_one_change_among_the_recent_ones_and_is_undone_there(jane, people):
    bulk_delete(jane, "123")
    page = Page(jane.get("/admin/changes/?table=People"))

    assert len(texts(page, "h2")) == 1
    assert "and 2 more items, by the same bulk action" in texts(page, "summary")
    (form,) = [e for e in page.all("form") if "/undo/" in (e["attrs"].get("action") or "")]
    fields = {e["attrs"]["name"]: e["attrs"]["value"] for e in page.all("input", type="hidden")}
    assert fields["count"] == "3"
    undone = jane.post(form["attrs"]["action"], fields)

    assert undone["Location"] == "/admin/changes/?table=People"
    assert [item(n)["id"]["S"] for n in "123"] == ["1", "2", "3"]
    assert Page(jane.get("/admin/changes/latest/")).all("li")[0]["text"].count("and others") == 1


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/admin/tables/People/?name=Ann", "/admin/tables/People/?name=Ann"),
        ("https://elsewhere.example/admin/", url("change/")),
        ("//elsewhere.example/admin/", url("change/")),
        ("", url("change/")),
    ],
)
def test_an_undo_leads_to_the_page_that_its_button_was_on(jane, back, leads_to):
    add(jane, ANN)
    saved = save(jane, {**ANN, "name": {"S": "oops"}})
    told = Page(saved).one("input", name="back")["attrs"]["value"]
    assert told == "/admin/tables/People/"

    assert jane.post(undo_url(saved), {"back": back})["Location"] == leads_to


def test_an_undone_add_does_not_lead_to_what_is_gone(jane):
    added = add(jane, ANN)

    undone = jane.post(undo_url(added), {"back": f"{url('change/')}?view=raw"})

    assert undone["Location"] == url("history/")


def test_entries_that_the_index_does_not_tell_yet_are_counted(jane, people, monkeypatch):
    monkeypatch.setattr("tables.admin.undo_many._PATIENCE_SECONDS", 0)
    deleted = bulk_delete(jane, "12")
    (button,) = Page(deleted).all("button", class_="undo")

    report = jane.post(button["attrs"]["formaction"], {"count": 3})

    assert "2 of 3 items undone" in words(report)
    assert "1 more item of this action is not told of yet." in words(report)


def test_recent_changes_by_table_person_action_and_day(jane):
    add(jane, ANN)
    save(jane, {**ANN, "name": {"S": "Bob"}})

    def told(query):
        return texts(jane.get(f"/admin/changes/?{query}"), "h2")

    assert told("table=People") == ["People · 1", "People · 1"]
    assert told("table=Cities") == []
    assert told("table=People&action=create") == ["People · 1"]
    assert told("person=nobody") == []
    assert told("table=People&to=2020-01-01") == []
    assert told("table=People&from=2020-01-01") == ["People · 1", "People · 1"]
    assert told("") == ["People · 1", "People · 1"]
    assert told(f"person={me(jane)}") == ["People · 1", "People · 1"]
    assert jane.get("/admin/changes/?table=People&from=soon").status_code == 400
    assert jane.get("/admin/changes/?table=Nowhere").status_code == 404


def test_the_index_page_tells_the_last_changes_in_a_part_of_its_own(jane):
    add(jane, ANN)
    index = Page(jane.get("/admin/"))
    (part,) = [e for e in index.all("div") if e["attrs"].get("hx-get")]
    assert [e["attrs"]["href"] for e in index.all("a") if e["text"] == "All recent changes"]

    told = jane.get(part["attrs"]["hx-get"])

    assert "People: Added" in Page(told).all("li")[0]["text"]


def test_a_schema_that_was_tightened_shows_the_form_with_what_was_wanted(jane, settings, tmp_path):
    add(jane, ANN)
    save(jane, {**ANN, "age": {"N": "31"}})
    schema = tmp_path / "people.json"
    schema.write_text('{"properties": {"age": {"type": "number", "minimum": 31}}}')
    map_with(settings, 'schema = "people.json"')

    for answer in (jane.post(url("history/2/undo/")), jane.get(url("history/1/restore/"))):
        assert answer.status_code == 422
        assert Page(answer).all("form", id="item-form")
    assert item()["age"] == {"N": "31"}


PLACES = [
    url("history/"),
    url("history/1/"),
    url("history/1/restore/"),
    "/admin/tables/People/trash/",
]


def map_with(settings, line):
    """The same alias map, with another line for People."""
    text = settings.TABLES_FILE.read_text()
    settings.TABLES_FILE = settings.TABLES_FILE.with_name("other.toml")
    settings.TABLES_FILE.write_text(
        text.replace('table = "people"\n', f'table = "people"\n{line}\n')
    )


def tighten(settings):
    text = settings.TABLES_FILE.read_text()
    settings.TABLES_FILE = settings.TABLES_FILE.with_name("tight.toml")
    settings.TABLES_FILE.write_text(
        text.replace("[People.permissions]", '[People.permissions]\nhistory = ["nobody"]')
    )


def test_36_without_the_right_there_is_neither_tab_nor_button_nor_page(kept, sign_in, settings):
    tighten(settings)
    staff = sign_in("staff")
    saved = add(staff, ANN)

    assert not Page(saved).all("button", class_="undo")
    assert "/history/" not in jar(staff.get(url("change/")))
    assert "/trash/" not in jar(staff.get("/admin/tables/People/"))
    for place in PLACES:
        assert staff.get(place).status_code == 403
    assert staff.post(url("history/1/undo/")).status_code == 403
    assert staff.get("/admin/changes/?table=People").status_code == 404
    assert item() is not None


def jar(page):
    return page.content.decode()


def test_36_who_may_only_look_sees_history_and_can_take_nothing_back(kept, sign_in, admin):
    add(admin, ANN)
    save(admin, {**ANN, "name": {"S": "Bob"}})
    reader = sign_in("readers")

    page = Page(reader.get(url("history/")))

    assert texts(page, "h2") == ["2 · Changed name", "1 · Added"]
    assert not [
        e for e in page.all("form") if (e["attrs"].get("action") or "").startswith("/admin/tables")
    ]
    assert reader.post(url("history/2/undo/")).status_code == 403
    assert reader.get(url("history/1/restore/")).status_code == 403
    assert item()["name"] == {"S": "Bob"}


def test_without_history_nothing_of_it_is_there(tables, sign_in):
    client = sign_in("admins")
    saved = add(client, ANN)

    assert not Page(saved).all("button", class_="undo")
    for place in [*PLACES, "/admin/changes/"]:
        assert client.get(place).status_code == 404
    for place in ("/admin/", url("change/"), "/admin/tables/People/", url("delete/")):
        shown = jar(client.get(place))
        assert "/history/" not in shown
        assert "/trash/" not in shown
        assert "/admin/changes/" not in shown
    assert "there is no way back" in jar(client.get(url("delete/")))


def test_36_nothing_is_undone_by_a_link(jane):
    add(jane, ANN)
    assert jane.get(url("history/1/undo/")).status_code == 405
    assert item() is not None


def test_36_another_tables_bulk_action_is_not_told(jane, people, sign_in, settings, client):
    deleted = bulk_delete(jane, "12")
    (button,) = Page(deleted).all("button", class_="undo")
    sub = me(client)
    tighten(settings)
    staff = sign_in("staff")

    answer = staff.post(button["attrs"]["formaction"], {"count": 2, "person": sub})

    assert answer.status_code == 404
    assert item("1") is None


# ------------------------------------------------------------------ items of very many attributes

WIDE = {f"name{n:03}": {"S": f"text {n}"} for n in range(120)}
WIDER = {name: {"S": f"other {name}"} for name in WIDE}


@pytest.fixture
def wide(jane):
    """An item of 120 attributes, each of which its second version changed."""
    add(jane, {**ANN, **WIDE})
    save(jane, {**ANN, **WIDER})
    return jane


def changed(page):
    """The paths of a page's differences."""
    return [path for path in texts(page, "th", scope="row") if path in WIDE]


def test_a_timeline_shows_the_first_differences_of_an_entry_and_leads_to_all(wide):
    page = wide.get(url("history/"))
    assert len(changed(page)) == 20
    assert "and 100 more" in texts(page, "a", href=url("history/2/"))


def test_a_version_shows_a_hundred_rows_at_a_time_and_all_of_them_in_the_end(wide):
    seen, address = [], url("history/1/")
    while address:
        page = wide.get(address)
        html = Page(page)
        seen.append(changed(page))
        (further,) = {e["attrs"]["href"] for e in html.all("a") if "more" in e["text"]} or {""}
        address = further and url("history/1/") + further
    assert len(seen) == 2
    # What differs now, and the item as it was left: each attribute once in either.
    assert sorted(path for part in seen for path in part) == sorted([*WIDE, *WIDE])
    assert "From the beginning" in texts(page, "a")


def test_what_a_restore_would_write_is_shown_in_part_and_written_whole(wide):
    page = wide.get(url("history/1/restore/"))
    assert len(changed(page)) == 100
    assert "and 20 more" in texts(page, "a", href=url("history/1/"))
    state = Page(page).one("input", name="state")["attrs"]["value"]
    wide.post(url("history/1/restore/"), {"state": state})
    assert item() == {**ANN, **WIDE}


def test_a_place_beyond_all_rows_says_nothing_untrue(wide):
    assert "Nothing: the item is as this version" not in words(wide.get(url("history/1/?from=900")))
    assert wide.get(url("history/1/?from=x")).status_code == 200
