"""What jobs foretell and tell of capacity is what an engine counts that counts as DynamoDB does."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.descriptions import describe
from tables.core.job_costs import write_units
from tables.dynamodb.client import call
from tables.dynamodb.history_table import create_history_table
from tables.dynamodb.state_table import create_state_table
from tables.jobs import files
from tables.jobs.orders import How, confirm, start
from tests.counting import Counting
from tests.jobs.conftest import counts, person, work
from tests.jobs.test_found import die_in
from tests.jobs.test_imports import _files  # noqa: F401 - files of this test's own
from tests.tables import definition, fill, store

pytestmark = pytest.mark.django_db

ALIASES = """
superuser_groups = ["admins"]
[Goods]
table = "real-goods"
[Copies]
table = "real-copies"
version = "v"
"""
INDEXES = {
    "by-status": {"status": "S", "at": "N"},
    "by-kind": {"kind": "S"},
    "by-colour": {"colour": "S", "shop": "S"},
}
COPIED = {"by-kind": [], "by-colour": ["price", "long"]}


def shape(name):
    """A table with global and local indexes of every projection."""
    members = definition(name, {"shop": "S", "id": "S"}, INDEXES, COPIED)
    local = {"by-size": ("size", "ALL"), "by-note": ("note", "KEYS_ONLY")}
    members["LocalSecondaryIndexes"] = [
        {
            "IndexName": index,
            "KeySchema": [
                {"AttributeName": "shop", "KeyType": "HASH"},
                {"AttributeName": attribute, "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": projection},
        }
        for index, (attribute, projection) in local.items()
    ]
    members["AttributeDefinitions"] += [
        {"AttributeName": "size", "AttributeType": "N"},
        {"AttributeName": "note", "AttributeType": "S"},
    ]
    return members


def goods(count, seed=18):
    """Items from a few bytes to some kilobytes, each in some of the indexes."""
    chance = random.Random(seed)
    some = {
        "status": lambda: {"S": chance.choice(["new", "sent"])},
        "at": lambda: {"N": str(chance.randrange(10**9))},
        "kind": lambda: {"S": "k" * chance.choice([1, 900])},
        "colour": lambda: {"S": chance.choice(["red", "blue"])},
        "size": lambda: {"N": str(chance.randrange(100))},
        "note": lambda: {"S": "old"},
        "price": lambda: {"N": "12345678901234567890.5"},
        "long": lambda: {"S": "é" * chance.choice([1, 300, 470, 1500, 3000])},
        "random": lambda: {"S": f"{chance.getrandbits(chance.choice([80, 40_000])):x}"},
    }
    return [
        {"shop": {"S": "s"}, "id": {"S": f"{number:03}"}}
        | {name: make() for name, make in some.items() if chance.random() < 0.7}
        for number in range(count)
    ]


@pytest.fixture(params=["in transactions", "announced", "without history"])
def counting(request, dynamodb_moto, settings, tmp_path, monkeypatch):
    settings.DYNAMODB_TRANSACTIONS = request.param != "announced"
    settings.HISTORY = request.param != "without history"
    settings.JOB_THREADS = 1
    settings.TABLES_FILE = tmp_path / "costs.toml"
    settings.TABLES_FILE.write_text(ALIASES)
    call("CreateTable", **shape("real-goods"))
    call("CreateTable", **shape("real-copies"))
    create_history_table(settings.HISTORY_TABLE)
    create_state_table(settings.STATE_TABLE)
    return Counting(monkeypatch)


VALUES = {
    "status": st.sampled_from(["new", "sent"]).map(lambda text: {"S": text}),
    "at": st.integers(0, 3).map(lambda number: {"N": str(number)}),
    "kind": st.sampled_from([1, 900, 1100]).map(lambda size: {"S": "k" * size}),
    "colour": st.sampled_from(["red", "blue"]).map(lambda text: {"S": text}),
    "size": st.integers(0, 2).map(lambda number: {"N": str(number)}),
    "note": st.sampled_from(["old", "older"]).map(lambda text: {"S": text}),
    "long": st.integers(900, 1100).map(lambda size: {"S": "x" * size}),
}
STATES = st.none() | st.fixed_dictionaries(
    {"shop": st.just({"S": "s"}), "id": st.just({"S": "1"})}, optional=VALUES
)


@given(STATES, STATES, st.booleans())
def test_of_any_write_by_the_sizes_on_both_sides(before, after, is_doubled):
    stub, table = object.__new__(Counting), shape("t")
    stub.tables = {"t": table}
    own, indexes = stub.of_write("t", before, after)
    units = own * (2 if is_doubled else 1) + sum(indexes.values())
    assert write_units(before, after, describe(table), doubled=is_doubled) == units


def foretold_and_taken(counting, kind, given, alias="Goods"):
    """Do a job after its check, and hold that what it foretold and told is what was counted."""
    ann = person("admins")
    counting.reset()
    job = work(start(ann, kind, alias, given, How(dry_run=True))[0])
    assert job.state == "ready", job.failure
    foretold = job.estimate["write_units"]
    assert job.estimate["read_units"] == sum(counting.read.values()) > 0
    assert not counting.written

    counting.reset()
    job = work(confirm(job, ann, job.etag))

    assert job.state == "finished", job.failure
    assert foretold == sum(counting.written.values()) == job.totals["write_units"] > 0
    assert job.totals["read_units"] == sum(counting.read.values()) > 0
    return job


CHANGES = [
    {"action": "set", "path": "status", "value": {"S": "sent"}},
    {"action": "set", "path": "colour", "value": {"S": "c" * 700}},
    {"action": "remove", "path": "note"},
    {"action": "add", "path": "size", "value": {"N": "1"}},
]


def test_of_a_change_of_items_without_entries_and_with_some(counting):
    fill("real-goods", goods(24))
    job = foretold_and_taken(counting, "change", {"filter": {}, "changes": CHANGES})
    assert counts(job) == {"done": 24}
    again = [{"action": "set", "path": "status", "value": {"S": "new"}}]
    foretold_and_taken(counting, "change", {"filter": {}, "changes": again})
    keys = {"keys": ["s,003", "s,011"]}
    foretold_and_taken(counting, "change", {**keys, "changes": CHANGES})


def test_of_a_delete(counting):
    fill("real-goods", goods(21))
    foretold_and_taken(counting, "delete", {"query": "status=sent"})
    foretold_and_taken(counting, "delete", {"filter": {}})


def test_of_a_copy_into_a_table_that_holds_some_of_it(counting):
    items = goods(21)
    fill("real-goods", items)
    for item in items[::3]:
        store("real-copies", {**item, "long": {"S": "x" * 4000}, "kind": {"S": "other"}})
    order = {"filter": {}, "to": "Copies", "mode": "replace"}
    assert counts(foretold_and_taken(counting, "copy", order)) == {"done": 21}


def test_of_an_import_of_new_changed_and_equal_rows(counting):
    fill("real-goods", goods(10))
    rows = [f"s,{n:03},sent,{'y' * (n * 97 % 2500)}" for n in range(5, 25)]
    data = "\n".join(["shop,id,status,long", *rows]).encode()
    upload = files.keep_upload(person("admins"), [data])
    assert counts(foretold_and_taken(counting, "import", {"upload": upload})) == {"done": 20}


def test_of_an_undo(counting, settings):
    if not settings.HISTORY:
        return
    fill("real-goods", goods(14))
    job = foretold_and_taken(counting, "change", {"filter": {}, "changes": CHANGES})
    done = foretold_and_taken(counting, "undo", {"job": str(job.pk)})
    assert counts(done) == {"done": 14}


def test_what_was_read_is_told_of_an_export_and_of_a_chunk_that_another_worker_began(
    counting, monkeypatch
):
    fill("real-goods", goods(12))
    counting.reset()
    ann = person("admins")
    job = work(start(ann, "export", "Goods", {"filter": {}, "format": "typed_lines"})[0])
    assert (job.state, job.totals["write_units"]) == ("finished", 0)
    assert job.totals["read_units"] == sum(counting.read.values()) > 0

    counting.reset()
    order = {"filter": {}, "changes": CHANGES}
    job = start(ann, "change", "Goods", order)[0]
    die_in(monkeypatch, "keep_intents", job)
    job = work(job)
    assert (job.state, job.totals["takeovers"]) == ("finished", 1)
    assert job.totals["read_units"] == sum(counting.read.values()) > 0
    assert job.totals["write_units"] == sum(counting.written.values()) > 0
