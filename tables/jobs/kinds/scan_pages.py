"""Files of `aws dynamodb scan` and `query` that hold one page: more items stand behind it."""

from __future__ import annotations

from django.db import transaction

from tables.core.errors import Sentence
from tables.core.file_rows import Place, is_one_page
from tables.jobs import files
from tables.jobs.kind import Work
from tables.jobs.kinds.import_orders import reading_of
from tables.jobs.states import locked
from tables.records.jobs.models import Job

# How the estimate of a job says it.
_MEMBER = "is_one_page"
ONE_PAGE = Sentence("The file holds one page of a scan or a query: more items stand behind it.")


def note_page(work: Work, end: Place) -> None:
    """Keep with a job that its file, read to this place, holds one page, if it does."""
    with files.open_file(work.spec["upload"]) as file:
        if not is_one_page(file, reading_of(work.spec), end):
            return
    with transaction.atomic():
        held = locked(work.job)
        held.estimate[_MEMBER] = True
        held.save(update_fields=["estimate"])


def warning_of(job: Job) -> Sentence | None:
    """What its reader should know of the file of an import, however good its rows are."""
    return ONE_PAGE if job.estimate.get(_MEMBER) else None
