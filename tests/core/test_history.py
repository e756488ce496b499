import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.history import (
    Author,
    Entry,
    fingerprint,
    item_name,
    needs_base,
    read_entry,
    shard_of,
    wire_entry,
    without,
)
from tests.core.strategies import ITEMS, TEXT

ORDERS = TableDescription("real-orders", KeyAttribute("pk", "S"), KeyAttribute("sk", "S"))
NUMBERED = TableDescription("real-orders", KeyAttribute("pk", "S"), KeyAttribute("sk", "N"))
KEY = {"pk": {"S": "CUSTOMER#1"}, "sk": {"S": "ORDER#2"}}
NAME = item_name(KEY, ORDERS)
AUTHOR = Author("sub-1", "Ann", "v1", "request-1")


@given(
    st.builds(
        Entry,
        item=st.just(NAME),
        n=st.integers(1, 9_999_999_999),
        at=st.integers(1, 2**45),
        author=st.builds(Author, TEXT, TEXT, st.sampled_from(["admin", "v1"]), TEXT, TEXT),
        action=st.sampled_from(["create", "change", "delete", "restore", "undo", "forgotten"]),
        table=TEXT,
        alias=TEXT,
        key=ITEMS,
        before=st.sampled_from(["", "a" * 32]),
        after=st.sampled_from(["", "b" * 32]),
        digest=TEXT,
        body=st.none() | st.binary(max_size=20),
        chunks=st.integers(0, 3),
        is_base=st.booleans(),
        of=st.none() | st.integers(1, 9),
        expires=st.integers(0, 2**32),
        past=st.integers(0, 2**32),
        announced=st.booleans(),
        outcome=st.sampled_from(["", "done", "void"]),
        named=TEXT,
        hash=TEXT,
    )
)
def test_an_entry_is_read_as_it_was_stored(entry):
    assert read_entry(wire_entry(entry)) == entry


def test_every_alias_of_a_table_names_an_item_alike_and_other_spellings_of_a_number_too():
    assert item_name({**KEY, "total": {"N": "1"}}, ORDERS) == NAME
    assert NAME.startswith(f"{ORDERS.name}#")
    assert item_name({**KEY, "sk": {"N": "1.0"}}, NUMBERED) == item_name(
        {**KEY, "sk": {"N": "1"}}, NUMBERED
    )
    assert shard_of(NAME) in range(4)


@pytest.mark.parametrize(
    ("n", "left", "before", "needed"),
    [
        (1, None, "", False),
        (1, None, "a", True),
        (2, "a", "a", False),
        (2, "b", "a", True),
        (50, "a", "a", True),
        (51, "a", "", False),
    ],
)
def test_the_whole_state_is_kept_where_a_version_could_not_be_rebuilt_otherwise(
    n, left, before, needed
):
    assert needs_base(n, left, before) is needed


def test_attributes_left_out_of_history_change_no_fingerprint():
    item = {"pk": {"S": "1"}, "views": {"N": "1"}}
    later = {"pk": {"S": "1"}, "views": {"N": "2"}}
    ignored = frozenset({"views"})

    assert fingerprint(item, ignored) == fingerprint(later, ignored)
    assert fingerprint(item) != fingerprint(later)
    assert fingerprint(None) == ""
    assert without(item, ignored) == {"pk": {"S": "1"}}
