"""Who may order, confirm, send on and undo a job: asked when it is asked for, every time."""

import pytest

from tables.access.callers import Caller
from tables.core.errors import Forbidden, InvalidRequest, JobConflict, TableNotFound
from tables.core.keys import encode_token
from tables.jobs.finding import report_rows, reported_at
from tables.jobs.orders import MOST_AT_ONCE, How, Keyed, confirm, start, want
from tables.jobs.undoing import undo_job
from tables.models import Job
from tests.jobs.conftest import counts, ordered, person, target_of, work
from tests.jobs.test_runner import ADD_ONE, some, written
from tests.tables import store

pytestmark = pytest.mark.django_db


def test_33_a_key_gives_a_job_only_to_whoever_may_still_order_it(history):
    some(1)
    how = How(keyed=Keyed("scope", "body"))
    start(person("admins"), "change", "Things", ADD_ONE, how)
    with pytest.raises(Forbidden):
        start(person("readers"), "change", "Things", ADD_ONE, how)
    with pytest.raises(TableNotFound):
        start(person("none"), "change", "Things", ADD_ONE, how)
    assert Job.objects.count() == 1


def test_37_a_job_works_with_the_rights_of_whoever_sent_it_on(history):
    some(3)
    job = start(person("admins"), "change", "Things", ADD_ONE)[0]
    person("none")
    assert work(job).state == "failed"
    boss = person("admins", sub="boss")
    done = work(want(job, boss, "run"))
    assert (done.state, done.owner_sub, written()) == ("finished", "boss", 3)


def test_37_a_token_gives_its_groups_to_a_job_that_it_sends_on(history):
    some(3)
    program = Caller("program", "Program", frozenset({"admins"}))
    job = start(program, "change", "Things", ADD_ONE, How(by_token=True))[0]
    Job.objects.update(groups_until=job.created)
    assert work(job).state == "failed"
    assert work(want(job, program, "run", by_token=True)).state == "finished"
    assert written() == 3


def test_37_only_its_owner_and_superusers_undo_a_job(history):
    some(2)
    job = ordered(person("admins"), "change", ADD_ONE)
    other = person("staff", sub="carl")
    with pytest.raises(Forbidden):
        start(other, "undo", "Things", {"job": str(job.pk)})
    with pytest.raises(InvalidRequest):
        start(person("admins"), "undo", "Pairs", {"job": str(job.pk)})
    undone = work(start(person("admins"), "undo", "Things", {"job": str(job.pk)})[0])
    assert (undone.of, counts(undone)) == (job, {"done": 2})
    for again in (undo_job, lambda job, ann: start(ann, "undo", "Things", {"job": str(job.pk)})):
        with pytest.raises(JobConflict):
            again(job, person("admins"))


def test_37_what_is_still_written_can_not_be_undone(history):
    some(2)
    ann = person("admins")
    job = start(ann, "change", "Things", ADD_ONE)[0]
    with pytest.raises(JobConflict):
        start(ann, "undo", "Things", {"job": str(job.pk)})


def test_37_jobs_that_waited_count_when_they_are_let_go(history):
    some(2)
    ann = person("admins")
    checked = work(start(ann, "delete", "Things", {"filter": {}})[0])
    paused = start(ann, "change", "Things", ADD_ONE)[0]
    want(paused, ann, "pause")
    for _ in range(MOST_AT_ONCE):
        start(ann, "change", "Things", ADD_ONE)
    with pytest.raises(JobConflict, match="5 jobs"):
        confirm(checked, ann, checked.etag)
    with pytest.raises(JobConflict, match="5 jobs"):
        want(paused, ann, "run")


def test_37_a_report_of_a_copy_is_for_who_may_view_both_tables(history):
    some(2)
    job = ordered(person("admins"), "copy", {"filter": {}, "to": "Stamped"})
    assert reported_at(job, person("readers", sub="r")).table.alias == "Stamped"
    for groups in (["adders"], ["none"]):  # adders view what is copied, and not where it goes
        with pytest.raises(TableNotFound):
            reported_at(job, person(*groups, sub="other"))
    Job.objects.update(alias="Stamped", spec={"to": "Things"})
    with pytest.raises(TableNotFound):
        reported_at(Job.objects.get(), person("adders", sub="other"))


def test_a_copy_names_items_of_the_table_that_it_writes_and_those_that_it_can_not_of_their_own(
    history,
):
    ann = person("admins")
    store("real-things", {"id": {"S": "a"}, "country": {"S": "CH"}, "rank": {"N": "1"}})
    store("real-things", {"id": {"S": "no key there"}, "n": {"N": "0"}})
    job = ordered(ann, "copy", {"filter": {}, "to": "Pairs"})
    rows = sorted(report_rows(job, reported_at(job, ann)), key=lambda row: row.outcome)
    assert [(row.key, row.outcome) for row in rows] == [
        ({"country": {"S": "CH"}, "rank": {"N": "1"}}, "done"),
        ({"id": {"S": "no key there"}}, "refused"),
    ]
    assert [row.is_uncopied for row in rows] == [False, True]
    assert rows[1].token == encode_token({"id": {"S": "no key there"}}, target_of(ann).description)
    assert "The key attribute 'country' is missing." in rows[1].detail
