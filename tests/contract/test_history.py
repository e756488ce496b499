"""Every write through every door leaves one entry, and its answer stays what it was."""

import threading
from collections import Counter

import pytest

from tables.core.history import Author, fingerprint, item_name
from tables.core.history_chain import broken, gaps, judged, rebuilt
from tables.dynamodb.client import call
from tables.dynamodb.history_table import body_of, entries_of
from tables.records.history.entries import secrets
from tests.contract.conftest import make_tables
from tests.contract.doors import DOORS
from tests.contract.languages import loads
from tests.contract.tables import THINGS
from tests.contract.test_interruptions import CUTS, every_step, key
from tests.records.conftest import Injection
from tests.tables import store, stored

DOOR_NAMES = {"pages": "admin"}
ITEM = {"id": {"S": "a"}, "total": {"N": "1"}, "tags": {"SS": ["x", "y"]}}


@pytest.fixture(params=[True, False], ids=["in transactions", "announced"])
def course(request, on_alternator, settings):
    if request.param and on_alternator:
        pytest.skip("Alternator has no transactions.")
    settings.DYNAMODB_TRANSACTIONS = request.param
    return request.param


@pytest.fixture
def kept(engine, settings):
    """History of every table, on each engine."""
    settings.HISTORY = True
    make_tables(settings, history=True)


@pytest.fixture
def injection(dynamodb_moto, settings, monkeypatch):
    settings.HISTORY = True
    make_tables(settings, history=True)
    return Injection(monkeypatch)


def history(name="a"):
    """The item's entries, oldest first, judged by the item as it is; proved to be whole."""
    found = entries_of(item_name({"id": {"S": name}}, THINGS), consistent=True)[::-1]
    assert broken(found, secrets(), 0) == []
    entries = judged(found, fingerprint(stored("real-things", name)))
    for entry in entries:
        if entry.happened:
            state = rebuilt(entries, entry.n, body_of)
            assert fingerprint(state) == entry.after
    return entries


@pytest.mark.parametrize("name", DOORS)
def test_each_write_of_each_door_leaves_one_entry_by_its_author(kept, course, enter, name):
    door = enter(name, "admins", sub="riley")

    door.add(ITEM)
    door.change("a")
    door.delete("a")

    entries = history()
    assert [(entry.n, entry.action) for entry in entries] == [
        (1, "create"),
        (2, "change"),
        (3, "delete"),
    ]
    authors = {entry.author for entry in entries}
    door_name = DOOR_NAMES.get(name, name)
    assert {(author.sub, author.door) for author in authors} == {("riley", door_name)}
    assert len({author.request for author in authors}) == 3
    assert all(author.name for author in authors)
    assert {entry.alias for entry in entries} == {"Things"}
    assert gaps(entries, fingerprint(None)) == []


@pytest.mark.parametrize("name", DOORS)
def test_every_way_to_write_an_item_leaves_an_entry(kept, enter, name):
    for operation, _can_say, write in enter(name, "admins").writes():
        enter("adminapi", "admins").delete("a")
        count = len(history())
        write(ITEM)
        assert len(history()) == count + 1, operation


@pytest.mark.parametrize("name", DOORS)
def test_what_was_refused_or_changed_nothing_leaves_none(kept, course, enter, name):
    readers, staff = enter(name, "readers", sub="reader"), enter(name, "staff", sub="staff")
    store("real-things", ITEM)

    readers.add({**ITEM, "id": {"S": "b"}})
    readers.change("a")
    readers.delete("a")
    enter("adminapi", "admins").delete("absent")
    staff.delete("a")

    assert [entry for entry in history() if entry.happened] == []
    assert history("b") == history("absent") == []


@pytest.mark.parametrize("name", DOORS)
def test_what_another_program_wrote_shows_as_a_gap(kept, course, enter, name):
    door = enter(name, "admins")
    door.add(ITEM)
    store("real-things", {**ITEM, "total": {"N": "7"}})
    door.change("a")
    store("real-things", {**ITEM, "total": {"N": "8"}})

    entries = history()
    found = gaps(entries, fingerprint(stored("real-things", "a")))

    assert [(gap.older.n, gap.newer and gap.newer.n) for gap in found] == [(1, 2), (2, None)]
    assert rebuilt(entries, 2, body_of)["total"] == {"N": "7"}


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("kind", ["off", "on"])
def test_answers_say_the_same_with_and_without_history(engine, enter, settings, name, kind):
    """Both runs are held against the door's own words for these writes."""
    settings.HISTORY = kind == "on"
    make_tables(settings, history=True)
    door = enter(name, "admins")

    assert door.add(ITEM).status_code == door.created
    changed = door.change("a")
    deleted = door.delete("a")

    assert changed.status_code == door.changed
    assert deleted.status_code == door.deleted
    if name in ("adminapi", "putitem"):
        assert b"history" not in changed.content + deleted.content


@pytest.mark.parametrize("name", [name for name in DOORS if name in ("adminapi", "v1")])
@pytest.mark.parametrize(("arrives", "failure"), CUTS)
@pytest.mark.parametrize("operation", ["add", "change", "delete"])
def test_a_cut_at_any_step_leaves_no_write_without_its_entry(
    injection, course, enter, name, operation, arrives, failure
):
    door = enter(name, "admins")

    def send(number):
        headers = key(f"{operation}-{number}")
        item = {**ITEM, "id": {"S": f"a{number}"}}
        return (
            door.add(item, headers=headers)
            if operation == "add"
            else getattr(door, operation)(f"a{number}", headers=headers)
        )

    if operation != "add":
        for number in range(1, 16):
            store("real-things", {**ITEM, "id": {"S": f"a{number}"}})
    for number, _first, _second, _third in every_step(injection, arrives, failure, send):
        entries = history(f"a{number}")
        now = fingerprint(stored("real-things", f"a{number}"))
        made = [entry for entry in entries if entry.happened]
        assert len(made) <= 1
        assert gaps(entries, now) == []
        was = fingerprint(None if operation == "add" else {**ITEM, "id": {"S": f"a{number}"}})
        assert (now != was) == bool(made)


def test_a_bulk_request_of_the_old_door_leaves_an_entry_for_each_item(kept, enter):
    items = [{"id": {"S": str(number)}, "x": {"N": "1"}} for number in range(3)]
    requests = [{"PutRequest": {"Item": item}} for item in items]

    answer = enter("putitem", "admins").send("BatchWriteItem", RequestItems={"Things": requests})

    assert loads(answer.content)["UnprocessedItems"] == {}
    assert [len(history(item["id"]["S"])) for item in items] == [1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_counter_under_32_writers_is_exact_and_numbered_without_a_hole(
    dynamodb_embedded, course, settings, enter
):
    settings.HISTORY = True
    make_tables(settings, history=True)
    store("real-things", {"id": {"S": "a"}, "n": {"N": "0"}})
    doors = [enter("adminapi", "admins", sub=f"s{number}") for number in range(32)]
    statuses = Counter()

    def add(door):
        answer = door.send("PUT", {"add": {"n": 1}}, table="Things", id="a")
        statuses[answer.status_code] += 1

    threads = [threading.Thread(target=add, args=[door]) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == {200: 32}
    assert stored("real-things", "a")["n"] == {"N": "32"}
    entries = history()
    assert [entry.n for entry in entries] == [*range(1, 33)]
    assert gaps(entries, entries[-1].after) == []


@pytest.mark.parametrize("name", DOORS)
def test_without_its_table_nothing_is_written_and_that_is_said(
    tables, course, enter, settings, name
):
    settings.HISTORY, settings.HISTORY_TABLE = True, "no-such-table"

    answer = enter(name, "admins").add(ITEM)

    assert answer.status_code in (500, 503), answer.content
    assert stored("real-things", "a") is None


def test_numbers_stay_exact_where_a_sum_is_told(kept, course, enter):
    digits = "12345678901234567890123456789012345678"
    store("real-things", {"id": {"S": "a"}, "n": {"N": digits}})

    enter("adminapi", "admins").send("PUT", {"add": {"n": 1}}, table="Things", id="a")

    assert stored("real-things", "a")["n"] == {"N": digits[:-1] + "9"}
    assert rebuilt(history(), 1, body_of)["n"] == {"N": digits[:-1] + "9"}


def test_an_item_too_wide_to_pin_is_deleted_all_the_same(kept, course, enter):
    wide = {f"n{number}": {"N": "1"} for number in range(350)}
    store("real-things", {"id": {"S": "a"}, **wide})

    assert enter("adminapi", "admins").delete("a").status_code == 200
    assert [entry.action for entry in history()] == ["delete"]


def test_the_expected_author_of_a_program_is_its_key(kept, enter):
    enter("putitem", "admins", sub="machine").add(ITEM)
    author = history()[0].author
    assert author == Author("machine", author.name, "putitem", author.request)


def test_users_items_are_not_touched(kept, course, enter):
    enter("v1", "admins").add(ITEM)
    assert stored("real-things", "a") == ITEM
    assert call("Scan", TableName="real-things")["Count"] == 1
