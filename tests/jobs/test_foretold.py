"""What a check says of an item is what the write comes to, where nothing changes in between."""

import json
import random

import pytest

from tables.dynamodb.client import call
from tables.dynamodb.history_table import create_history_table
from tables.items import chunks
from tables.items.conditions import Tags
from tables.jobs import chunk, files, staging
from tables.jobs.finding import report_rows
from tables.jobs.kinds import checking, imported_writes
from tables.jobs.kinds.batch import StagedOperation
from tables.jobs.orders import How, confirm, start
from tables.jobs.runner import Hands, work_on_job
from tests.jobs.conftest import counts, person, target_of, work
from tests.jobs.test_taking_over import Died, lease_over
from tests.tables import create_table, store, stored

pytestmark = pytest.mark.django_db

SECTIONS = """
superuser_groups = ["admins"]
[Things]
table = "things"
history = HISTORY
transactions = TRANSACTIONS
schema = "thing.json"
version = "v"
[Things.links.above]
to = "Things"
key = { id = "{}" }
check = "refuse"
[Things.links."more[]"]
to = "Places"
key = { id = "{}" }
check = "refuse"
[Numbers]
table = "numbers"
[Places]
table = "places"
[Elsewhere]
table = "elsewhere"
history = HISTORY
[Elsewhere.links.above]
to = "Things"
key = { id = "{}" }
check = "refuse"
[Kinds]
table = "kinds"
history = HISTORY
[Kinds.links.order]
to = "Orders"
key = { id = "{}" }
check = "refuse"
[Orders]
of = "Kinds"
when = { kind = "order" }
[Orders.links.above]
to = "Things"
key = { id = "{}" }
check = "refuse"
"""
SCHEMA = {
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "size": {"type": "number", "minimum": 0},
    }
}
WAYS = {
    "off": ("false", "true"),
    "together": ("true", "true"),
    "announced": ('"announced"', "true"),
    "no transactions": ("false", "false"),
}


@pytest.fixture(params=["together"])
def linked(request, dynamodb_moto, settings, tmp_path):
    """Tables whose links and schema refuse, with history in each of its ways and without."""
    settings.JOB_THREADS = 1  # moto copies its tables while others write
    kept, together = WAYS[request.param]
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text(
        SECTIONS.replace("HISTORY", kept).replace("TRANSACTIONS", together)
    )
    (tmp_path / "thing.json").write_text(json.dumps(SCHEMA))
    storage = {**settings.STORAGES["jobs"]}
    storage["OPTIONS"] = {**storage["OPTIONS"], "location": tmp_path / "jobs"}
    settings.STORAGES = {**settings.STORAGES, "jobs": storage}
    create_table("things", indexes={"by-size": {"size": "N"}})
    for name in ("places", "elsewhere", "kinds"):
        create_table(name)
    create_table("numbers", {"number": "N"})
    create_history_table(settings.HISTORY_TABLE)
    store("things", {"id": {"S": "top"}, "v": {"N": "1"}})
    store("places", {"id": {"S": "here"}})
    return request.param


TOP = {"id": {"S": "top"}, "v": {"N": "1"}}
WIDE = {f"a{n}": {"S": ""} for n in range(320)}
PLACES = {"L": [{"S": "here"}, {"S": "gone"}, {"S": "here"}]}
LINKS = [{"S": "top"}, {"S": "gone"}, {"S": "a"}, {"N": "1"}, {"NULL": True}, {"L": [{"S": "top"}]}]
NAMES = [{"S": "Ann"}, {"S": "too long"}, {"N": "1"}]
SIZES = [{"N": "1"}, {"N": "-1"}, {"S": "1"}, {"S": "."}]
MORE = [PLACES, {"L": [{"S": "here"}]}, {"L": [{"S": f"p{n}"} for n in range(101)]}]
FIELDS = {"above": LINKS, "more": MORE, "name": NAMES, "size": SIZES, "text": [{"S": "x"}]}


def items(seed, count=24):
    """Items with and without what something refuses, each of them by itself and beside others."""
    chosen = random.Random(seed)
    return {
        f"i{number}": {
            name: chosen.choice(values) for name, values in FIELDS.items() if chosen.random() < 0.5
        }
        for number in chosen.sample(range(count * 2), count)
    }


def as_told(job, phase):
    """What each item came to, without what a check alone says of those that it would write."""
    rows = report_rows(job, target_of(person("admins"), job.written_alias), phase=phase)
    return sorted(
        (
            row.line,
            row.token,
            row.outcome,
            *((row.code, row.detail) if row.outcome == "refused" else ()),
        )
        for row in rows
    )


def emptied(table):
    for item in call("Scan", TableName=table)["Items"]:
        call("DeleteItem", TableName=table, Key={"id": item["id"]})


def put(table, items):
    emptied(table)
    for name, item in items.items():
        store(table, {"id": {"S": name}, **item})
    if table == "things":
        store(table, TOP)


def done(kind, alias, given):
    """A job that was checked, and confirmed."""
    ann = person("admins")
    job = work(start(ann, kind, alias, given, How(dry_run=True))[0])
    return work(confirm(job, ann, job.etag)) if job.state == "ready" else job


def assert_foretold(kind, alias, given, tables, monkeypatch):
    """That a check says what the write says: the one after it, and one that was not foretold."""
    for table, items in tables.items():
        put(table, items)
    job = done(kind, alias, given)
    assert as_told(job, "check") == as_told(job, "write")
    for table, items in tables.items():
        put(table, items)
    with monkeypatch.context() as patch:
        for module in (chunk, imported_writes):
            patch.setattr(module, "foreseen", lambda writes, *_earlier: [None] * len(writes))
        blind = done(kind, alias, given)
    assert as_told(blind, "write") == as_told(job, "check")
    assert counts(blind) == counts(job)
    return job


def lines(items):
    told = [{"id": {"S": name}, **item} for name, item in items.items()]
    return b"".join(json.dumps({"Item": item}).encode() + b"\n" for item in told)


def an_import(items, **given):
    return {"upload": files.keep_upload(person("admins"), [lines(items)]), **given}


# Which way a table is written decides what is asked before a write, and what with it.
@pytest.mark.parametrize("linked", WAYS, indirect=True)
@pytest.mark.parametrize("mode", ["upsert", "create"])
def test_an_import_comes_to_what_its_check_says(linked, monkeypatch, mode):
    before = {**items(1), "wide": WIDE, "there": {}}
    rows = {**items(2), "wide": {"above": {"S": "gone"}}, "new": WIDE}
    rows["there"] = {"above": {"S": "top"}}
    job = assert_foretold(
        "import", "Things", an_import(rows, mode=mode), {"things": before}, monkeypatch
    )
    assert {"done", "refused"} <= counts(job).keys()


CHANGES = [
    *({"action": "set", "path": "above", "value": value} for value in LINKS),
    *({"action": "set", "path": "more", "value": value} for value in MORE),
    *({"action": "set", "path": "size", "value": value} for value in SIZES),
    {"action": "rename", "path": "text", "to": "above"},
    {"action": "add", "path": "size", "value": {"N": "-1"}},
    {"action": "append", "path": "more", "value": {"L": [{"S": "gone"}]}},
    {"action": "retype", "path": "size", "type": "S"},
    {"action": "remove", "path": "above"},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_so_does_a_change(linked, monkeypatch, change):
    given = {"filter": {}, "changes": [change]}
    before = {**items(1, 10), "wide": WIDE}
    assert_foretold("change", "Things", given, {"things": before}, monkeypatch)


@pytest.mark.parametrize("mode", ["update", "replace"])
def test_an_import_of_what_is_there_does_so(linked, monkeypatch, mode):
    before = {**items(1), "there": {}}
    rows = {**items(2), "there": {"above": {"S": "top"}}}
    job = assert_foretold(
        "import", "Things", an_import(rows, mode=mode), {"things": before}, monkeypatch
    )
    assert {"done", "refused"} <= counts(job).keys()


@pytest.mark.parametrize("mode", ["create", "replace"])
def test_so_does_a_copy(linked, monkeypatch, mode):
    given = {"filter": {}, "to": "Elsewhere", "mode": mode}
    tables = {"things": items(1), "elsewhere": items(2)}
    job = assert_foretold("copy", "Things", given, tables, monkeypatch)
    assert {"done", "refused"} <= counts(job).keys()


def test_a_delete_asks_no_links_and_goes_as_its_check_says(linked, monkeypatch):
    job = assert_foretold("delete", "Things", {"filter": {}}, {"things": items(1)}, monkeypatch)
    assert counts(job) == {"done": 25}


def test_what_a_check_refuses_says_where_and_why_as_the_write_would(linked, calls):
    good, bad = {"above": {"S": "top"}}, {"above": {"S": "gone"}, "more": PLACES}
    given = an_import({"a": good, "b": bad, "c": good, "d": {"more": {"L": [{"M": {}}]}}})
    calls.clear()

    job = done("import", "Things", given)

    rows = report_rows(job, target_of(person("admins")), "refused", phase="check")
    assert [(row.line, row.code, row.detail) for row in rows] == [
        (2, "invalid_value", "above: No item of Things has this key: …."),
        (4, "invalid_value", "more: This can't be the key of an item of Places."),
    ]
    assert counts(job) == {"done": 2, "refused": 2}


def test_links_of_a_chunk_are_asked_in_calls_of_a_hundred_keys(linked, calls):
    rows = {f"i{number:03}": {"above": {"S": f"gone{number}"}} for number in range(150)}
    given = an_import(rows)
    calls.clear()

    job = work(start(person("admins"), "import", "Things", given)[0])

    assert job.estimate["refused"] == 150
    # Those of the items that the rows name, and those of what they link to.
    assert calls.count("BatchGetItem") == 2 + 2
    assert "GetItem" not in calls


@pytest.mark.parametrize("kind", ["import", "copy"])
def test_a_key_that_an_item_of_another_kind_has_is_refused_when_checked_and_when_written(
    linked, monkeypatch, kind
):
    other = {"other": {"kind": {"S": "cart"}}}
    orders = {name: {"kind": {"S": "order"}} for name in ("mine", "other")}
    put("kinds", other)
    if kind == "import":
        job = assert_foretold("import", "Orders", an_import(orders), {"kinds": other}, monkeypatch)
    else:
        tables = {"things": orders, "kinds": other}
        which = {"keys": [*orders], "to": "Orders"}
        job = assert_foretold("copy", "Things", which, tables, monkeypatch)
    (row,) = report_rows(job, target_of(person("admins"), "Orders"), "refused")
    assert (row.code, row.detail) == ("item_exists", "Another item has this key.")
    assert stored("kinds", "other") == {"id": {"S": "other"}, **other["other"]}


def test_an_item_that_came_under_the_key_after_the_check_refuses_it_too(linked):
    ann = person("admins")
    given = an_import({"a": {"kind": {"S": "order"}}})
    job = work(start(ann, "import", "Orders", given)[0])
    store("kinds", {"id": {"S": "a"}, "kind": {"S": "cart"}})

    job = work(confirm(job, ann, job.etag))

    (row,) = report_rows(job, target_of(ann, "Orders"))
    assert (row.outcome, row.code) == ("refused", "item_exists")


def test_an_item_that_cannot_be_copied_is_named_by_the_key_that_it_has(linked):
    put("things", {"a b": {}, "c": {"number": {"N": "1"}}})

    job = done("copy", "Things", {"filter": {}, "to": "Numbers"})

    for phase in ("check", "write"):
        rows = [*report_rows(job, target_of(person("admins"), "Numbers"), "refused", phase=phase)]
        assert [row.key for row in rows] == [{"id": {"S": "a b"}}, {"id": {"S": "top"}}]
        words = "It can't be an item of Numbers: The key attribute 'number' is missing."
        assert {(row.code, row.detail, row.is_uncopied) for row in rows} == {
            ("invalid_value", words, True)
        }


# ---------------------------------------------------------------- rows that lead to each other

CHAIN = {
    "a": {"above": {"S": "top"}},
    "b": {"above": {"S": "a"}},
    "c": {"above": {"S": "b"}, "more": {"L": [{"S": "here"}]}},
    "d": {"above": {"S": "e"}},  # a later row
    "e": {},
    "f": {"above": {"S": "d"}},  # one that is refused
    "g": {"size": {"N": "-1"}},
    "h": {"above": {"S": "g"}},
    "i": {"above": {"S": "c"}},
}
NOT_TAKEN = ["d", "f", "g", "h"]


@pytest.fixture
def backwards(monkeypatch):
    """What may be made at once is made in an order that is not that of the file."""

    def side_by_side(do, each, _threads):
        return [do(one) for one in reversed(each)][::-1]

    monkeypatch.setattr(chunks, "side_by_side", side_by_side)


def refused_ids(job, phase):
    rows = report_rows(job, target_of(person("admins"), job.alias), "refused", phase=phase)
    return [row.key["id"]["S"] for row in rows]


@pytest.mark.parametrize("linked", WAYS, indirect=True)
@pytest.mark.parametrize("rows", [500, 2, 1])
def test_rows_may_lead_to_rows_before_them(linked, backwards, monkeypatch, rows):
    monkeypatch.setattr(staging, "MOST_ROWS", rows)
    job = assert_foretold("import", "Things", an_import(CHAIN), {"things": {}}, monkeypatch)
    assert refused_ids(job, "check") == NOT_TAKEN
    assert counts(job) == {"done": 5, "refused": 4}


@pytest.mark.parametrize("seed", range(4))
def test_so_they_may_in_any_tangle(linked, backwards, monkeypatch, seed):
    chosen = random.Random(seed)
    monkeypatch.setattr(staging, "MOST_ROWS", chosen.choice([1, 3, 500]))
    names = [f"i{number}" for number in range(20)]
    rows = {
        name: {"above": {"S": chosen.choice([*names, "top"])}, "size": chosen.choice(SIZES[:2])}
        for name in chosen.sample(names, len(names))
    }
    before = {name: {} for name in chosen.sample(names, 6)}
    job = assert_foretold("import", "Things", an_import(rows), {"things": before}, monkeypatch)
    assert {"done", "refused"} <= counts(job).keys()


@pytest.mark.parametrize("duplicates", ["refuse", "last"])
def test_whoever_goes_on_with_the_check_knows_the_rows_before(linked, monkeypatch, duplicates):
    monkeypatch.setattr(staging, "MOST_ROWS", 1)
    monkeypatch.setattr(checking, "leave", lambda _work, held: held.close())

    job = done("import", "Things", an_import(CHAIN, duplicates=duplicates))

    assert refused_ids(job, "check") == refused_ids(job, "write") == NOT_TAKEN


def die_after_a_write(monkeypatch, job):
    """A worker dies when it has made one write of a chunk, before it is told."""
    made, ended = [], chunks._ended

    def dying(*given):
        if made:
            raise Died
        made.append(ended(*given))
        return made[0]

    with monkeypatch.context() as patch:
        patch.setattr(chunks, "_ended", dying)
        with pytest.raises(Died):
            work_on_job(str(job.pk), Hands("one"))
    lease_over(job)


@pytest.mark.parametrize("linked", ["together", "no transactions"], indirect=True)
@pytest.mark.parametrize("rows", [500, 2])
def test_whoever_goes_on_with_the_writes_makes_them_in_turn(linked, backwards, monkeypatch, rows):
    monkeypatch.setattr(staging, "MOST_ROWS", rows)
    ann = person("admins")
    job = work(start(ann, "import", "Things", an_import(CHAIN))[0])
    confirm(job, ann, job.etag)

    for _worker in range(3):
        die_after_a_write(monkeypatch, job)
    job = work(job)

    assert refused_ids(job, "write") == NOT_TAKEN
    assert counts(job) == {"done": 5, "refused": 4}
    assert stored("things", "i")["above"] == {"S": "c"}


def test_what_is_refused_only_as_it_is_written_takes_with_it_what_leads_there(linked, backwards):
    ann = person("admins")
    store("things", {"id": {"S": "p"}})
    rows = {name: {"above": {"S": above}} for name, above in zip("abc", "pab", strict=True)}
    job = work(start(ann, "import", "Things", an_import({**rows, "z": {}}))[0])
    assert refused_ids(job, "check") == []
    call("DeleteItem", TableName="things", Key={"id": {"S": "p"}})

    job = work(confirm(job, ann, job.etag))

    told = report_rows(job, target_of(ann), "refused")
    assert [(row.line, row.code, row.detail) for row in told] == [
        (line, "invalid_value", "above: No item of Things has this key: ….") for line in (1, 2, 3)
    ]
    assert counts(job) == {"done": 1, "refused": 3}


def test_a_file_is_written_in_parts_unless_its_rows_lead_to_rows_before_them(linked, monkeypatch):
    monkeypatch.setattr(staging, "MOST_ROWS", 1)
    alone = {name: {"above": {"S": "top"}} for name in CHAIN}
    parts = [done("import", "Things", an_import(rows)).parts for rows in (alone, CHAIN)]
    assert [each.filter(phase="write").count() for each in parts] == [2, 1]


def test_what_a_row_makes_of_an_item_decides_whether_a_later_one_may_lead_there(
    linked, backwards, monkeypatch
):
    order, cart = {"kind": {"S": "order"}}, {"kind": {"S": "cart"}}
    rows = {
        "was": cart,
        "becomes": order,
        "new": order,
        **{f"to {name}": {"order": {"S": name}} for name in ("was", "becomes", "new", "still")},
    }
    before = {"was": order, "becomes": cart, "still": order}
    for most in (500, 1):
        monkeypatch.setattr(staging, "MOST_ROWS", most)
        job = assert_foretold("import", "Kinds", an_import(rows), {"kinds": before}, monkeypatch)
        assert refused_ids(job, "check") == ["to was"]


NO_TAGS = Tags(None, None)


@pytest.mark.parametrize("linked", WAYS, indirect=True)
def test_operations_of_a_batch_are_made_in_the_order_in_which_they_lead_to_each_other(
    linked, backwards
):
    ann = person("admins")
    store("things", {"id": {"S": "old"}, "v": {"N": "1"}})
    made = [("a", "top"), ("b", "a"), ("c", "later"), ("later", "top"), ("d", "old")]
    operations = [
        StagedOperation(number, "POST", name, NO_TAGS, {"id": {"S": name}, "above": {"S": above}})
        for number, (name, above) in enumerate(made, 1)
    ]
    operations.append(StagedOperation(6, "DELETE", "old", NO_TAGS))
    upload = files.keep_upload(ann, [each.packed() for each in operations])
    given = {"upload": upload, "count": 6, "methods": ["POST", "DELETE"]}

    job = work(start(ann, "batch", "Things", given)[0])

    assert refused_ids(job, "write") == ["c"]
    assert counts(job) == {"done": 5, "refused": 1}
    assert stored("things", "old") is None
