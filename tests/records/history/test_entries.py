import random

import pytest

from tables.core.deltas import Delta
from tables.core.errors import PreconditionFailed
from tables.core.history import Author, fingerprint, item_name
from tables.core.history_bodies import Body, BrokenBody
from tables.core.history_chain import broken, rebuilt
from tables.dynamodb.client import call
from tables.dynamodb.history_table import (
    body_of,
    bookmark_of,
    changes_of,
    entries_of,
    entry_of,
    history_table_fits,
    last_entry,
)
from tables.dynamodb.writes import transact
from tables.records.history.entries import (
    Previous,
    announced,
    mode_of,
    new_entry,
    previous_of,
    secrets,
)
from tests.records.history.conftest import ALIAS, ANN, ORDERS

FIRST = {"pk": {"S": "1"}, "total": {"N": "1"}}
SECOND = {"pk": {"S": "1"}, "total": {"N": "12345678901234567890123456789012345678"}}
NAME = item_name(FIRST, ORDERS)


def test_a_history_is_read_as_it_was_written(remember):
    written = [remember(None, FIRST), remember(FIRST, SECOND), remember(SECOND, None)]

    found = entries_of(NAME, consistent=True)

    assert found == written[::-1]
    assert [entry.action for entry in written] == ["create", "change", "delete"]
    assert [entry.n for entry in written] == [1, 2, 3]
    assert last_entry(NAME) == written[2]
    assert entry_of(NAME, 2) == written[1]
    assert entry_of(NAME, 9) is None
    assert body_of(written[1]) == Body([Delta(("total",), FIRST["total"], SECOND["total"])])
    assert rebuilt(written, 2, body_of) == SECOND
    assert broken(written, secrets(), 0) == []


def test_a_page_of_a_history_goes_on_below_its_last_number(remember):
    for _ in range(3):
        remember(FIRST, SECOND)

    assert [entry.n for entry in entries_of(NAME, limit=2)] == [3, 2]
    assert [entry.n for entry in entries_of(NAME, below=2)] == [1]


def test_a_number_is_taken_once(remember):
    remember(None, FIRST)
    rival = new_entry(ALIAS, ORDERS, FIRST, SECOND, Previous(), ANN)

    with pytest.raises(PreconditionFailed):
        transact(rival.operations())


def test_long_bodies_stand_in_chunks_that_no_list_reads(remember):
    text = random.Random(1).randbytes(300_000).hex()
    large = {"pk": {"S": "1"}, "text": {"S": text}}

    entry = remember(None, large)

    assert (entry.body, entry.chunks) == (None, 1)
    assert body_of(entry) == Body([Delta((), None, {"M": large})])
    assert last_entry(NAME) == entry


def test_36_an_exchanged_or_missing_chunk_is_noticed(remember, settings):
    entry = remember(
        None, {"pk": {"S": "1"}, "text": {"S": random.Random(1).randbytes(9000).hex()}}
    )
    key = {"item": {"S": f"{NAME}#0000000001"}, "n": {"S": "0000000000"}}

    call("PutItem", TableName=settings.HISTORY_TABLE, Item={**key, "part": {"B": "AAAA"}})
    with pytest.raises(BrokenBody):
        body_of(entry)
    call("DeleteItem", TableName=settings.HISTORY_TABLE, Key=key)
    with pytest.raises(BrokenBody):
        body_of(entry)


def test_what_history_leaves_out_makes_no_entry(history):
    table = type(ALIAS)("Orders", "real-orders", "Orders", history=True, history_ignore=("views",))
    seen = {**FIRST, "views": {"N": "2"}}

    assert new_entry(table, ORDERS, FIRST, seen, Previous(), ANN) is None
    assert new_entry(table, ORDERS, None, None, Previous(), ANN) is None
    recorded = new_entry(table, ORDERS, None, seen, Previous(), ANN)
    assert body_of(recorded.entry) == Body([Delta((), None, {"M": FIRST})])


def test_changes_come_newest_first_from_all_shards_and_go_on(remember):
    items = [{"pk": {"S": str(number)}} for number in range(12)]
    written = [remember(None, item) for item in items]
    newest_first = [
        entry.key["pk"]["S"] for entry in sorted(written, key=bookmark_of, reverse=True)
    ]

    found = list(changes_of("by-line", "real-orders"))
    assert [entry.key["pk"]["S"] for entry in found] == newest_first
    rest = changes_of("by-line", "real-orders", before=bookmark_of(found[4]))
    assert [entry.key["pk"]["S"] for entry in rest] == newest_first[5:]
    assert [entry.author.name for entry in found] == ["Ann"] * 12
    assert list(changes_of("by-line", "real-orders", since=found[0].at + 1)) == []
    assert list(changes_of("by-line", "real-orders", until=found[-1].at - 1)) == []
    assert list(changes_of("by-line", "another")) == []


def test_changes_of_a_person_are_theirs_alone(remember):
    remember(None, FIRST)
    remember(FIRST, SECOND, author=Author("sub-bob", "Bob", "admin"))

    assert [entry.n for entry in changes_of("by-person", "sub-bob")] == [2]


def test_a_table_of_another_shape_does_not_fit(history, settings):
    assert history_table_fits(settings.HISTORY_TABLE)
    assert not history_table_fits("absent")


@pytest.mark.parametrize(
    ("setting", "key", "transactions", "mode"),
    [
        (False, None, True, "off"),
        (False, True, True, "transaction"),
        (True, False, True, "off"),
        (True, None, True, "transaction"),
        (True, None, False, "announced"),
        (True, "announced", True, "announced"),
    ],
)
def test_a_tables_own_word_wins_over_the_setting(settings, setting, key, transactions, mode):
    settings.HISTORY, settings.DYNAMODB_TRANSACTIONS = setting, transactions

    assert mode_of(type(ALIAS)("Orders", "real-orders", "Orders", history=key)) == mode


def test_a_table_that_takes_part_in_no_transaction_has_its_entries_announced(settings):
    settings.HISTORY = True
    table = type(ALIAS)("Orders", "real-orders", "Orders", transactions=False)
    assert mode_of(table) == "announced"


@pytest.mark.parametrize(("days", "kept"), [(None, 365), (7, 7), (0, None)])
def test_entries_expire_after_the_days_of_their_table(history, days, kept):
    table = type(ALIAS)("Orders", "real-orders", "Orders", history_days=days)
    entry = new_entry(table, ORDERS, None, FIRST, Previous(), ANN).entry

    assert entry.expires == (0 if kept is None else entry.at // 1000 + kept * 86_400)
    assert announced(new_entry(table, ORDERS, None, FIRST, Previous(), ANN)).entry.announced


def test_an_announcement_whose_writer_is_gone_is_judged_by_the_item(remember, settings):
    remember(None, FIRST)
    lost = announced(new_entry(ALIAS, ORDERS, FIRST, SECOND, _last(FIRST), ANN))
    transact(lost.operations())

    assert previous_of(lost.entry, fingerprint(SECOND)).left == fingerprint(SECOND)
    assert previous_of(lost.entry, fingerprint(FIRST)).left == fingerprint(FIRST)
    assert previous_of(None, fingerprint(FIRST)) == Previous()


def _last(now):
    return previous_of(last_entry(NAME), fingerprint(now))
