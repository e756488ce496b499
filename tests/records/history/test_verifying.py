"""Removed, altered and exchanged entries are found; forgotten ones are none of these."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tables.core.history import Author, item_name, number
from tables.core.keys import encode_token
from tables.dynamodb.client import call
from tables.dynamodb.descriptions import forget_descriptions
from tables.dynamodb.history_table import all_entries_of, item_names
from tables.records.history.forgetting import forget_item
from tests.records.history.conftest import ORDERS
from tests.tables import create_table

pytestmark = pytest.mark.django_db  # jobs name items and people too

FIRST = {"pk": {"S": "1"}, "total": {"N": "1"}}
SECOND = {"pk": {"S": "1"}, "total": {"N": "2"}}
NAME = item_name(FIRST, ORDERS)


@pytest.fixture
def written(remember, settings, tmp_path):
    """Four versions of one item, one of another."""
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text('[Orders]\ntable = "real-orders"\n')
    entries = [
        remember(None, FIRST),
        remember(FIRST, SECOND),
        remember(SECOND, FIRST),
        remember(FIRST, None),
    ]
    remember(None, {"pk": {"S": "2"}, "text": {"S": "x" * 20000 + str(list(range(9000)))}})
    return entries


def run(command, *arguments, **options):
    said = io.StringIO()
    call_command(command, *arguments, stdout=said, **options)
    return said.getvalue()


def found(*arguments, **options):
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_history", *arguments, stdout=said, **options)
    return said.getvalue()


def alter(settings, n, **attributes):
    key = {"item": {"S": NAME}, "n": {"S": number(n)}}
    stored = call("GetItem", TableName=settings.HISTORY_TABLE, Key=key)["Item"]
    call("PutItem", TableName=settings.HISTORY_TABLE, Item={**stored, **attributes})


def remove(settings, n):
    key = {"item": {"S": NAME}, "n": {"S": number(n)}}
    call("DeleteItem", TableName=settings.HISTORY_TABLE, Key=key)


def test_a_history_that_nobody_touched_is_proved(written, settings):
    assert "5 entries of 2 items; 0 only announced; 0 that do not fit." in run("verify_history")
    assert "5 entries of 2 items" in run("verify_history", "Orders")
    settings.HISTORY_SECRETS = ["new", *settings.HISTORY_SECRETS]
    assert "0 that do not fit" in run("verify_history")


def test_36_a_removed_entry_is_found(written, settings):
    remove(settings, 2)
    assert f"{NAME} version 2 was removed." in found()


def test_36_an_altered_entry_is_found(written, settings):
    alter(settings, 2, name={"S": "erased"})
    assert "0 that do not fit" in run("verify_history")
    alter(settings, 2, name={"S": "Somebody else"})
    assert f"{NAME} version 2 was altered" in found()
    alter(settings, 2, name={"S": "erased"}, by={"S": "somebody else"})
    assert f"{NAME} version 2 was altered" in found()


@pytest.mark.parametrize("index", ["line", "person"])
def test_36_an_entry_that_is_listed_elsewhere_is_found(written, settings, index):
    alter(settings, 2, **{index: {"S": "another#0"}})
    assert f"{NAME} version 2 was altered" in found()


def test_36_an_entry_that_no_index_lists_is_found(written, settings):
    key = {"item": {"S": NAME}, "n": {"S": number(2)}}
    stored = call("GetItem", TableName=settings.HISTORY_TABLE, Key=key)["Item"]
    del stored["line"], stored["person"]
    call("PutItem", TableName=settings.HISTORY_TABLE, Item=stored)
    assert f"{NAME} version 2 was altered" in found()


def test_36_an_exchanged_body_is_found(written, settings):
    third = call(
        "GetItem",
        TableName=settings.HISTORY_TABLE,
        Key={"item": {"S": NAME}, "n": {"S": number(3)}},
    )["Item"]
    alter(settings, 2, changes=third["changes"])
    assert f"{NAME} version 2 tells nothing" in found()


def test_a_secret_that_was_lost_shows(written, settings):
    settings.HISTORY_SECRETS = ["another"]
    assert "5 that do not fit" in found()


def test_36_a_tail_that_was_cut_off_is_known_to_the_log_alone(written, settings, tmp_path):
    log = tmp_path / "log"
    lines = [{"event": "history", "item": e.item, "version": e.n, "hash": e.hash} for e in written]
    log.write_text("not JSON history\n" + "\n".join(map(json.dumps, lines)))
    assert "0 that do not fit" in run("verify_history", log=log)

    remove(settings, 4)

    assert "0 that do not fit" in run("verify_history")
    assert f"{NAME} version 4 was removed." in found(log=log)


def test_an_unknown_alias_and_file_are_said(written, tmp_path):
    with pytest.raises(CommandError, match="No table has that alias"):
        run("verify_history", "Nothing")
    with pytest.raises(CommandError, match="No such file"):
        run("verify_history", log=tmp_path / "absent")


def test_a_forgotten_item_leaves_its_number_and_nothing_else(written, settings):
    forget_descriptions()
    create_table("real-orders", {"pk": "S"})

    assert run("forget_item", "Orders", encode_token(FIRST, ORDERS)).startswith("4 entries")

    (note,) = all_entries_of(NAME)
    assert (note.n, note.action, note.key, note.body) == (5, "forgotten", {}, None)
    assert "0 that do not fit" in run("verify_history")
    assert run("forget_item", "Orders", encode_token({"pk": {"S": "9"}}, ORDERS)).startswith("0 ")


def test_what_is_written_after_forgetting_begins_anew(remember, settings):
    remember(None, FIRST)
    forget_item(ORDERS, FIRST, Author("", "ops", "command"))
    entry = remember(FIRST, SECOND)

    assert (entry.n, entry.is_base) == (3, True)
    assert "2 entries of 1 items; 0 only announced; 0 that do not fit." in run("verify_history")


def test_a_forgotten_person_leaves_no_name_and_a_chain_that_fits(written):
    assert run("forget_person", "sub-ann") == "5 entries changed.\n"
    assert run("forget_person", "sub-ann") == "0 entries changed.\n"
    assert {entry.author.name for entry in all_entries_of(NAME)} == {"erased"}
    assert "0 that do not fit" in run("verify_history")


def test_chunks_are_no_items(written):
    assert len(list(item_names())) == 2
    assert list(item_names("another")) == []
