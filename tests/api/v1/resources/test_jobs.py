"""Jobs as REST v1 tells and steers them; what a kind does is tried where kinds are."""

import csv
import gzip
import io
import json
import uuid
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart
from django.utils import timezone

from tables.api.v1.resources import waiting
from tables.jobs.kind import JobKind, Piece
from tables.jobs.kinds import KINDS
from tables.jobs.runner import Hands, work_on_job
from tables.records.jobs import versions
from tables.records.jobs.models import Job, JobPart, Worker
from tables.records.jobs.reports import Result, page_of
from tests.api.v1.conftest import PLAIN, Door, exact, ok, pointers, problem
from tests.contract.languages import loads

pytestmark = [pytest.mark.usefixtures("moto_tables"), pytest.mark.django_db]
USES = ("Workers", "Events", "Hidden")
ORDER = {"kind": "look", "words": "everything"}


class Looking:
    """Chunks that look at nothing."""

    def piece(self, work, cursor):
        return Piece(next=None, scanned=1)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    """Kinds of these tests: one that may go at once, one that is checked first."""
    for name, is_checked in (("look", False), ("weigh", True)):
        row = JobKind(
            name=name,
            read_spec=lambda given, _target: dict(given),
            rights=lambda _spec, alias: {alias: frozenset({"change"})},
            cut=lambda _work: [None],
            write=Looking(),
            check=Looking(),
            is_checked_first=is_checked,
        )
        monkeypatch.setitem(KINDS, name, row)


@pytest.fixture
def working(db):
    Worker.objects.create(name="w", seen=timezone.now() + timedelta(hours=1))


def order(door, table="Workers", status=202, **members):
    return ok(door.post(f"{table}/jobs", {**ORDER, **members}), status)


def path(job):
    return f"/api/v1/jobs/{job['id']}"


def moved(job, state, **fields):
    """The job as a worker would have left it."""
    Job.objects.filter(pk=job["id"]).update(state=state, **fields)


def reported(job, *rows, phase="write"):
    row = Job.objects.get(pk=job["id"])
    part = JobPart.objects.create(job=row, phase=phase, number=0, total=1, finished=True)
    page_of(part, 0, rows).save()


# ------------------------------------------------------------------ ordering


def test_an_order_is_accepted_and_tells_where_to_look(staff, working):
    response = staff.post("Workers/jobs", {**ORDER, "reason": "spring", "pace": 50})
    job = ok(response, 202)
    assert response["Location"] == f"http://testserver/api/v1/jobs/{job['id']}"
    assert response["Retry-After"] == "2"
    assert (job["state"], job["phase"], job["table"]) == ("queued", "write", "Workers")
    assert (job["reason"], job["pace"], job["order"]) == ("spring", 50, {"words": "everything"})
    assert job["owner"] == {"sub": "sub-doe, jane", "name": "doe, jane"}
    assert job["progress"]["done"] == 0
    assert "confirm" not in job["links"]
    found = staff.get(path(job))
    assert (ok(found), found["ETag"]) == (job, response["ETag"])


def test_a_dry_run_writes_nothing_until_it_is_confirmed(staff):
    assert order(staff, dry_run=True)["state"] == "checking"
    assert order(staff, kind="weigh")["phase"] == "check"


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"kind": 7}, "/kind"),
        ({"dry_run": "yes"}, "/dry_run"),
        ({"reason": "x" * 501}, "/reason"),
        ({"pace": 0}, "/pace"),
        ({"pace": "fast"}, "/pace"),
        ({"kind": "export", "filter": {}}, "/words"),
        ({"kind": "delete", "filter": {}}, "/words"),
        ({"kind": "delete", "filter": {}, "keys": None}, "/keys"),
        ({"reason": "a\0b"}, "/reason"),
        ({"kind": "import"}, "/kind"),
    ],
)
def test_an_order_that_says_it_wrong_is_told_where(staff, members, pointer):
    response = staff.post(
        "Workers/jobs", {**members, **{n: v for n, v in ORDER.items() if n not in members}}
    )
    assert pointers(problem(response, 422, "invalid_value")) == [pointer]


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        ({"kind": "export"}, ""),
        ({"kind": "export", "filter": {}, "query": ""}, ""),
        ({"kind": "export", "filter": "{}"}, "/filter"),
        ({"kind": "export", "query": 7}, "/query"),
        ({"kind": "export", "query": "name=a&limit=3"}, "/query"),
        ({"kind": "export", "query": "cursor=x"}, "/query"),
        ({"kind": "export", "keys": []}, "/keys"),
        ({"kind": "export", "keys": ["1", "~no"]}, "/keys/1"),
        ({"kind": "export", "filter": {}, "format": "xml"}, "/format"),
        ({"kind": "copy", "filter": {}}, "/to"),
        ({"kind": "copy", "filter": {}, "to": "Workers"}, "/to"),
        ({"kind": "copy", "filter": {}, "to": "Bare", "mode": "x"}, "/mode"),
        ({"kind": "undo", "job": "x"}, "/job"),
        ({"kind": "undo", "job": str(uuid.uuid4())}, "/job"),
        ({"kind": "change", "filter": {}}, "/changes"),
        ({"kind": "change", "filter": {}, "changes": [{"action": "zap"}]}, "/changes/0/action"),
        (
            {"kind": "change", "filter": {}, "changes": [{"action": "set", "path": "a"}]},
            "/changes/0",
        ),
        (
            {
                "kind": "change",
                "filter": {},
                "changes": [
                    {"action": "remove", "path": "a"},
                    {"action": "retype", "path": "b", "type": "X"},
                ],
            },
            "/changes/1/type",
        ),
    ],
)
def test_what_a_kind_does_not_take_is_told_at_its_member(admin, order, pointer):
    assert pointers(problem(admin.post("Workers/jobs", order), 422, "invalid_value")) == [pointer]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        ({"kind": "export", "filter": {"n": {"comparator": "~", "value": 1}}}, "/filter"),
        ({"kind": "export", "filter": {"": 1}}, "/filter"),
        (
            {"kind": "change", "filter": {}, "changes": [{"action": "remove", "path": "a..b"}]},
            "/changes/0/path",
        ),
        (
            {"kind": "change", "filter": {}, "changes": [{"action": "remove", "path": "id"}]},
            "/changes/0",
        ),
    ],
)
def test_expressions_of_an_order_are_refused_as_everywhere_and_say_where(admin, order, pointer):
    told = problem(admin.post("Workers/jobs", order), 400, "invalid_expression")
    assert pointers(told) == [pointer]


def test_a_query_may_be_given_as_a_url_has_it(admin, files):
    job = ok(admin.post("Workers/jobs", {"kind": "export", "query": "?name=a"}), 202)
    assert job["order"]["query"] == "name=a"


def test_plain_values_of_changes_are_made_typed(staff):
    changes = [
        {"action": "set", "path": "n", "value": 10**37 + 1},
        {"action": "remove", "path": "m"},
    ]
    job = order(staff, changes=changes)
    assert job["order"]["changes"][0]["value"] == {"N": f"{10**37 + 1}"}
    typed = [{"action": "set", "path": "n", "value": {"SS": ["a"]}}]
    response = staff.post(
        "Workers/jobs", {**ORDER, "changes": typed}, type="application/vnd.dynamodb+json"
    )
    assert ok(response, 202)["order"]["changes"] == typed


def test_a_kind_that_is_not_offered_and_a_body_that_is_none_are_refused(staff):
    told = problem(staff.post("Workers/jobs", {"kind": "drop"}), 422, "invalid_value")
    assert pointers(told) == ["/kind"]
    problem(staff.post("Workers/jobs", []), 400, "invalid_request")
    problem(staff.post("Workers/jobs", b"<a/>", type="text/xml"), 415, "unsupported_media_type")
    problem(staff.post("Workers/jobs", ORDER, query="x=1"), 400, "invalid_request")


def test_37_who_may_not_is_told_so_and_who_may_not_view_finds_nothing(reader, nobody):
    problem(reader.post("Workers/jobs", ORDER), 403, "forbidden")
    problem(reader.post("Hidden/jobs", ORDER), 404, "table_not_found")
    problem(nobody.post("Workers/jobs", ORDER), 401, "unauthorized")
    assert not Job.objects.exists()


def test_the_same_key_orders_once_and_another_body_is_refused(staff, admin):
    first = staff.post("Workers/jobs", ORDER, Idempotency_Key="k-1")
    again = staff.post("Workers/jobs", ORDER, Idempotency_Key="k-1")
    assert ok(first, 202)["id"] == ok(again, 202)["id"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert again["Location"] == first["Location"]
    other = staff.post("Workers/jobs", {**ORDER, "words": "x"}, Idempotency_Key="k-1")
    problem(other, 422, "idempotency_conflict")
    assert (
        ok(admin.post("Workers/jobs", ORDER, Idempotency_Key="k-1"), 202)["id"]
        != ok(first, 202)["id"]
    )
    problem(staff.post("Workers/jobs", ORDER, Idempotency_Key="a,b"), 400, "invalid_request")


def test_one_job_too_many_waits_for_the_others(staff):
    for _ in range(5):
        order(staff)
    problem(staff.post("Workers/jobs", ORDER), 409, "job_conflict")


# ------------------------------------------------------------------ looking


def test_nobody_working_is_said_and_changes_the_tag(staff):
    job = order(staff)
    assert job["is_waiting_for_a_worker"] is True
    before = staff.get(path(job))["ETag"]
    Worker.objects.create(name="w", seen=timezone.now())
    response = staff.get(path(job))
    assert ok(response)["is_waiting_for_a_worker"] is False
    assert response["ETag"] != before
    moved(job, "finished")
    ended = staff.get(path(job))
    assert ok(ended)["progress"]["fraction"] == 1
    assert "Retry-After" not in ended


def test_a_job_of_a_newer_release_waits_for_its_worker_and_can_only_be_stopped(staff, working):
    job = order(staff)
    Job.objects.update(spec_version=versions.NEWEST + 1, kind="merge", spec={"into": [1]})
    told = ok(staff.get(path(job)))
    assert (told["waits_for"], told["is_waiting_for_a_worker"]) == ("release", True)
    assert ok(staff.get("/api/v1/jobs"))
    moved(job, "failed")
    problem(staff.patch(path(job), {"state": "running"}), 409, "job_conflict")
    moved(job, "ready", phase="check")
    tag = staff.get(path(job))["ETag"]
    problem(staff.post(f"{path(job)}/confirm", {}, If_Match=tag), 409, "job_conflict")
    ok(staff.delete(path(job)))


def test_a_job_that_has_not_moved_is_304(staff, working):
    job = order(staff)
    tag = staff.get(path(job))["ETag"]
    assert staff.get(path(job), If_None_Match=tag).status_code == 304
    moved(job, "running")
    assert ok(staff.get(path(job), If_None_Match=tag))["state"] == "running"


def test_jobs_are_listed_newest_first_in_pages(staff):
    ids = [order(staff)["id"] for _ in range(3)]
    page = staff.get("/api/v1/jobs", "limit=2")
    assert [job["id"] for job in ok(page)["jobs"]] == ids[:0:-1]
    assert page["Link"] == f'<{ok(page)["next"]}>; rel="next"'
    rest = ok(staff.get(ok(page)["next"].removeprefix("http://testserver")))
    assert [job["id"] for job in rest["jobs"]] == ids[:1]
    assert rest["next"] is None
    moved({"id": ids[0]}, "finished")
    assert [job["id"] for job in ok(staff.get("Workers/jobs", "state=finished"))["jobs"]] == ids[:1]
    assert ok(staff.get("Events/jobs"))["jobs"] == []
    problem(staff.get("/api/v1/jobs", "cursor=x"), 400, "invalid_cursor")
    problem(staff.get("/api/v1/jobs", "limit=0"), 400, "invalid_request")
    problem(staff.get("/api/v1/jobs", "state=7"), 400, "invalid_request")
    problem(staff.get("/api/v1/jobs", "kind=7"), 400, "invalid_request")


def test_37_a_job_is_seen_by_who_may_view_its_table_and_steered_by_its_owner(staff, reader, admin):
    job = order(staff)
    assert ok(reader.get(path(job)))["id"] == job["id"]
    problem(reader.patch(path(job), {"state": "paused"}), 403, "forbidden")
    problem(reader.delete(path(job)), 403, "forbidden")
    stranger = Door("strangers", name="x")
    problem(stranger.get(path(job)), 404, "job_not_found")
    assert ok(stranger.get("/api/v1/jobs"))["jobs"] == []
    problem(staff.get(f"/api/v1/jobs/{uuid.uuid4()}"), 404, "job_not_found")
    assert ok(admin.delete(path(job)))["state"] == "cancelled"


# ------------------------------------------------------------------ steering


def test_a_job_is_paused_sent_on_and_cancelled_and_a_second_delete_is_harmless(staff):
    job = order(staff)
    assert ok(staff.patch(path(job), {"state": "paused", "pace": 5}))["state"] == "paused"
    again = ok(staff.patch(path(job), {"state": "running", "pace": None}))
    assert (again["state"], again["pace"]) == ("queued", None)
    assert ok(staff.patch(path(job), {"state": "running"}))["state"] == "queued"
    assert ok(staff.delete(path(job)))["state"] == "cancelled"
    assert ok(staff.delete(path(job)))["state"] == "cancelled"
    problem(staff.patch(path(job), {"state": "running"}), 409, "job_conflict")


def test_a_pause_that_no_worker_has_heard_of_is_taken_back_and_a_cancel_is_not(staff):
    job = order(staff)
    later = timezone.now() + timedelta(hours=1)
    JobPart.objects.create(job_id=job["id"], number=0, total=1, owner="w", until=later)
    moved(job, "running")
    assert ok(staff.patch(path(job), {"state": "paused"}))["wanted"] == "pause"
    told = ok(staff.patch(path(job), {"state": "running"}))
    assert (told["state"], told["wanted"]) == ("running", "run")
    ok(staff.delete(path(job)), 202)
    for state in ("paused", "running"):
        problem(staff.patch(path(job), {"state": state}), 409, "job_conflict")
    assert ok(staff.delete(path(job)), 202)["wanted"] == "cancel"


def test_a_job_that_is_not_what_if_match_names_is_left_as_it_is(staff):
    job = order(staff)
    tag = staff.get(path(job))["ETag"]
    moved(job, "running")
    wish = {"state": "paused"}
    problem(staff.patch(path(job), wish, If_Match=tag), 412, "precondition_failed")
    problem(staff.delete(path(job), If_Match=tag), 412, "precondition_failed")
    problem(staff.delete(path(job), If_Match='"half'), 400, "invalid_request")
    tag = staff.get(path(job))["ETag"]
    problem(staff.patch(path(job), wish, If_Match=f"W/{tag}"), 412, "precondition_failed")
    assert ok(staff.patch(path(job), wish, If_Match=tag))["state"] == "paused"


def test_what_a_worker_holds_is_202_until_it_has_let_go(staff):
    job = order(staff)
    later = timezone.now() + timedelta(hours=1)
    JobPart.objects.create(job_id=job["id"], number=0, total=1, owner="w", until=later)
    moved(job, "running")
    told = staff.delete(path(job))
    assert (ok(told, 202)["state"], ok(told, 202)["wanted"]) == ("running", "cancel")


@pytest.mark.parametrize(
    ("wish", "pointer"), [({"state": "done"}, "/state"), ({"kind": "x"}, "/kind"), ({}, "")]
)
def test_what_can_not_be_wished_is_told(staff, wish, pointer):
    job = order(staff)
    body = problem(staff.patch(path(job), wish), 422, "invalid_value")
    assert pointers(body) == [pointer]


def test_37_a_confirmation_is_for_what_was_looked_at(staff):
    job = order(staff, kind="weigh")
    moved(job, "ready")
    found = staff.get(path(job))
    confirm = ok(found)["links"]["confirm"].removeprefix("http://testserver")
    problem(staff.post(confirm, None), 428, "precondition_required")
    for star in ("*", " * "):  # true of any check: it doesn't say which was seen
        problem(staff.post(confirm, None, If_Match=star), 428, "precondition_required")
    problem(staff.post(confirm, None, If_Match='"other"'), 412, "precondition_failed")
    JobPart.objects.create(
        job_id=job["id"], phase="check", number=0, total=1, finished=True, scanned=9, done=7
    )
    found = staff.get(path(job))
    problem(staff.post(confirm, None, If_Match=f"W/{found['ETag']}"), 412, "precondition_failed")
    assert ok(found)["progress"]["done"] == 7
    answer = staff.post(confirm, None, If_Match=found["ETag"])
    assert (ok(answer, 202)["state"], ok(answer, 202)["phase"]) == ("queued", "write")
    # What the check has counted is no longer told as if it were done.
    assert (ok(answer, 202)["progress"]["done"], ok(answer, 202)["progress"]["scanned"]) == (0, 0)
    problem(staff.post(confirm, None, If_Match=answer["ETag"]), 409, "job_conflict")


@pytest.mark.parametrize(
    ("phase", "state", "kept"),
    [("check", "ready", 3), ("write", "running", None), ("write", "finished", 3)],
)
def test_rows_that_are_done_but_for_a_cell_are_counted_once_all_are(staff, phase, state, kept):
    job = order(staff, kind="weigh")
    assert job["progress"]["kept"] is None
    moved(job, state, phase=phase, estimate={"kept": 3})
    assert ok(staff.get(path(job)))["progress"]["kept"] == kept


def test_a_check_that_waits_has_not_ended_and_expires_in_a_day(staff):
    job, looked = order(staff, kind="weigh"), timezone.now()
    moved(job, "ready", ended=looked)
    told = ok(staff.get(path(job)))
    assert told["ended"] is None
    assert datetime.fromisoformat(told["expires"]) - looked < timedelta(hours=24, seconds=1)
    moved(job, "finished")
    told = ok(staff.get(path(job)))
    assert told["ended"] is not None
    assert datetime.fromisoformat(told["expires"]) - looked > timedelta(days=2)


def test_37_a_confirmation_holds_the_rights_of_who_confirms(staff, reader):
    job = order(staff, kind="weigh")
    moved(job, "ready")
    tag = reader.get(path(job))["ETag"]
    problem(reader.post(f"{path(job)}/confirm", None, If_Match=tag), 403, "forbidden")


def test_37_a_token_holds_for_a_day_and_a_session_is_asked_anew(signer, nobody, staff):
    job = ok(nobody.post("Workers/jobs", ORDER, **signer.bearer("staff")), 202)
    assert Job.objects.get(pk=job["id"]).groups == ["staff"]
    assert Job.objects.get(pk=order(staff)["id"]).groups == []


# ------------------------------------------------------------------ the report


def test_a_report_is_streamed_as_lines_or_as_a_sheet(staff):
    job = order(staff)
    reported(
        job,
        Result("1", "done", version=3),
        Result("~PTEx", "refused", "invalid_value", 0, 0, "total: a number is needed."),
    )
    lines = staff.get(f"{path(job)}/report")
    assert lines["Content-Type"] == "application/jsonl"
    assert lines["Content-Disposition"] == f'attachment; filename="job-{job["id"]}.jsonl"'
    rows = [json.loads(line) for line in b"".join(lines).splitlines()]
    assert rows[0] == {
        "key": {"id": "1"},
        "token": "1",
        "outcome": "done",
        "code": None,
        "detail": None,
        "line": None,
        "version": 3,
        "changed_by": None,
        "changed_at": None,
    }
    sheet = b"".join(staff.get(f"{path(job)}/report", "format=csv&outcome=refused,changed"))
    head, *rows = csv.reader(io.StringIO(sheet.decode()))
    told = ["outcome", "code", "detail", "line", "version", "changed_by", "changed_at", "token"]
    assert head == [*told, "id"]
    assert rows == [
        ["refused", "invalid_value", "total: a number is needed.", "", "", "", "", "~PTEx", "'=11"]
    ]


def test_only_rows_that_were_left_are_told_that_somebody_changed_them(staff):
    job = order(staff)
    reported(
        job,
        Result("1", "done", "changed"),
        Result("2", "done", "changed", detail="total: 1.1 is kept."),
        Result("3", "changed", "conflict"),
        Result("4", "changed", "gone_since_check"),
        Result("5", "unsure"),
        Result("6", "changed", "item_not_found"),
        Result("7", "same", "item_not_found"),
    )
    told = [
        json.loads(line)["detail"]
        for line in b"".join(staff.get(f"{path(job)}/report")).splitlines()
    ]
    assert told == [
        None,
        "total: 1.1 is kept.",
        "Somebody changed the item meanwhile; it was left as it is.",
        "The item was deleted since it was checked.",
        "It is not known whether this was done: read the item.",
        "The item was deleted meanwhile.",
        None,
    ]


def test_head_of_what_is_streamed_is_its_headers_alone(staff, admin, files):
    job = order(staff)
    reported(job, Result("1", "done"))
    whole, head = (staff.send(method, f"{path(job)}/report") for method in ("GET", "HEAD"))
    assert (head.status_code, b"".join(head)) == (200, b"")
    assert "Content-Length" not in head
    assert head["Content-Type"] == whole["Content-Type"]
    assert head["Content-Disposition"] == whole["Content-Disposition"]
    made = ok(admin.post("Workers/jobs", {"kind": "export", "filter": {}}), 202)
    moved(made, "finished")
    fetched = admin.send("HEAD", f"{path(made)}/output")
    assert (fetched.status_code, fetched["Content-Type"]) == (200, "application/gzip")


def test_what_can_be_taken_back_says_where_that_is_ordered(staff, reader, settings):
    settings.HISTORY = True
    job = order(staff)
    reported(job, Result("1", "done"))
    JobPart.objects.update(done=1)
    assert "undo" not in ok(staff.get(path(job)))["links"]
    moved(job, "finished")
    links = ok(staff.get(path(job)))["links"]
    assert links["undo"] == "http://testserver/api/v1/tables/Workers/jobs"
    assert "undo" not in ok(reader.get(path(job)))["links"]
    settings.HISTORY = False
    assert "undo" not in ok(staff.get(path(job)))["links"]
    settings.HISTORY = True
    moved(job, "finished", kind="export")
    assert "undo" not in ok(staff.get(path(job)))["links"]


def test_37_a_report_is_for_who_may_view_and_refuses_in_problems(staff):
    job = order(staff)
    problem(staff.get(f"{path(job)}/report", "outcome=good"), 400, "invalid_request")
    problem(staff.get(f"{path(job)}/report", "phase=x"), 400, "invalid_request")
    problem(Door("strangers", name="x").get(f"{path(job)}/report"), 404, "job_not_found")
    response = staff.get(f"{path(job)}/report", Accept="application/xml")
    problem(response, 406, "not_acceptable")


# ------------------------------------------------------------------ files


@pytest.fixture
def files(settings, tmp_path):
    where = {"location": tmp_path / "files"}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "jobs": {"BACKEND": backend, "OPTIONS": where}}
    return tmp_path / "files"


def kept_files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("how", ["body", "form"])
def test_a_file_is_sent_as_the_body_or_in_a_form_and_is_checked_first(admin, files, how):
    data, kind, query = b"id,name\n1,Ann\n", "text/csv", "mode=create&name=a.csv"
    if how == "form":
        upload = SimpleUploadedFile("a.csv", data)
        data = encode_multipart("b", {"file": upload, "mode": "create"})
        kind, query = "multipart/form-data; boundary=b", ""
    job = ok(admin.post("Workers/jobs", data, type=kind, query=query), 202)
    assert (job["kind"], job["state"], job["phase"]) == ("import", "checking", "check")
    assert (job["order"]["mode"], job["order"]["name"]) == ("create", "a.csv")
    assert len(kept_files(files)) == 1


def sheet(admin, data, query="", kind="text/csv"):
    return admin.post("Workers/jobs", data, type=kind, query=query)


def test_a_file_is_read_as_its_media_type_or_its_order_says(admin, files):
    data = "id,name\n1,Zoë\n".encode("cp1252")
    refused = problem(sheet(admin, data), 422, "invalid_value")
    assert pointers(refused) == ["/encoding"]
    assert "Line 2, column 5 is not UTF-8: EB." in refused["detail"]
    assert "Windows-1252" in refused["detail"]
    declared = ok(sheet(admin, data, kind="text/csv; charset=windows-1252"), 202)
    assert declared["order"]["reading"]["encoding"] == "cp1252"
    said = ok(sheet(admin, data, "encoding=latin1"), 202)
    assert said["order"]["reading"]["encoding"] == "latin-1"
    typed = ok(sheet(admin, b'{"id": "1"}', "format=typed_lines", "application/jsonl"), 202)
    assert typed["order"]["reading"]["format"] == "typed_lines"
    assert "upload" not in typed["order"]


def test_an_import_tells_its_rows_once_they_are_counted_and_what_to_know_of_its_file(admin, files):
    many = b"id\n" + b"".join(b"%d\n" % number for number in range(1500))
    job = ok(sheet(admin, many), 202)
    assert (job["order"]["count"], job["warnings"]) == (None, [])
    moved(job, "ready", estimate={"staged": 3, "items": 1500, "is_one_page": True})
    job = ok(admin.get(path(job)))
    assert job["order"]["count"] == 1500
    (warning,) = job["warnings"]
    assert warning["code"] == "one_page"
    assert "more items stand behind it" in warning["detail"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"file": [("a.csv", b"id\n1\n"), ("b.csv", b"id\n2\n")]}, "one file"),
        ({"file": [("a.csv", b"id\n1\n")], "other": [("b.csv", b"id\n2\n")]}, "one file"),
        ({"file": [("a.csv", b"id\n1\n")], "mode": ["create", "update"]}, "said twice"),
    ],
)
def test_nothing_that_is_sent_twice_is_passed_over(admin, files, fields, words):
    told = {
        name: [SimpleUploadedFile(*each) if isinstance(each, tuple) else each for each in values]
        for name, values in fields.items()
    }
    kind = "multipart/form-data; boundary=b"
    response = admin.post("Workers/jobs", encode_multipart("b", told), type=kind)
    refused = problem(response, 400, "invalid_request")
    assert words in refused["detail"]
    assert pointers(refused) == ["/mode" if "mode" in fields else "/file"]
    problem(sheet(admin, b"id\n1\n", "mode=create&mode=update"), 400, "invalid_request")
    assert kept_files(files) == []


@pytest.mark.parametrize(
    ("data", "query", "pointer"),
    [
        (b"id\n1\n", "mod=create", ""),
        (b"id\n1\n", "mode=create&mode=update", "/mode"),
        (b"id\n1\n", "kinds=id", "/kinds"),
        (b"id,n,n\n1,2,3\n", "", "/file"),
        (b"id,n:S,n:N\n1,2,3\n", "", "/file"),
        (b"id,a,a.b\n1,2,3\n", "", "/file"),
        (b"id, n\n1,2\n", "", "/file"),
        (b"n\n1\n", "", "/file"),
        (b" \n", "", "/file"),
        (b"%PDF-1.7", "", "/file"),
    ],
)
def test_what_is_wrong_with_a_file_or_its_parameters_says_where(admin, files, data, query, pointer):
    code = "invalid_expression" if b"a.b" in data else "invalid_request"
    refused = problem(sheet(admin, data, query), 400, code)
    assert pointers(refused) == [pointer]
    assert refused["errors"][0]["detail"] in refused["detail"]
    assert kept_files(files) == []


def test_what_is_no_file_of_ours_is_415_whatever_is_said_of_it(admin, files):
    response = sheet(admin, b"id\n1\n", "mode=create", "text/plain")
    problem(response, 415, "unsupported_media_type")
    assert "text/csv" in response["Accept-Post"]


@pytest.mark.parametrize("name", ["mode=upsert", "taken=n", "kinds=n:N"])
def test_a_file_that_is_sent_as_an_order_is_told_what_it_is_sent_as(admin, files, name):
    found = problem(sheet(admin, b'[{"id": "1"}]', name, PLAIN), 400, "invalid_request")
    assert "Send a file of JSON as application/octet-stream" in found["detail"]
    sent = ok(sheet(admin, b'[{"id": "1"}]', "mode=upsert", "application/octet-stream"), 202)
    assert sent["order"]["reading"]["format"] == "json_array"


def test_types_of_columns_are_said_by_their_heads(admin, files):
    data = b"id,n,a:bc\n1,2,3\n"
    job = ok(sheet(admin, data, "kinds=n:SS&kinds=a%3Abc:N"), 202)
    assert job["order"]["kinds"] == {"n": "SS", "a:bc": "N"}
    for wrong, status in (("n", 400), ("n:N&kinds=n:S", 400), ("x:N", 422), ("n:X", 422)):
        assert sheet(admin, data, f"kinds={wrong}").status_code == status


def test_a_job_that_never_has_a_file_has_none_and_one_that_will_has_none_yet(admin, files):
    change = order(admin)
    problem(admin.get(f"{path(change)}/output"), 404, "not_found")
    export = ok(admin.post("Workers/jobs", {"kind": "export", "filter": {}}), 202)
    problem(admin.get(f"{path(export)}/output"), 409, "job_conflict")
    moved(export, "cancelled")
    problem(admin.get(f"{path(export)}/output"), 404, "not_found")


def test_an_order_is_told_as_it_was_given(admin, files):
    given = {"name": {"comparator": "contains", "value": "a"}, "n": 10**37 + 1}
    job = ok(admin.post("Workers/jobs", {"kind": "export", "filter": given}), 202)
    assert job["order"]["filter"] == given


def test_a_file_sent_again_under_its_key_is_the_same_job_and_kept_once(admin, files):
    def send(data):
        return admin.post("Workers/jobs", data, type="text/csv", Idempotency_Key="f")

    first, again = send(b"id,name\n1,Ann\n"), send(b"id,name\n1,Ann\n")
    assert ok(first, 202)["id"] == ok(again, 202)["id"]
    assert again["Idempotency-Replayed"] == "true"
    problem(send(b"id,name\n1,Bea\n"), 422, "idempotency_conflict")
    assert len(kept_files(files)) == 1


@pytest.mark.parametrize(
    ("data", "query", "status"),
    [
        (b"", "", 400),
        (b"PAR1", "", 400),
        (b"x,y\n1,2\n", "", 400),
        (b"id\n1\n", "mode=all", 422),
        (b"id\n1\n", "colour=red", 400),
        (b"id\n1\n", "pace=fast", 422),
    ],
)
def test_what_is_no_file_of_items_is_refused_and_not_kept(admin, files, data, query, status):
    response = admin.post("Workers/jobs", data, type="text/csv", query=query)
    assert response.status_code == status, response.content
    assert kept_files(files) == []
    assert not Job.objects.exists()


def test_an_export_is_fetched_once_it_has_finished(admin, staff, files):
    admin.post("Workers/items", {"id": "1", "name": "Ann"})
    job = ok(admin.post("Workers/jobs", {"kind": "export", "filter": {}}), 202)
    problem(admin.get(f"{path(job)}/output"), 409, "job_conflict")
    person = User.objects.create(username=job["owner"]["sub"])
    person.groups.add(Group.objects.create(name="admins"))
    while work_on_job(job["id"], Hands("worker")):
        pass
    found = ok(admin.get(path(job)))
    packed = admin.get(found["links"]["output"].removeprefix("http://testserver"))
    assert packed["Content-Type"] == "application/gzip"
    line = gzip.decompress(b"".join(packed))
    assert json.loads(line)["name"] == "Ann"
    assert b"".join(admin.get(f"{path(job)}/output", "unpacked=true")) == line
    problem(staff.get(f"{path(job)}/output"), 403, "forbidden")


def test_a_search_is_answered_later_where_the_client_prefers_that(admin, staff, files):
    for n in range(3):
        admin.post("Workers/items", {"id": str(n), "name": "Ann"})
    body = {"scan": {"name": "Ann"}, "limit": 2}
    response = admin.post("Workers/search", body, Prefer="respond-async")
    job = ok(response, 202)
    assert (job["kind"], job["order"]["format"]) == ("export", "json_lines")
    assert response["Location"].endswith(f"/api/v1/jobs/{job['id']}")
    assert response["Preference-Applied"] == "respond-async"
    problem(staff.post("Workers/search", body, Prefer="respond-async"), 403, "forbidden")


def test_a_search_that_is_short_is_answered_within_the_wait(admin, files):
    for n in range(3):
        admin.post("Workers/items", {"id": str(n), "name": "Ann"})
    body = {"scan": {"name": "Ann"}}
    short = admin.post("Workers/search", body, Prefer="respond-async, wait=5")
    assert (ok(short)["count"], ok(short)["next"]) == (3, None)
    assert short["Preference-Applied"] == "wait=5"
    long = admin.post("Workers/search", {**body, "limit": 2}, Prefer="respond-async; x, wait=5")
    assert ok(long, 202)["kind"] == "export"
    assert long["Preference-Applied"] == "respond-async, wait=5"


def test_a_search_waits_for_its_job_as_long_as_the_client_would(admin, files, working, monkeypatch):
    for n in range(3):
        admin.post("Workers/items", {"id": str(n), "name": "Ann"})
    person = User.objects.create(username="sub-admin, ada")
    person.groups.add(Group.objects.create(name="admins"))

    def work(_seconds):
        while work_on_job(str(Job.objects.get().pk), Hands("worker")):
            pass

    monkeypatch.setattr(waiting.time, "sleep", work)
    for headers in ({}, {"Accept": "application/vnd.dynamodb+json"}):
        body = {"scan": {"name": "Ann"}}
        at_once = exact(admin.post("Workers/search", body, **headers))
        prefer = {**headers, "Prefer": "respond-async, wait=5"}
        response = admin.post("Workers/search", {**body, "limit": 2}, **prefer)
        assert (response.status_code, response["Content-Type"]) == (
            200,
            headers.get("Accept", PLAIN),
        )
        assert response["Preference-Applied"] == "respond-async, wait=5"
        document = loads(b"".join(response))
        assert len(document["items"]) == 3
        assert document | {"consumed_capacity": 0} == at_once | {"consumed_capacity": 0}
        Job.objects.all().delete()


def test_the_same_key_of_a_search_is_the_same_job(admin, files):
    def search(name, key="k"):
        body = {"scan": {"name": name}}
        return admin.post("Workers/search", body, Prefer="respond-async", Idempotency_Key=key)

    first, again = search("Ann"), search("Ann")
    assert ok(first, 202)["id"] == ok(again, 202)["id"]
    assert again["Idempotency-Replayed"] == "true"
    problem(search("Bea"), 422, "idempotency_conflict")
    assert ok(search("Bea", "other"), 202)["id"] != ok(first, 202)["id"]


@pytest.mark.parametrize("more", [{"fields": ["name"]}, {"index": "by-city"}, {"order": "desc"}])
def test_a_search_that_a_file_can_not_answer_is_answered_at_once(admin, more):
    body = {"scan": {"city": "Rome"}, **more}
    response = admin.post("Workers/search", body, Prefer="respond-async")
    assert ok(response)["items"] == []
    assert "Preference-Applied" not in response
    forged = admin.post("Workers/search", {**body, "cursor": "x"}, Prefer="respond-async")
    problem(forged, 400, "invalid_cursor")
    assert not Job.objects.exists()
