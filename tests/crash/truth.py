"""What must be true of a job, however its workers ended, and who writes beside it."""

import random
import threading
from collections import Counter
from contextlib import contextmanager, suppress

from django.db import connection
from django.db.models import Sum

from tables.core.errors import TablesError
from tables.dynamodb.client import call
from tables.records.jobs.reports import rows_with
from tests.crash.sizes import ITEMS


@contextmanager
def rivals(table, every=0.03):
    """Somebody else's program, which writes to the same items all the time, but makes none."""
    ended = threading.Event()

    def write():
        chance = random.Random(3)
        while not ended.wait(every):
            key = {"id": {"S": f"t{chance.randrange(ITEMS):05}"}}
            with suppress(TablesError):
                call(
                    "UpdateItem",
                    TableName=table,
                    Key=key,
                    UpdateExpression="SET #r = :r",
                    ConditionExpression="attribute_exists(#i)",
                    ExpressionAttributeNames={"#r": "rival", "#i": "id"},
                    ExpressionAttributeValues={":r": {"S": str(chance.random())}},
                )

    writing = threading.Thread(target=write)
    writing.start()
    try:
        yield
    finally:
        ended.set()
        writing.join()


def require_true(job, ended):
    """Of a job that adds 1 to each item: whatever it was, the items tell how often it was done."""
    rows = rows_by_name(job)
    values = {item["id"]["S"]: item["n"]["N"] for item in all_stored("real-things")}
    assert set(values.values()) <= {"0", "1"}, Counter(values.values())
    require_told(job, rows, {name: value == "1" for name, value in values.items()}, ended)


def rows_by_name(job):
    """The outcome of each item: each stands in the report once."""
    rows = list(rows_with(job))
    assert sorted(row.key for row in rows) == [f"t{n:05}" for n in range(ITEMS)]
    return {row.key: row.outcome for row in rows}


def require_told(job, outcomes, was_written, ended):
    """The report says of each item what became of it, but where nobody can know."""
    told = Counter(outcomes.values())
    false = [
        name
        for name, outcome in outcomes.items()
        if outcome != "unsure" and was_written[name] != (outcome == "done")
    ]
    written, taken_over = sum(was_written.values()), job.parts.aggregate(Sum("takeovers"))
    print(  # noqa: T201 - figures of `make test-crash`
        f"\n{connection.vendor}, {job.kind}: {ITEMS} items, {ended} killed or frozen,"
        f" {taken_over['takeovers__sum']} taken over; written {written}, told {dict(told)},"
        f" false rows {len(false)}"
    )
    assert false == [], told
    assert set(told) <= {"done", "changed", "unsure"}
    assert told["done"] > ITEMS * 0.9


def all_stored(table):
    start = {}
    while True:
        page = call("Scan", TableName=table, ConsistentRead=True, **start)
        yield from page["Items"]
        if not page.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
