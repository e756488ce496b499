"""The numbers of a job, as the boxes of its page name them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tables.admin.texts import job_words as words
from tables.admin.texts.sentences import count_words
from tables.jobs.finding import Progress
from tables.records.jobs.models import Job

# What a box says, and its number in words.
Number = tuple[str, str]


def numbers_of(job: Job, far: Progress) -> list[Number]:
    """What a job has read, what became of it, and what it took."""
    if job.kind == "export":
        return [
            (_("Read"), count_words(far.counts["scanned"])),
            (_("Exported"), count_words(far.counts["matched"])),
            (_("Cost"), words.units_words(far)),
        ]
    is_checked_import = job.kind == "import" and job.phase == "check" and "staged" in job.estimate
    return [*(_verdicts(job) if is_checked_import else _outcomes(job, far)), _cost(job, far)]


def _outcomes(job: Job, far: Progress) -> list[Number]:
    counts, is_check = far.counts, job.phase == "check"
    named = [
        (_("Read"), "scanned"),
        (_done(job), "done"),
        (_("Already so, or not there") if "keys" in job.spec else _("Already so"), "same"),
        *([(_changed(job), "changed")] if not is_check or job.kind == "import" else []),
        (_("Refused"), "refused"),
        *([(_("Not known"), "unsure")] if counts["unsure"] else []),
    ]
    return [(name, count_words(counts[counter])) for name, counter in named]


def _changed(job: Job) -> str:
    return _("Conflict") if job.phase == "check" else _("Changed since")


def _done(job: Job) -> str:
    if job.phase != "check":
        return _("Done")
    return _("To delete") if job.kind == "delete" else _("To write")


def _verdicts(job: Job) -> list[Number]:
    """What the rows of a checked file came to."""
    named = {
        "new": _("New"),
        "changed": _("Changed"),
        "same": _("Same, not written"),
        "conflict": _("Conflict"),
        "refused": _("Refused"),
    }
    return [(name, count_words(job.estimate.get(verdict, 0))) for verdict, name in named.items()]


def _cost(job: Job, far: Progress) -> Number:
    name = _("Would cost, about") if job.phase == "check" else _("Cost")
    return name, words.units_words(far)
