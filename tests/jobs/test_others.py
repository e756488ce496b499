"""Items that others changed: the report says so by a code, and who it was where history tells."""

from datetime import UTC, datetime, timedelta

import pytest

from tables.access.callers import Caller
from tables.core.updates import Change
from tables.dynamodb import writes
from tables.dynamodb.client import call
from tables.items.deletes import delete
from tables.items.drafts import Edit
from tables.items.updates import update
from tables.items.writes import send
from tables.jobs.finding import report_rows
from tables.jobs.orders import How, confirm, start
from tables.jobs.undoing import undo_job
from tests.jobs.conftest import counts, person, target_of, work
from tests.jobs.test_kinds import EVERYTHING, setting
from tests.jobs.test_runner import ADD_ONE, some
from tests.tables import store

pytestmark = pytest.mark.django_db

NOTED = {**EVERYTHING, "changes": [setting("note", {"S": "new"})]}


def key(name):
    return {"id": {"S": name}}


def edited(target, name):
    send(update(target, key(name), Edit([Change("set", ("n",), {"N": "7"})])))


def left(job, caller):
    """Code, and who changed it, of each item that was left, by its name."""
    rows = report_rows(job, target_of(caller), "changed")
    return {row.token: (row.code, row.changed and row.changed.by) for row in rows}


def looked_at(caller, given):
    return work(start(caller, "change", "Things", given, How(dry_run=True))[0])


def test_who_changed_or_deleted_it_since_the_check_is_told(history):
    some(5)
    ann = person("admins")
    bob = Caller("bob", "ng, bob", frozenset({"admins"}))
    job = looked_at(ann, NOTED)
    edited(target_of(bob), "t000")
    send(delete(target_of(bob), key("t001")))
    edited(target_of(bob), "t002")
    store("real-things", {**key("t002"), "n": {"N": "8"}})  # a program that leaves no entry
    call("DeleteItem", TableName="real-things", Key=key("t003"))

    done = work(confirm(job, ann, job.etag))

    assert counts(done) == {"done": 1, "changed": 4}
    assert left(done, ann) == {
        "t000": ("changed_since_check", "ng, bob"),
        "t001": ("gone_since_check", "ng, bob"),
        "t002": ("changed_since_check", None),
        "t003": ("gone_since_check", None),
    }
    (row, *_) = report_rows(done, target_of(ann), "changed")
    assert abs(datetime.now(UTC) - row.changed.at) < timedelta(minutes=1)


def test_who_may_not_see_history_is_not_told_who(history, settings):
    some(1)
    ann = person("admins")
    job = looked_at(ann, NOTED)
    edited(target_of(ann), "t000")
    done = work(confirm(job, ann, job.etag))
    assert left(done, ann) == {"t000": ("changed_since_check", "Ann")}
    target = target_of(ann)
    without = type(target)(
        **{
            name: getattr(target, name) - {"history"} if name == "rights" else getattr(target, name)
            for name in target.__dataclass_fields__
        }
    )
    (row,) = report_rows(done, without, "changed")
    assert (row.code, row.changed) == ("changed_since_check", None)


def test_what_was_changed_between_reading_and_writing_is_told(tables, settings, monkeypatch):
    settings.JOB_THREADS, settings.DYNAMODB_TRANSACTIONS = 1, True
    some(2)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    write, sent = writes.write, []

    def rivalled(operation, **how):
        if not sent:
            sent.append(operation)
            store("real-things", {**key("t000"), "n": {"N": "9"}, "note": {"S": "x"}})
        return write(operation, **how)

    monkeypatch.setattr(writes, "write", rivalled)
    done = work(job)
    assert counts(done) == {"done": 1, "changed": 1}
    (row,) = report_rows(done, target_of(ann), "changed")
    assert (row.code, row.detail) == (
        "changed_meanwhile",
        "Somebody changed it meanwhile: n, note.",
    )


def test_an_undo_says_who_changed_what_the_job_had_written(history):
    some(2)
    ann = person("admins")
    job = work(start(ann, "change", "Things", NOTED)[0])
    bob = Caller("bob", "ng, bob", frozenset({"admins"}))
    send(update(target_of(bob), key("t001"), Edit([Change("set", ("note",), {"S": "theirs"})])))
    undone = work(undo_job(job, ann))
    assert left(undone, ann) == {"t001": ("undo_conflict", "ng, bob")}


def test_an_undo_says_what_was_deleted_since(history):
    some(1)
    ann = person("admins")
    job = work(start(ann, "change", "Things", NOTED)[0])
    send(delete(target_of(Caller("bob", "ng, bob", frozenset({"admins"}))), key("t000")))
    undone = work(undo_job(job, ann))
    assert left(undone, ann) == {"t000": ("item_not_found", "ng, bob")}
