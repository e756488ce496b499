"""Workers that were frozen past their lease and thaw: what they store then reaches nobody."""

import gzip

import pytest

from tables.core.values import dumps
from tables.jobs import files, staging
from tables.jobs.kinds import exports
from tables.jobs.orders import confirm, start
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job
from tests.jobs.conftest import counts, person, report, work
from tests.jobs.test_imports import csv
from tests.jobs.test_runner import some
from tests.jobs.test_taking_over import lease_over
from tests.tables import store, stored

pytestmark = pytest.mark.django_db


def frozen_at_its_first_file(monkeypatch, job, meanwhile):
    """A worker that has read what there is, and stores it after another one has done all."""
    put, frozen = files.put, []

    def slow(name, blocks):
        blocks = [*blocks]
        if not frozen:
            frozen.append(name)
            meanwhile()
            lease_over(job)
            while work_on_job(str(job.pk), Hands("another")):
                pass
        put(name, blocks)

    with monkeypatch.context() as patch:
        patch.setattr(files, "put", slow)
        work_on_job(str(job.pk), Hands("frozen"))
    assert frozen
    return Job.objects.get(pk=job.pk)


def changed_item():
    store("real-things", {"id": {"S": "t000"}, "n": {"N": "5"}, "note": {"S": "theirs"}})


def test_rows_that_a_frozen_worker_stages_are_not_written(tables, monkeypatch):
    """It saw an item that the file changes; whoever took over saw it changed so already."""
    some(2)
    ann = person("admins")
    upload = files.keep_upload(ann, [csv("id,n:N", "t000,5", "t001,0")])
    job, _ = start(ann, "import", "Things", {"upload": upload})

    job = frozen_at_its_first_file(monkeypatch, job, changed_item)

    assert (job.state, report(job)) == ("ready", [("t000", "same", ""), ("t001", "same", "")])
    assert [row.verdict for row in staging.get(job, 0)] == ["same", "same"]
    store("real-things", {"id": {"S": "t000"}, "n": {"N": "0"}})  # as the frozen one has seen it
    done = work(confirm(job, ann, job.etag))
    assert (done.state, counts(done)) == ("finished", {"same": 2})
    assert stored("real-things", "t000")["n"] == {"N": "0"}


@pytest.mark.parametrize("form", ["typed_lines", "csv"])
def test_a_piece_that_a_frozen_worker_exports_is_not_fetched(tables, monkeypatch, form):
    some(2)
    job, _ = start(person("admins"), "export", "Things", {"filter": {}, "format": form})

    job = frozen_at_its_first_file(monkeypatch, job, changed_item)

    packed = gzip.decompress(b"".join(exports.output(job).blocks))
    assert packed == b"".join(exports.output(job, is_unpacked=True).blocks)
    assert b"theirs" in packed
    assert packed.count(b"\n") == 2 + (form == "csv")


def test_a_head_is_that_of_whoever_has_cut_the_job(tables, monkeypatch):
    """Columns are those of the rows, also where another worker had seen others."""
    some(1)
    job, _ = start(person("admins"), "export", "Things", {"filter": {}, "format": "csv"})
    first, seen = exports.exact_heads, []

    def slow(items, description):
        heads = first(items, description)
        if not seen:
            seen.append(heads)
            changed_item()
            while work_on_job(str(job.pk), Hands("another")):
                pass
        return heads

    monkeypatch.setattr(exports, "exact_heads", slow)
    work_on_job(str(job.pk), Hands("frozen"))
    head, row, *_ = b"".join(
        exports.output(Job.objects.get(pk=job.pk), is_unpacked=True).blocks
    ).split()
    assert head.count(b",") == row.count(b",")
    assert b"note" in head


def test_operations_that_a_frozen_worker_shares_out_are_nobodys(tables, monkeypatch):
    ann = person("admins")
    item = {"id": {"S": "a"}, "n": {"N": "1"}}
    line = dumps([1, "PUT", "a", item, True, [None, None], None, False]) + b"\n"
    upload = files.keep_upload(ann, [line])
    given = {"upload": upload, "count": 1, "methods": ["PUT"]}
    job, _ = start(ann, "batch", "Things", given)
    names = []
    put = files.put
    monkeypatch.setattr(files, "put", lambda name, blocks: names.append(name) or put(name, blocks))
    job = frozen_at_its_first_file(monkeypatch, job, lambda: None)
    assert (job.state, stored("real-things", "a")["n"]) == ("finished", {"N": "1"})
    assert len({*names}) == 2
