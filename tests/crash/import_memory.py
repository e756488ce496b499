"""Check a file as an import does, past the engine and the database; print rows and peak KB.

`python -m tests.crash.import_memory FILE PLACE`: PLACE is where the staged chunks go.
"""

import re
import sys
import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings


def main(file: str, place: str) -> None:
    """Check the file chunk by chunk."""
    django.setup()
    from tables.access.callers import Caller  # noqa: PLC0415 - after Django is set up
    from tables.core.descriptions import KeyAttribute, TableDescription  # noqa: PLC0415 - as above
    from tables.core.file_formats import look_at  # noqa: PLC0415 - as above
    from tables.core.registry import Table  # noqa: PLC0415 - as above
    from tables.items.target import Target  # noqa: PLC0415 - as above
    from tables.jobs import staging  # noqa: PLC0415 - as above
    from tables.jobs.kind import Work  # noqa: PLC0415 - as above
    from tables.jobs.kinds import checking, which  # noqa: PLC0415 - as above
    from tables.jobs.kinds.imports import IMPORT  # noqa: PLC0415 - as above
    from tables.models import Job  # noqa: PLC0415 - as above

    settings.STORAGES["jobs"]["OPTIONS"]["location"] = place
    checking.read_all = lambda _target, keys: which.Read([None] * len(keys), frozenset())
    staging.all_rows = lambda _job, _chunks: ()
    with Path(file).open("rb") as stream:
        reading = look_at(stream).reading
    spec = {"upload": "file", "reading": asdict(reading), "mode": "upsert", "kinds": {}}
    spec |= {"taken": [], "cleared": [], "left_out": []}
    table = Table("T", "real-t", "T", audit_attributes=False)
    target = Target(
        table,
        TableDescription("real-t", KeyAttribute("id", "S")),
        Caller("a", "A", frozenset()),
        frozenset({"view", "add", "change"}),
    )
    job = Job(id=uuid.uuid4(), kind="import", alias="T", table="real-t", spec=spec)
    work = Work(job, {"T": target}, datetime.now(UTC))
    cursor, rows = None, 0
    while True:
        piece = IMPORT.check.piece(work, cursor)
        rows += piece.matched
        cursor = piece.next
        if cursor is None:
            break
    print(rows, peak_kilobytes())  # noqa: T201 - what is asked for


def peak_kilobytes() -> int:
    """The most memory that this program has had; `ru_maxrss` begins with what its parent had."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
