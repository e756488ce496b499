"""Batches that become jobs: accepted, done each on its own, told as a batch tells it."""

import json
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from tables.api.v1.resources import waiting
from tables.configuration import description, registry
from tables.dynamodb.history_table import create_history_table
from tables.jobs import chunk
from tables.jobs.forgetting import forget_item_in_jobs
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job, JobUpload, Worker
from tests.api.v1.conftest import TYPED, Door, exact, ok, pointers, problem
from tests.tables import store, stored

pytestmark = [pytest.mark.usefixtures("tables"), pytest.mark.django_db]
USES = ("Workers", "Events", "Settings", "Students", "Bare")
LATER = "respond-async"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Where files of jobs are."""
    where = {"location": tmp_path / "files"}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "jobs": {"BACKEND": backend, "OPTIONS": where}}
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def _people():
    """Those who order, as they signed in last: a job asks for their groups."""
    for name, group in (("doe, jane", "staff"), ("admin, ada", "admins")):
        person = User.objects.create(username=f"sub-{name}")
        person.groups.add(Group.objects.create(name=group))


@pytest.fixture
def worker(monkeypatch):
    """Somebody who works, as soon as a client waits."""
    Worker.objects.create(name="w", seen=timezone.now() + timedelta(hours=1))
    monkeypatch.setattr(waiting.time, "sleep", lambda _seconds: work(Job.objects.get()))


def work(job):
    while work_on_job(str(job.pk), Hands("w")):
        pass


def batch(door, *operations, table="Bare", prefer=LATER, **more):
    return door.post(f"{table}/batch", {"operations": list(operations)}, Prefer=prefer, **more)


def puts(count):
    return [{"method": "PUT", "key": f"k{n:05}", "body": {"n": n}} for n in range(count)]


def done(response):
    """The job of an answer as it was worked on, and the rows of its report."""
    job = Job.objects.get(pk=ok(response, 202)["id"])
    work(job)
    return Job.objects.get(pk=job.pk)


def rows(door, job):
    lines = b"".join(door.get(f"/api/v1/jobs/{job.pk}/report")).splitlines()
    told = [json.loads(line) for line in lines]
    assert [row["line"] for row in told] == list(range(1, len(told) + 1))
    return [(row["line"], row["outcome"], row["code"] or "") for row in told]


def test_a_batch_is_accepted_and_done_each_on_its_own(staff):
    store("v1-Bare", id={"S": "old"}, a={"N": "1"})
    store("v1-Bare", id={"S": "same"}, a={"N": "1"})
    store("v1-Bare", id={"S": "gone"})
    store("v1-Bare", id={"S": "there"})
    response = batch(
        staff,
        {"method": "POST", "body": {"id": "new", "a": 12345678901234567890123456789012345678}},
        {"method": "PUT", "key": "put", "body": {"a": 2}},
        {"method": "PATCH", "key": "old", "body": [{"op": "replace", "path": "/a", "value": 3}]},
        {"method": "PUT", "key": "same", "body": {"a": 1}},
        {"method": "DELETE", "key": "gone"},
        {"method": "DELETE", "key": "never"},
        {"method": "POST", "body": {"id": "there"}},
        {"method": "PATCH", "key": "b", "body": {"x": 1}, "if_match": '"stale.p"'},
        {"method": "POST", "body": "no item"},
        {"method": "PUT", "key": "c", "body": {"x": 1}, "if_none_match": "*"},
    )
    assert response["Preference-Applied"] == LATER
    assert response["Location"].endswith(f"/api/v1/jobs/{ok(response, 202)['id']}")
    assert stored("v1-Bare", id={"S": "new"}) is None
    job = done(response)
    assert (job.state, job.kind, job.spec["count"]) == ("finished", "batch", 10)
    assert rows(staff, job) == [
        (1, "done", "created"),
        (2, "done", "created"),
        (3, "done", ""),
        (4, "same", ""),
        (5, "done", ""),
        (6, "refused", "item_not_found"),
        (7, "refused", "item_exists"),
        (8, "refused", "item_not_found"),
        (9, "refused", "invalid_request"),
        (10, "done", "created"),
    ]
    assert stored("v1-Bare", id={"S": "new"})["a"] == {
        "N": "12345678901234567890123456789012345678"
    }
    assert stored("v1-Bare", id={"S": "old"})["a"] == {"N": "3"}
    assert stored("v1-Bare", id={"S": "gone"}) is None


def test_typed_bodies_keep_their_types(staff):
    body = {"id": {"S": "1"}, "tags": {"SS": ["b", "a"]}, "raw": {"B": "AAE="}}
    job = done(
        batch(
            staff,
            {"method": "POST", "body": body},
            {"method": "PATCH", "key": "2", "body": {}},
            type=TYPED,
        )
    )
    assert rows(staff, job)[0] == (1, "done", "created")
    found = stored("v1-Bare", id={"S": "1"})
    assert (sorted(found["tags"]["SS"]), found["raw"]) == (["a", "b"], {"B": "AAE="})


@pytest.mark.parametrize("dies_before", ["write_chunk", "parts.commit"])
def test_a_worker_that_dies_leaves_nothing_to_be_done_twice(admin, monkeypatch, dies_before):
    store("v1-Bare", id={"S": "old"}, n={"N": "1"})
    counting = [
        {"op": "test", "path": "/n", "value": 1},
        {"op": "replace", "path": "/n", "value": 2},
    ]
    response = batch(
        admin,
        *({"method": "POST", "body": {"n": n}} for n in range(3)),
        {"method": "PATCH", "key": "old", "body": counting},
        {"method": "PATCH", "key": "none", "body": {}},
    )
    job = Job.objects.get(pk=ok(response, 202)["id"])

    def die(*_arguments, **_how):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"tables.jobs.chunk.{dies_before}", die)
        with pytest.raises(KeyboardInterrupt):
            work(job)
    assert job.parts.get().intents is not None
    job.parts.update(until=timezone.now() - timedelta(seconds=1))
    work(job)
    assert rows(admin, job) == [
        *((n, "done", "created") for n in (1, 2, 3)),
        (4, "done", ""),
        (5, "refused", "item_not_found"),
    ]
    assert ok(admin.get("Bare/items"))["count"] == 4
    assert stored("v1-Bare", id={"S": "old"})["n"] == {"N": "2"}


def test_a_condition_is_the_operations_own(staff):
    store("v1-Settings", id={"S": "1"})
    tag = staff.get("Settings/items/1")["ETag"]
    job = done(
        batch(
            staff,
            {"method": "PATCH", "key": "1", "body": {"a": 1}, "if_match": tag},
            {"method": "PATCH", "key": "2", "body": {"a": 1}},
            {"method": "PUT", "key": "3", "body": {}, "if_none_match": "*"},
            table="Settings",
        )
    )
    assert rows(staff, job) == [
        (1, "done", ""),
        (2, "refused", "precondition_required"),
        (3, "done", "created"),
    ]


def counting(old, new):
    """A patch that counts on, where it is not done twice."""
    change = [
        {"op": "test", "path": "/n", "value": old},
        {"op": "replace", "path": "/n", "value": new},
    ]
    return {"method": "PATCH", "key": "a", "body": change}


AGAIN = (
    {"method": "PUT", "key": "a", "body": {"n": 1}},
    {"method": "PUT", "key": "b", "body": {}},
    counting(1, 2),
    {"method": "POST", "body": {"id": "b"}},
    {"method": "DELETE", "key": "a"},
    counting(2, 3),
    {"method": "POST", "body": {"id": "a", "n": 1}},
    counting(1, 2),
)


def test_an_item_that_is_named_again_is_as_the_operation_before_left_it(admin, worker):
    at_once = ok(admin.post("Bare/batch", {"operations": AGAIN}), 207)["results"]
    statuses = [result["status"] for result in at_once]
    assert statuses == [201, 201, 200, 409, 204, 404, 201, 200]
    for key in ("a", "b"):
        admin.delete(f"Bare/items/{key}")
    many = [*AGAIN, *puts(100)]
    later = ok(batch(admin, *many, prefer="respond-async, wait=10"), 207)["results"]
    assert [result["status"] for result in later[:8]] == statuses
    assert later[5]["key"] == "a"
    assert stored("v1-Bare", id={"S": "a"})["n"] == {"N": "2"}


@pytest.mark.parametrize("transactions", [True, False], ids=["transactions", "announced"])
@pytest.mark.parametrize("rival", [False, True], ids=["alone", "with a rival"])
def test_a_worker_that_dies_at_an_item_named_again_is_not_taken_for_done(
    admin, settings, monkeypatch, transactions, rival
):
    """History holds an entry of this job: that of the operation before."""
    settings.HISTORY, settings.DYNAMODB_TRANSACTIONS = True, transactions
    create_history_table(settings.HISTORY_TABLE)
    job = Job.objects.get(pk=ok(batch(admin, *AGAIN[:3]), 202)["id"])
    writes, chunks = chunk.write_chunk, []

    def die_at_the_second(*arguments, **how):
        chunks.append(arguments)
        if len(chunks) == 2:
            raise KeyboardInterrupt
        return writes(*arguments, **how)

    with monkeypatch.context() as patched:
        patched.setattr(chunk, "write_chunk", die_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            work(job)
    if rival:
        store("v1-Bare", id={"S": "a"}, n={"N": "7"})
    job.parts.update(until=timezone.now() - timedelta(seconds=1))
    work(job)
    told = ("changed" if transactions else "unsure") if rival else "done"
    code = "changed_meanwhile" if told == "changed" else ""
    assert rows(admin, job)[-1] == (3, told, code)
    assert stored("v1-Bare", id={"S": "a"})["n"] == {"N": "7" if rival else "2"}


def test_what_was_written_twice_is_taken_back_twice(admin, settings):
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)
    first = done(batch(admin, *AGAIN))
    assert first.totals["done"] == 6
    undone = done(admin.post("Bare/jobs", {"kind": "undo", "job": str(first.pk)}))
    assert undone.totals["done"] == 6
    assert ok(admin.get("Bare/items"))["count"] == 0
    again = done(admin.post("Bare/jobs", {"kind": "undo", "job": str(undone.pk)}))
    assert again.totals["done"] == 6
    assert stored("v1-Bare", id={"S": "a"})["n"] == {"N": "2"}


def test_too_many_to_be_answered_at_once_are_told_of_the_preference(staff):
    told = problem(staff.post("Bare/batch", {"operations": puts(101)}), 413, "too_large")
    assert "Prefer: respond-async" in told["detail"]
    assert pointers(told) == ["/operations"]
    problem(batch(staff, *puts(10_001)), 422, "invalid_value")
    assert Job.objects.count() == 0


def test_more_than_a_chunk_and_a_file_of_them_are_all_done(admin):
    job = done(batch(admin, *puts(1_001)))
    assert (job.state, job.totals["done"], job.parts.get().sequence) == ("finished", 1_001, 5)
    assert [row[0] for row in rows(admin, job)] == [*range(1, 1_002)]
    assert stored("v1-Bare", id={"S": "k01000"})["n"] == {"N": "1000"}


def test_37_each_method_takes_its_right_and_many_the_right_to_many(reader, folder):
    problem(batch(reader, *puts(1), table="Workers"), 403, "forbidden")
    adder = Door("adders", name="doe, jane")
    problem(batch(adder, {"method": "DELETE", "key": "1"}, table="Workers"), 403, "forbidden")
    changer = Door("changers", name="doe, jane")
    told = problem(batch(changer, *puts(1_001), table="Workers"), 403, "forbidden")
    assert "more than 1,000 items" in told["detail"]
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_37_under_read_only_nothing_more_is_written(staff, settings):
    response = batch(staff, *puts(3))
    settings.READ_ONLY = True
    assert done(response).state == "failed"
    settings.READ_ONLY = False
    assert stored("v1-Bare", id={"S": "k00000"}) is None


def test_37_nobody_orders_one_by_an_upload(staff):
    order = {"kind": "batch", "upload": str(uuid.uuid4()), "count": 1, "methods": ["PUT"]}
    assert pointers(problem(staff.post("Bare/jobs", order), 422, "invalid_value")) == ["/kind"]


def test_few_operations_are_answered_at_once_where_the_client_would_wait(staff):
    response = batch(staff, *puts(2), prefer="respond-async, wait=5")
    assert [result["status"] for result in exact(response)["results"]] == [201, 201]
    assert Job.objects.count() == 0


def test_what_is_done_within_the_wait_is_told_as_a_batch_tells_it(staff, worker):
    store("v1-Bare", id={"S": "k00001"}, n={"N": "7"})
    more = [{"method": "DELETE", "key": "none"}, {"method": "POST", "body": []}]
    response = batch(staff, *puts(100), *more, prefer="respond-async, wait=5")
    assert response.status_code == 207, response.content
    assert response["Preference-Applied"] == "respond-async, wait=5"
    told = exact(response)["results"]
    assert [result["status"] for result in told[:3]] == [201, 200, 201]
    assert told[0] == {"status": 201, "key": "k00000"}
    assert (told[100]["status"], told[100]["key"]) == (404, "none")
    assert told[100]["problem"]["code"] == "item_not_found"
    assert (told[101]["status"], told[101]["key"]) == (400, None)
    assert len(told) == 102


def test_what_takes_longer_than_the_wait_is_a_job(staff, worker, monkeypatch):
    passed = iter(range(0, 1000, 3))
    monkeypatch.setattr(waiting.time, "monotonic", lambda: next(passed))
    monkeypatch.setattr(waiting.time, "sleep", lambda _seconds: None)
    response = batch(staff, *puts(101), prefer="respond-async, wait=10")
    assert (ok(response, 202)["state"], next(passed) > 10) == ("queued", True)


def test_without_a_worker_nobody_waits(staff, monkeypatch):
    monkeypatch.setattr(waiting.time, "sleep", None)
    assert ok(batch(staff, *puts(101), prefer="respond-async, wait=10"), 202)["state"] == "queued"


def test_the_same_key_is_the_same_job(staff, folder):
    first, again = (batch(staff, *puts(2), Idempotency_Key="k1") for _ in range(2))
    assert ok(first, 202)["id"] == ok(again, 202)["id"]
    assert again["Idempotency-Replayed"] == "true"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
    other = batch(staff, *puts(3), Idempotency_Key="k1")
    problem(other, 422, "idempotency_conflict")


def test_a_post_by_a_natural_key_creates_or_replaces(admin):
    body = {"school": "s", "number": 1}
    first = admin.post("Students/items", {**body, "name": "Ann"})
    assert first.status_code == 201, first.content
    job = done(batch(admin, {"method": "POST", "body": {**body, "name": "B"}}, table="Students"))
    assert rows(admin, job) == [(1, "done", "")]
    assert ok(admin.get("Students/items"))["count"] == 1


def test_a_batch_is_undone_as_one(admin, settings):
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)
    store("v1-Bare", id={"S": "old"}, n={"N": "1"})
    first = done(
        batch(
            admin,
            {"method": "PATCH", "key": "old", "body": {"n": 2}},
            {"method": "PUT", "key": "new", "body": {"n": 1}},
        )
    )
    order = {"kind": "undo", "job": str(first.pk)}
    assert done(admin.post("Bare/jobs", order)).totals["done"] == 2
    assert stored("v1-Bare", id={"S": "old"})["n"] == {"N": "1"}
    assert stored("v1-Bare", id={"S": "new"}) is None


def test_the_files_of_a_batch_go_where_an_item_is_forgotten_and_are_named_before_its_end(staff):
    asked = batch(staff, *puts(1))
    about = description(registry().get("Bare"))
    assert forget_item_in_jobs(about, "k00000").files == [str(Job.objects.get().pk)]
    done(asked)
    told = forget_item_in_jobs(about, "k00000")
    assert (told.rows, told.files, JobUpload.objects.count()) == (1, [], 0)
