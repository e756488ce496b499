"""Jobs beside the loop that somebody would write: CPU of each item, the machinery included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import orjson

from bench import data
from bench.cases import Case
from bench.shapes import FEW, KEPT_FEW, KEPT_FRESH
from tables.access.callers import Caller
from tables.jobs.files import keep_upload
from tables.jobs.orders import confirm, start
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job

_CHANGE = {"filter": {}, "changes": [{"action": "set", "path": "status", "value": {"S": "x"}}]}
_LINES = b"".join(orjson.dumps(data.item(number)) + b"\n" for number in range(FEW.items))
_OWNER = Caller("bench-person", "person, bench", frozenset({"staff"}))


def job_cases(engine: str) -> list[Case]:
    """Jobs on a thousand items, each beside as many conditional `update_item` of boto3."""
    table = (
        boto3.session.Session()
        .resource("dynamodb", region_name="us-east-1", endpoint_url=engine)
        .Table(FEW.table)
    )

    def by_hand() -> None:
        for number in range(FEW.items):
            table.update_item(
                Key={"id": f"thing-{number:06}"},
                UpdateExpression="SET #s = :s",
                ConditionExpression="#s = :b",
                ExpressionAttributeNames={"#s": "status"},
                ExpressionAttributeValues={":s": "x", ":b": "new"},
            )

    def changing(alias: str) -> Callable[[], Any]:
        return lambda: _done(start(_OWNER, "change", alias, _CHANGE)[0])

    return [
        Case("job, items without an entry", changing(KEPT_FRESH.alias), by_hand, 0.75, 1.70, 1),
        Case("job, items with an entry", changing(KEPT_FEW.alias), by_hand, 1.70, 1.90, 1),
        Case("job, no history", changing(FEW.alias), by_hand, 1.35, 1.50, 1),
        Case("import, no history", lambda: _imported(FEW.alias), by_hand, 1.10, 1.50, 1),
        Case("import, history", lambda: _imported(KEPT_FRESH.alias), by_hand, 0.75, 2.00, 1),
    ]


def _imported(alias: str) -> None:
    upload = keep_upload(_OWNER, [_LINES])
    job = start(_OWNER, "import", alias, {"upload": upload, "mode": "create"})[0]
    _work_on(job)
    job = Job.objects.get(pk=job.pk)
    _done(confirm(job, _OWNER, job.etag))


def _work_on(job: Job) -> None:
    while work_on_job(str(job.pk), Hands("bench")):
        pass


def _done(job: Job) -> None:
    """Work on a job to its end. Raises RuntimeError unless it writes every item."""
    _work_on(job)
    job = Job.objects.get(pk=job.pk)
    if job.totals["done"] != FEW.items:
        raise RuntimeError(f"{job}: {job.state} {job.failure} {job.totals}")
