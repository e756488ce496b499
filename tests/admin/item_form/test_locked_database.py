"""Another process holds SQLite's one lock: what was stored is told, within seconds."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from structlog.testing import capture_logs

from tables import dispensable
from tables.models import PagePreference
from tests.admin.item_form.person import store, stored

pytestmark = pytest.mark.django_db

ITEM = {"id": {"S": "x"}, "a": {"S": "one"}}


@pytest.fixture
def locked():
    """Every write to these tables of the database waits in vain."""

    def refuse(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def waits():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return cursor.fetchone()[0]


def test_a_change_that_was_stored_is_told_so_while_the_database_is_locked(person, locked):
    store("Types", ITEM)
    with capture_logs() as logs:
        answer = person.open("Types", ITEM).type("a", "typed").press()
    assert answer.status_code == 200
    assert "was changed" in answer.text
    assert 'class="button"' in answer.text
    assert stored("Types", {"id": ITEM["id"]})["a"] == {"S": "typed"}
    assert {line["what"] for line in logs if line["event"] == "not_kept"} == {
        "recent item",
        "session",
    }


def test_a_choice_that_could_not_be_kept_is_told_so(person, locked):
    answer = person.client.post("/admin/tables/Types/columns", {"column": ["id"], "query": ""})
    assert "could not be kept" in answer.text
    assert not PagePreference.objects.exists()


def test_only_what_a_page_can_do_without_waits_two_seconds(db):
    usual = waits()
    seen = []
    assert dispensable.kept("test", lambda: seen.append(waits()))
    assert seen == [2000]
    assert waits() == usual


def test_a_session_that_was_deleted_meanwhile_is_still_no_locked_database(person):
    Session.objects.all().delete()
    assert person.client.get("/admin/tables/Types/").status_code == 302


def test_a_lock_that_keeps_a_write_from_beginning_is_no_failure(db, monkeypatch):
    """SQLite refuses at BEGIN: what would have been written is not even tried."""

    def refuse(*_arguments, **_members):
        raise OperationalError("database is locked")

    monkeypatch.setattr(dispensable.transaction, "atomic", refuse)
    assert not dispensable.kept("test", pytest.fail)
