"""What stops a job, what it survives, and who may say so."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tables.core.errors import (
    Forbidden,
    IdempotencyConflict,
    JobConflict,
    JobNotFound,
    PreconditionFailed,
    Unavailable,
    WriteInDoubt,
)
from tables.dynamodb import writes
from tables.jobs import parts, runner
from tables.jobs.finding import (
    find_job,
    is_anybody_working,
    may_control,
    progress,
    report_rows,
    running_of,
    visible_to,
)
from tables.jobs.orders import MOST_AT_ONCE, How, Keyed, confirm, set_pace, start, want
from tables.jobs.previews import preview
from tables.jobs.runner import Hands, work_on_job
from tables.jobs.sweeping import sweep, tidy
from tables.models import Job, Worker
from tests.jobs.conftest import counts, ordered, person, report, target_of, work
from tests.jobs.test_kinds import all_stored, setting, things
from tests.tables import store

pytestmark = pytest.mark.django_db

ADD_ONE = {"filter": {}, "changes": [{"action": "add", "path": "n", "value": {"N": "1"}}]}
CHUNK = 4


@pytest.fixture
def between_chunks(monkeypatch):
    """Call this after each chunk of four items."""
    monkeypatch.setattr(runner, "MOST_IN_CHUNK", CHUNK)
    done, after = runner.do_chunk, []

    def do_chunk(work, part, worker, pace):
        done(work, part, worker, pace)
        if after:
            after.pop()()

    monkeypatch.setattr(runner, "do_chunk", do_chunk)
    return after.append


def written():
    return sum(item["n"] == {"N": "1"} for item in all_stored())


def some(count):
    for number in range(count):
        store("real-things", {"id": {"S": f"t{number:03}"}, "n": {"N": "0"}})


def _leave(caller):
    User.objects.get(username=caller.sub).groups.clear()


def _be_locked_out(caller):
    User.objects.filter(username=caller.sub).update(is_active=False)


@pytest.mark.parametrize("lose", [_leave, _be_locked_out], ids=["group", "account"])
def test_37_a_lost_right_stops_it_within_a_chunk_and_whoever_has_it_goes_on(
    history, between_chunks, lose
):
    some(10)
    ann, bob = person("admins"), person("admins", sub="bob")
    between_chunks(lambda: lose(ann))

    job = work(start(ann, "change", "Things", ADD_ONE)[0])

    assert (job.state, written()) == ("failed", CHUNK)
    assert job.failure
    with pytest.raises(Forbidden):
        want(job, person("staff", sub="carl"), "run")
    User.objects.filter(username="ann").update(is_active=True)
    person("admins")
    assert work(want(job, bob, "run")).state == "finished"
    assert (written(), counts(job)) == (10, {"done": 10})


def test_37_an_alias_that_goes_or_leads_elsewhere_stops_it(
    history, between_chunks, settings, tmp_path
):
    some(10)
    other = tmp_path / "tables.toml"
    other.write_text('superuser_groups = ["admins"]\n[Things]\ntable = "real-pairs"\n')
    between_chunks(lambda: setattr(settings, "TABLES_FILE", other))
    job = work(start(person("admins"), "change", "Things", ADD_ONE)[0])
    assert (job.state, written()) == ("failed", CHUNK)
    assert "another table" in job.failure


def test_37_read_only_stops_it(history, between_chunks, settings):
    some(10)
    between_chunks(lambda: setattr(settings, "READ_ONLY", True))
    job = work(start(person("admins"), "change", "Things", ADD_ONE)[0])
    assert (job.state, written()) == ("failed", CHUNK)


def test_37_the_groups_of_a_token_hold_for_a_day(history):
    some(1)
    ann = person(sub="program")
    caller = type(ann)(ann.sub, ann.identity, frozenset({"admins"}))
    job, _ = start(caller, "change", "Things", ADD_ONE, How(by_token=True))
    Job.objects.filter(pk=job.pk).update(groups_until=timezone.now() - timedelta(seconds=1))
    assert work(job).state == "failed"
    again, _ = start(caller, "change", "Things", ADD_ONE, How(by_token=True))
    assert work(again).state == "finished"


def test_a_pause_takes_one_chunk_and_going_on_misses_nothing(history, between_chunks):
    some(10)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    between_chunks(lambda: want(job, ann, "pause"))
    assert (work(job).state, written()) == ("paused", CHUNK)
    assert work(job).state == "paused"
    assert work(want(job, ann, "run")).state == "finished"
    assert (written(), counts(job)) == (10, {"done": 10})


def test_a_cancelled_job_writes_nothing_after_it_says_so(history, between_chunks):
    some(10)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    between_chunks(lambda: want(job, ann, "cancel"))
    assert (work(job).state, written()) == ("cancelled", CHUNK)
    assert (want(job, ann, "cancel").state, work(job).state, written()) == (
        "cancelled",
        "cancelled",
        CHUNK,
    )
    with pytest.raises(JobConflict):
        want(job, ann, "run")


def test_a_worker_that_is_told_to_end_leaves_after_its_chunk(history, between_chunks):
    some(10)
    hands = Hands("told")
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    between_chunks(hands.end)
    work_on_job(str(job.pk), hands)
    assert written() == CHUNK
    assert not job.parts.exclude(owner="").exists()
    assert (work(job).state, written()) == ("finished", 10)


@pytest.mark.parametrize("is_made", [False, True], ids=["away", "in doubt"])
def test_a_chunk_whose_answers_are_lost_is_judged_by_its_items(tables, monkeypatch, is_made):
    some(10)
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    write, sent = writes.write, []

    def failing(operation, **how):
        sent.append(operation)
        if len(sent) <= 3:
            return write(operation, **how)
        if is_made:
            write(operation, **how)
            raise WriteInDoubt
        raise Unavailable("Away.")

    with monkeypatch.context() as patch:
        patch.setattr(writes, "write", failing)
        patch.setattr(writes, "pause", lambda _attempt: None)
        work_on_job(str(job.pk), Hands("one"))
    part = job.parts.get()
    if is_made:
        assert (part.finished, counts(job)) == (True, {"done": 10})
    else:
        assert (part.attempts, part.last_error, written()) == (1, "unavailable", 3)
    job.parts.update(until=None)
    assert work(job).state == "finished"
    assert (written(), counts(job)) == (10, {"done": 10})


def test_a_chunk_that_fails_again_and_again_ends_the_job(history, monkeypatch):
    some(1)
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)

    def failing(*_):
        raise Unavailable("Away.")

    with monkeypatch.context() as patch:
        patch.setattr(runner, "do_chunk", failing)
        for _ in range(parts.MOST_ATTEMPTS):
            work_on_job(str(job.pk), Hands("one"))
            job.parts.update(until=None)
    assert Job.objects.get(pk=job.pk).state == "failed"
    assert work(want(job, person("admins"), "run")).state == "finished"


def test_a_part_that_is_held_is_nobody_elses_until_its_lease_is_over(history):
    some(3)
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    parts.cut(job, [None])
    job.parts.update(owner="gone", until=timezone.now() + timedelta(seconds=9))
    assert parts.claim(job, "other") is None
    job.parts.update(until=timezone.now() - timedelta(seconds=1))
    assert parts.claim(job, "other").takeovers == 1


def test_whoever_lost_a_part_keeps_nothing_of_what_it_did(history):
    some(3)
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    parts.cut(job, [None])
    part = parts.claim(job, "slow")
    job.parts.update(owner="quick")
    with pytest.raises(parts.LeaseLost):
        parts.commit(
            part,
            "slow",
            [],
            next=None,
            counts={"scanned": 1, "matched": 1},
            seconds=1.0,
            units=(0.0, 0.0),
        )
    assert not parts.renew(part, "slow")


def test_a_key_makes_one_job_for_a_day(history):
    ann = person("admins")
    how = How(keyed=Keyed("scope", "body"))
    job, is_new = start(ann, "change", "Things", ADD_ONE, how)
    assert is_new
    assert start(ann, "change", "Things", ADD_ONE, how) == (job, False)
    with pytest.raises(IdempotencyConflict) as refused:
        start(ann, "change", "Things", ADD_ONE, How(keyed=Keyed("scope", "other")))
    assert refused.value.mismatch
    Job.objects.update(created=timezone.now() - timedelta(hours=25))
    assert start(ann, "change", "Things", ADD_ONE, how)[1]


def test_37_what_is_confirmed_is_what_was_looked_at(history):
    some(3)
    ann, bob = person("staff", "admins"), person("admins", sub="bob")
    job = work(start(ann, "delete", "Things", {"filter": {}})[0])
    with pytest.raises(PreconditionFailed):
        confirm(job, bob, '"0"')
    with pytest.raises(Forbidden):
        confirm(job, person("staff", sub="carl"), job.etag)
    done = work(confirm(job, bob, job.etag))
    assert (done.state, done.owner_sub, all_stored()) == ("finished", "bob", [])
    with pytest.raises(JobConflict):
        confirm(done, bob, done.etag)


def test_37_a_check_of_yesterday_can_not_be_confirmed(history):
    ann = person("admins")
    job = work(start(ann, "delete", "Things", {"filter": {}})[0])
    Job.objects.update(ended=timezone.now() - timedelta(hours=25))
    job = Job.objects.get()
    with pytest.raises(JobConflict, match="a day old"):
        confirm(job, ann, job.etag)
    tidy()
    assert Job.objects.get().state == "expired"


def test_37_somebody_has_only_so_many_jobs_under_way(history):
    ann = person("admins")
    for _ in range(MOST_AT_ONCE):
        start(ann, "change", "Things", ADD_ONE)
    with pytest.raises(JobConflict, match="5 jobs"):
        start(ann, "change", "Things", ADD_ONE)
    start(person("admins", sub="bob"), "change", "Things", ADD_ONE)
    assert (running_of(ann), Job.objects.count()) == (5, 6)


def test_37_who_sees_a_job_and_who_moves_it(history):
    ann, reader, other = person("admins"), person("readers", sub="r"), person("none", sub="o")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    assert [*visible_to(reader)] == [job]
    assert [*visible_to(other)] == []
    assert find_job(reader, str(job.pk)) == job
    for wrong in ("nonsense", str(job.pk)):
        with pytest.raises(JobNotFound):
            find_job(other, wrong)
    assert may_control(ann, job)
    assert may_control(person("admins", sub="boss"), job)
    assert not may_control(reader, job)


def test_how_far_it_is_is_told(history, between_chunks):
    things(8)
    ann = person("admins")
    order = {"keys": [f"t{n:03}" for n in range(8)], "changes": [setting("x", {"S": "y"})]}
    job, _ = start(ann, "change", "Things", order)
    between_chunks(lambda: want(job, ann, "pause"))
    told = progress(work(job))
    assert (told.counts["scanned"], told.expected, told.fraction) == (CHUNK, 8, 0.5)
    done = work(want(job, ann, "run"))
    assert progress(done).fraction == 1.0
    rows = [*report_rows(done, target_of(ann), "done")]
    assert rows[0].key == {"id": {"S": "t000"}}
    assert len(rows) == 8


def checked(caller):
    """A job that waits for its yes."""
    return work(start(caller, "change", "Things", ADD_ONE, How(dry_run=True))[0])


def test_a_preview_shows_what_would_be_written_and_writes_nothing(history):
    things(30, note={"S": "old"})
    store("real-things", {"id": {"S": "odd"}, "n": {"S": "text"}})
    ann = person("admins")
    job = checked(ann)
    store("real-things", {"id": {"S": "late"}, "n": {"N": "1"}})
    before = all_stored()
    found = preview(ann, job)
    assert len(found) == 20
    assert found[0].before["note"] == {"S": "old"}
    assert int(found[0].after["n"]["N"]) == int(found[0].before["n"]["N"]) + 1
    assert {"odd", "late"}.isdisjoint(each.token for each in found)
    assert all_stored() == before


def test_a_preview_passes_over_what_was_changed_since_the_check(history):
    things(3)
    ann = person("admins")
    job = checked(ann)
    store("real-things", {"id": {"S": "t001"}, "n": {"N": "77"}})
    assert [each.token for each in preview(ann, job)] == ["t000", "t002"]


def test_a_preview_reads_no_more_than_it_shows(history, calls):
    things(600)
    ann = person("admins")
    job = checked(ann)
    calls.clear()
    assert len(preview(ann, job, 5)) == 5
    assert calls.count("Scan") == 0
    assert calls.count("BatchGetItem") == 1


def test_nobody_sees_a_preview_of_what_they_may_not_confirm(history):
    things(1)
    job = checked(person("admins"))
    with pytest.raises(Forbidden):
        preview(person("readers"), job)


def test_old_jobs_go_with_their_files(history, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "jobs": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    some(1)
    job = ordered(person("admins"), "change", ADD_ONE)
    storages["jobs"].save(f"jobs/{job.pk}/out/a.gz", ContentFile(b"x"))
    tidy()
    assert Job.objects.count() == 1
    Job.objects.update(expires=timezone.now() - timedelta(seconds=1))
    tidy()
    assert Job.objects.count() == 0
    assert [path for path in tmp_path.rglob("*") if str(job.pk) in str(path)] == []


def test_a_lost_nudge_is_given_again_and_no_other(history, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    some(1)
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    Job.objects.update(created=timezone.now() - timedelta(seconds=5))
    assert DBTaskResult.objects.count() == 1
    assert sweep() == 0
    DBTaskResult.objects.all().delete()
    assert (sweep(), sweep()) == (1, 0)
    assert work(job).state == "finished"
    assert sweep() == 0


def test_the_pages_know_whether_anybody_works(history):
    assert not is_anybody_working()
    Worker.objects.create(name="one", seen=timezone.now())
    assert is_anybody_working()
    Worker.objects.update(seen=timezone.now() - timedelta(minutes=1))
    assert not is_anybody_working()


def test_a_pace_is_followed_while_it_runs(history):
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    assert set_pace(job, 5.0).pace == 5.0
    ended = want(job, person("admins"), "cancel")
    with pytest.raises(JobConflict):
        set_pace(ended, 1.0)


def test_a_chunk_under_a_pace_has_items_for_a_few_seconds(kept, monkeypatch):
    """With history each item takes six units at least: nobody who wants a pause waits longer."""
    some(12)
    sizes, done = [], runner.do_chunk

    def do_chunk(work, part, worker, pace):
        sizes.append(work.most)
        done(work, part, worker, pace)

    monkeypatch.setattr(runner, "do_chunk", do_chunk)
    monkeypatch.setattr("tables.jobs.pace.time.sleep", lambda _seconds: None)
    work(start(person("admins"), "change", "Things", ADD_ONE, How(pace=6.0))[0])
    assert sizes[0] == (12 if kept == "without history" else 2)


def test_37_a_report_holds_no_value_of_an_item(tables):
    store("real-things", {"id": {"S": "a"}, "n": {"S": "secret"}})
    job = ordered(person("admins"), "change", ADD_ONE)
    assert report(job) == [("a", "refused", "invalid_expression")]
    kept = [bytes(page.rows) for part in job.parts.all() for page in part.pages.all()]
    assert "secret" not in repr(list(report_rows(job, target_of(person("admins")))))
    assert kept


def test_an_item_and_a_person_are_forgotten_in_jobs_too(history, capsys):
    some(3)
    ann = person("admins")
    job = ordered(ann, "change", {"keys": ["t000", "t001"], "changes": ADD_ONE["changes"]})
    call_command("forget_item", "Things", "t000")
    call_command("forget_person", "ann")
    assert "2 rows and orders of jobs no longer name it." in capsys.readouterr().out
    left = Job.objects.get(pk=job.pk)
    assert [row[0] for row in report(left)] == ["", "t001"]
    assert (left.spec["keys"], left.owner_name, counts(left)) == (["t001"], "erased", {"done": 2})
