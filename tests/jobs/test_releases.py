"""Jobs that a release before this one left on the way, as it kept them: this one ends them.

`FREEZE=folder pytest tests/jobs/test_releases.py` keeps there what this release leaves on the way:
once for each release after which what a job keeps is another (`tables/records/jobs/versions.py`).
"""

import base64
import os
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from django.conf import settings
from django.core import serializers
from django.utils import timezone

from tables.core.values import content_of
from tables.dynamodb.client import call
from tables.items.conditions import Tags
from tables.jobs import files, parts, runner
from tables.jobs.kinds.batch import StagedOperation
from tables.jobs.orders import How, confirm, start, want
from tables.jobs.runner import Hands, work_on_job
from tables.jobs.undoing import undo_job
from tables.models import Job, JobPart, ReportPage
from tests.jobs.conftest import counts, person, work
from tests.tables import fill

pytestmark = pytest.mark.django_db

FROZEN = Path(__file__).parent / "frozen"
TABLES = ("real-things", "real-counted", "history")
COUNT = 12
EVERYTHING = {"filter": {}}
CHANGE = {**EVERYTHING, "changes": [{"action": "add", "path": "n", "value": {"N": "1"}}]}
COPY = {**EVERYTHING, "to": "Counted", "mode": "replace"}
CSV = "\n".join(["id,n", *(f"t{n:03},{n * 2}" for n in range(1, 9)), "new,1", "t001,77"])


class Died(BaseException):
    """The worker is gone."""


@pytest.fixture(autouse=True)
def _small(settings, tmp_path, monkeypatch, history):
    storage = {**settings.STORAGES["jobs"]}
    storage["OPTIONS"] = {**storage["OPTIONS"], "location": tmp_path / "jobs"}
    settings.STORAGES = {**settings.STORAGES, "jobs": storage}
    settings.HISTORY_SECRETS = ["frozen"]
    monkeypatch.setattr(runner, "MOST_IN_CHUNK", 5)
    monkeypatch.setattr("tables.jobs.staging.MOST_ROWS", 4)
    monkeypatch.setattr("tables.jobs.kinds.exports._MOST_ITEMS", 5)


# ---------------------------------------------------------------- on the way


def ready(kind, given):
    """A check that is done, and not confirmed."""

    def leave(ann, _monkeypatch):
        return work(start(ann, kind, "Things", given(ann), How(dry_run=True))[0])

    return leave


def paused(kind, given):
    """A job that somebody paused after its first chunk."""

    def leave(ann, monkeypatch):
        job = _under_way(ann, kind, given)
        with monkeypatch.context() as patch:
            patch.setattr(runner, "time", Clock())  # each slice is over after its first chunk
            work_on_job(str(job.pk), Hands("one"))
        return want(job, ann, "pause")

    return leave


def begun(kind, given, step="keep_intents", chunk=1):
    """A job whose worker died in its second chunk, before its first write or after its last."""

    def leave(ann, monkeypatch):
        job, does, seen = _under_way(ann, kind, given), getattr(parts, step), []

        def dying(*args, **how):
            seen.append(step)
            if step == "keep_intents" or len(seen) <= chunk:
                does(*args, **how)
            if len(seen) > chunk:
                raise Died

        with monkeypatch.context() as patch:
            patch.setattr(parts, step, dying)
            with pytest.raises(Died):
                work_on_job(str(job.pk), Hands("one"))
        return job

    return leave


def _under_way(ann, kind, given):
    """The job with nothing written yet."""
    if kind == "undo":
        return undo_job(given(ann), ann)
    job = start(ann, kind, "Counted" if kind == "batch" else "Things", given(ann))[0]
    if job.phase == "check" and given is not as_import_check:
        job = work(job)
        job = confirm(job, ann, job.etag)
    return job


class Clock:
    """A clock on which every slice is over at once."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        self.now += 1000
        return self.now


def as_change(_ann):
    return CHANGE


def as_delete(_ann):
    return {"query": "n__lt=11"}


def as_copy(_ann):
    return COPY


def as_import(ann):
    return {"upload": files.keep_upload(ann, [CSV.encode()])}


def as_import_check(ann):
    return as_import(ann)


def as_export(_ann):
    return {**EVERYTHING, "format": "typed_lines"}


def as_undo(ann):
    return work(start(ann, "change", "Things", CHANGE)[0])


def as_batch(ann):
    fill("real-counted", ({"id": {"S": f"b{n}"}, "v": {"N": "1"}} for n in range(1, COUNT, 2)))
    operations = [
        StagedOperation(n + 1, "PATCH", f"b{n}", Tags(None, None), {"n": 1})
        if n % 2
        else StagedOperation(n + 1, "POST", f"b{n}", Tags(None, None), {"id": {"S": f"b{n}"}})
        for n in range(COUNT)
    ]
    upload = files.keep_upload(ann, [each.packed() for each in operations])
    return {"upload": upload, "count": len(operations), "methods": ["POST", "PATCH"]}


# What was left where, and what becomes of it in the end.
ALL, BUT_ONE = {"done": COUNT}, {"done": COUNT - 1}
IMPORTED = {"done": 9, "refused": 1}
LEFT = {
    "change-ready": (ready("change", as_change), ALL),
    "change-paused": (paused("change", as_change), ALL),
    "change-begun": (begun("change", as_change), ALL),
    "change-written": (begun("change", as_change, "commit"), ALL),
    "delete-ready": (ready("delete", as_delete), BUT_ONE),
    "delete-begun": (begun("delete", as_delete), BUT_ONE),
    "copy-ready": (ready("copy", as_copy), ALL),
    "copy-written": (begun("copy", as_copy, "commit"), ALL),
    "import-checking": (begun("import", as_import_check, "commit"), IMPORTED),
    "import-ready": (ready("import", as_import), IMPORTED),
    "import-begun": (begun("import", as_import), IMPORTED),
    "export-begun": (begun("export", as_export, "commit"), ALL),
    "undo-ready": (ready("undo", lambda ann: {"job": str(as_undo(ann).pk)}), ALL),
    "undo-written": (begun("undo", as_undo, "commit"), ALL),
    "batch-written": (begun("batch", as_batch, "commit"), ALL),
}

VALUES = {
    "change": [*range(1, COUNT + 1)],
    "delete": [11],
    "import": sorted([0, *(2 * n for n in range(1, 9)), 9, 10, 11, 1]),
    "undo": [*range(COUNT)],
}


def things():
    fill("real-things", ({"id": {"S": f"t{n:03}"}, "n": {"N": str(n)}} for n in range(COUNT)))


# ---------------------------------------------------------------- kept, and there again


def freeze(job, root):
    """All that the database, the tables and the files hold, as JSON."""
    rows = [row for model in (Job, JobPart, ReportPage) for row in model.objects.order_by("pk")]
    return {
        "job": str(job.pk),
        "rows": serializers.serialize("python", rows),
        "items": {name: call("Scan", TableName=real(name))["Items"] for name in TABLES},
        "files": {
            str(path.relative_to(root)): base64.b64encode(path.read_bytes()).decode()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        },
    }


def thaw(kept, root):
    """What was frozen is there again, as if it were of today; the job."""
    for row in serializers.deserialize("python", kept["rows"]):
        row.save()
    for name, items in kept["items"].items():
        fill(real(name), items)
    for name, content in kept["files"].items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
    now = timezone.now()
    Job.objects.update(expires=now + timedelta(days=30))
    Job.objects.exclude(ended=None).update(ended=now)
    JobPart.objects.exclude(owner="").update(until=now)
    return Job.objects.get(pk=kept["job"])


def real(name):
    """The table that is called so in the tests."""
    return settings.HISTORY_TABLE if name == "history" else name


if "FREEZE" in os.environ:

    @pytest.mark.parametrize("name", LEFT)
    def test_freeze(name, monkeypatch, tmp_path):
        things()
        job = LEFT[name][0](person("admins"), monkeypatch)
        kept = orjson.dumps(
            freeze(job, tmp_path / "jobs"), default=lambda held: bytes(held).decode()
        )
        folder = Path(os.environ["FREEZE"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_bytes(kept)


@pytest.mark.parametrize(
    "path", sorted(FROZEN.rglob("*.json")), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_a_job_that_a_release_before_left_on_the_way_comes_to_its_end(path, tmp_path):
    ann = person("admins")
    job = thaw(orjson.loads(path.read_bytes()), tmp_path / "jobs")

    if job.state == "paused":
        job = want(job, ann, "run")
    job = work(job)
    if job.state == "ready":
        job = work(confirm(job, ann, job.etag))

    _leave, expected = LEFT[path.stem]
    assert (job.state, counts(job)) == ("finished", expected), job.failure
    entries = call("Scan", TableName=settings.HISTORY_TABLE)["Items"]
    ours = [entry["item"]["S"] for entry in entries if entry["group"]["S"] == str(job.pk)]
    assert len(ours) == len(set(ours)) == (0 if job.kind == "export" else expected["done"])
    if (left := VALUES.get(job.kind)) is not None:
        items = call("Scan", TableName="real-things")["Items"]
        assert sorted(int(content_of(item["n"])) for item in items) == left
