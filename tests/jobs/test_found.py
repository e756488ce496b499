"""What was looked at first: a job that was confirmed writes what the check found, and no more."""

import zlib

import orjson
import pytest

from tables.core.errors import Forbidden
from tables.dynamodb.client import call
from tables.jobs import parts, runner
from tables.jobs.finding import progress
from tables.jobs.forgetting import forget_item_in_jobs
from tables.jobs.orders import How, confirm, order_again, start
from tables.jobs.orders import looked_at as begun_looking
from tables.jobs.runner import Hands, work_on_job
from tables.jobs.undoing import undo_job
from tables.models import ReportPage
from tables.records.jobs.reports import rows_of
from tests.jobs.conftest import counts, person, report, target_of, work
from tests.jobs.test_kinds import EVERYTHING, LONG, all_stored, setting, things
from tests.jobs.test_taking_over import Died, lease_over
from tests.tables import store, stored

pytestmark = pytest.mark.django_db

OLD = {"query": "note=old"}
NEW = [setting("note", {"S": "new"})]


def looked_at(caller, kind, given, pace=None):
    return work(start(caller, kind, "Things", given, How(dry_run=True, pace=pace))[0])


def confirmed(job, caller):
    return work(confirm(job, caller, job.etag))


def meanwhile():
    """Somebody changes one item, puts one over another, takes one away, and puts a new one."""
    store("real-things", {"id": {"S": "t001"}, "n": {"N": "1"}, "note": {"S": "theirs"}})
    store("real-things", {"id": {"S": "t002"}, "n": {"N": LONG}, "note": {"S": "old"}})
    call("DeleteItem", TableName="real-things", Key={"id": {"S": "t003"}})
    store("real-things", {"id": {"S": "t0025"}, "n": {"N": "1"}, "note": {"S": "old"}})


def die_in(monkeypatch, step, job):
    """A worker dies before it has kept what a step tells, or after; its lease runs out."""
    does = getattr(parts, step)

    def dying(*args, **how):
        if step == "keep_intents":
            does(*args, **how)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(parts, step, dying)
        with pytest.raises(Died):
            work_on_job(str(job.pk), Hands("one"))
    lease_over(job)


def names():
    return [item["id"]["S"] for item in all_stored()]


@pytest.fixture(params=[250, 4], ids=["one chunk", "many chunks"])
def chunks(request, monkeypatch):
    monkeypatch.setattr(runner, "MOST_IN_CHUNK", request.param)


def test_a_delete_takes_what_was_confirmed_and_nothing_that_came_or_changed_since(kept, chunks):
    before = things(20, note={"S": "old"})
    ann = person("admins")
    job = looked_at(ann, "delete", OLD)
    assert (job.state, counts(job), job.estimate["writes"]) == ("ready", {"done": 20}, 20)
    meanwhile()

    job = confirmed(job, ann)

    assert (job.state, counts(job)) == ("finished", {"done": 17, "changed": 3})
    assert report(job, "changed") == [
        ("t001", "changed", "changed_since_check"),
        ("t002", "changed", "changed_since_check"),
        ("t003", "changed", "gone_since_check"),
    ]
    assert names() == ["t001", "t002", "t0025"]
    assert progress(job).expected == progress(job).counts["scanned"] == 20
    if kept != "without history":
        assert counts(work(undo_job(job, ann))) == {"done": 17}
        assert [all_stored()[0], *all_stored()[4:]] == [before[0], *before[4:]]


@pytest.mark.parametrize("given", [OLD, {"keys": [f"t{n:03}" for n in range(20)]}], ids=str)
def test_so_does_a_change_that_was_looked_at_first(tables, chunks, given):
    things(20, note={"S": "old"})
    store("real-things", {"id": {"S": "t009"}, "note": {"S": "old"}, "n": {"N": "9"}})
    ann = person("admins")
    job = looked_at(ann, "change", {**given, "changes": NEW})
    meanwhile()

    job = confirmed(job, ann)

    assert counts(job) == {"done": 17, "changed": 3}
    notes = {item["id"]["S"]: item["note"]["S"] for item in all_stored()}
    assert {name for name, note in notes.items() if note == "old"} == {"t002", "t0025"}
    assert (notes["t001"], len(notes)) == ("theirs", 20)


def test_what_was_same_or_refused_in_the_check_is_told_again_unless_it_changed(tables):
    things(4)
    store("real-things", {"id": {"S": "t000"}, "n": {"S": "text"}})
    store("real-things", {"id": {"S": "t001"}, "n": {"S": "text"}})
    ann = person("admins")
    order = {"keys": ["t000", "t001", "t002", "gone", "new"]}
    change = {"action": "add", "path": "n", "value": {"N": "1"}}
    job = looked_at(ann, "change", {**order, "changes": [change]})
    assert counts(job) == {"done": 1, "same": 2, "refused": 2}
    store("real-things", {"id": {"S": "t001"}, "n": {"N": "1"}})
    store("real-things", {"id": {"S": "new"}, "n": {"N": "1"}})

    job = confirmed(job, ann)

    assert counts(job) == {"done": 1, "same": 1, "refused": 1, "changed": 2}
    assert report(job, "refused") == [("t000", "refused", "invalid_expression")]
    assert stored("real-things", "new")["n"] == {"N": "1"}


def test_a_copy_leaves_what_changed_at_either_table(tables, chunks):
    things(8, note={"S": "old"})
    store("real-counted", {"id": {"S": "t004"}, "v": {"N": "5"}})
    ann = person("admins")
    job = looked_at(ann, "copy", {**OLD, "to": "Counted", "mode": "replace"})
    assert counts(job) == {"done": 8}
    meanwhile()
    store("real-counted", {"id": {"S": "t004"}, "v": {"N": "6"}, "mine": {"S": "x"}})
    store("real-counted", {"id": {"S": "t005"}, "v": {"N": "1"}, "mine": {"S": "x"}})

    job = confirmed(job, ann)

    assert counts(job) == {"done": 3, "changed": 5}
    assert {row[0] for row in report(job, "changed")} == {f"t00{n}" for n in range(1, 6)}
    copied = {item["id"]["S"]: item for item in all_stored("real-counted")}
    assert [*copied] == ["t000", "t004", "t005", "t006", "t007"]
    assert copied["t004"]["v"] == {"N": "6"}


def test_what_has_no_key_at_the_other_table_is_told_again(tables):
    store("real-things", {"id": {"S": "a"}, "number": {"S": "text"}})
    store("real-things", {"id": {"S": "b"}, "number": {"N": "1"}})
    store("real-things", {"id": {"S": "c"}, "number": {"N": "1.0"}})
    ann = person("admins")
    job = looked_at(ann, "copy", {**EVERYTHING, "to": "Numbers"})
    told = counts(job)
    assert told == {"done": 1, "refused": 2}
    job = confirmed(job, ann)
    assert counts(job) == told


def test_a_check_that_found_nothing_leads_to_nothing(tables):
    ann = person("admins")
    job = looked_at(ann, "delete", EVERYTHING)
    things(3)
    job = confirmed(job, ann)
    assert (job.state, counts(job), len(all_stored())) == ("finished", {}, 3)


def test_a_job_under_a_pace_goes_through_the_pages_of_its_check_in_pieces(tables, monkeypatch):
    things(20, note={"S": "old"})
    monkeypatch.setattr("tables.jobs.pace.time.sleep", lambda _seconds: None)
    ann = person("admins")
    job = confirmed(looked_at(ann, "delete", OLD, pace=1.0), ann)
    assert (counts(job), all_stored()) == ({"done": 20}, [])
    assert job.parts.get(phase="write").sequence > 1


@pytest.mark.parametrize("step", ["keep_intents", "commit"])
def test_a_worker_that_dies_on_the_way_leaves_what_was_found_to_the_next(kept, monkeypatch, step):
    things(12, note={"S": "old"})
    monkeypatch.setattr(runner, "MOST_IN_CHUNK", 5)
    ann = person("admins")
    job = looked_at(ann, "delete", OLD)
    job = confirm(job, ann, job.etag)
    die_in(monkeypatch, step, job)
    assert len(all_stored()) == (12 if step == "keep_intents" else 7)
    meanwhile()

    job = work(job)

    assert (job.state, sum(counts(job).values())) == ("finished", 12)
    assert {row[0] for row in report(job, "done")}.isdisjoint({*names()} - {"t001", "t002"})
    assert {"t0025", "t001", "t002"} == {*names()}
    told = {key: outcome for key, outcome, _code in report(job)}
    known = {"keep_intents": "changed", "commit": "done"}[step]
    assert told["t001"] == ("unsure" if kept == "without history" else known)


def test_a_check_of_a_release_that_kept_no_states_goes_on_as_it_was_ordered(tables):
    things(5, note={"S": "old"})
    ann = person("admins")
    job = looked_at(ann, "delete", OLD)
    for page in ReportPage.objects.all():
        told = [[*row.told] for row in rows_of(page)]
        page.rows = zlib.compress(orjson.dumps(told))
        page.save()
    job = confirmed(job, ann)
    assert (counts(job), all_stored()) == ({"done": 5}, [])


def test_an_item_that_was_forgotten_since_the_check_is_left(tables):
    things(3, note={"S": "old"})
    ann = person("admins")
    job = looked_at(ann, "delete", OLD)
    assert forget_item_in_jobs(target_of(ann).description, "t000").rows == 1
    job = confirmed(job, ann)
    assert (counts(job), names()) == ({"done": 2}, ["t000"])


def test_37_a_check_keeps_fingerprints_and_no_value(tables):
    store("real-things", {"id": {"S": "a"}, "n": {"S": "secret"}})
    job = looked_at(person("admins"), "delete", EVERYTHING)
    (page,) = ReportPage.objects.filter(part__job=job)
    (row,) = rows_of(page)
    assert "secret" not in repr(row)
    assert (row.key, len(row.state)) == ("a", 16)


def test_since_when_items_are_not_looked_at_is_told_where_there_may_be_such(tables):
    things(3, note={"S": "old"})
    ann = person("admins")
    job = looked_at(ann, "change", {**OLD, "changes": NEW})
    assert begun_looking(job) == job.started
    done = confirmed(job, ann)
    assert begun_looking(done) == job.started
    unchecked = work(start(ann, "change", "Things", {**OLD, "changes": NEW})[0])
    named = looked_at(ann, "change", {"keys": ["t000"], "changes": NEW})
    assert (begun_looking(unchecked), begun_looking(named)) == (None, None)
    again = order_again(done, ann)
    assert (again.phase, again.spec) == ("check", done.spec)
    with pytest.raises(Forbidden):
        order_again(done, person("readers", sub="rita"))
