"""Jobs in staff's words: how far they are, what became of items."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tables.admin.texts.people import name_words
from tables.admin.texts.sentences import count_words
from tables.admin.values.hidden_characters import visible
from tables.core.job_states import ACTIVE
from tables.jobs.finding import Progress
from tables.jobs.others import OthersChange
from tables.records.jobs.models import Job

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Outcome -> what it means where something was written, and where it was only looked at.
OUTCOME_WORDS: Mapping[str, tuple[StrOrPromise, StrOrPromise]] = {
    "done": (gettext_lazy("done"), gettext_lazy("would be written")),
    "same": (gettext_lazy("already so"), gettext_lazy("already so")),
    "changed": (gettext_lazy("changed since"), gettext_lazy("conflict")),
    "refused": (gettext_lazy("refused"), gettext_lazy("refused")),
    "unsure": (gettext_lazy("not known"), gettext_lazy("not known")),
}
_STATES: Mapping[str, StrOrPromise] = {
    "checking": gettext_lazy("Looking"),
    "ready": gettext_lazy("Waits for your yes"),
    "queued": gettext_lazy("Waits for its turn"),
    "running": gettext_lazy("At work"),
    "paused": gettext_lazy("Paused"),
    "finished": gettext_lazy("Finished"),
    "cancelled": gettext_lazy("Cancelled"),
    "failed": gettext_lazy("Stopped"),
    "expired": gettext_lazy("Expired"),
}
# What a job that is under way was told and has not done yet.
_STOPPING: Mapping[str, StrOrPromise] = {
    "pause": gettext_lazy("Pausing"),
    "cancel": gettext_lazy("Cancelling"),
}
# Kind -> what people call it in a list.
KINDS: Mapping[str, StrOrPromise] = {
    "change": gettext_lazy("change"),
    "delete": gettext_lazy("deletion"),
    "copy": gettext_lazy("copy"),
    "import": gettext_lazy("import"),
    "export": gettext_lazy("export"),
    "undo": gettext_lazy("undo"),
    "batch": gettext_lazy("batch"),
}
_TITLES: Mapping[str, StrOrPromise] = {
    "change": gettext_lazy("Change of %(table)s"),
    "delete": gettext_lazy("Deletion from %(table)s"),
    "copy": gettext_lazy("Copy from %(table)s"),
    "import": gettext_lazy("Import into %(table)s"),
    "export": gettext_lazy("Export of %(table)s"),
    "undo": gettext_lazy("Undo in %(table)s"),
    "batch": gettext_lazy("Batch on %(table)s"),
}
_MINUTE = 60
_HOUR = 60 * _MINUTE


def title_words(job: Job, table: str) -> str:
    """What a job is called."""
    return str(_TITLES.get(job.kind, "%(table)s")) % {"table": table}


def undo_words(undo: Job, title: str) -> str:
    """What an undo takes back: `title` is what the job is called that wrote it."""
    if undo.of is None:
        return _("It takes back what another job wrote, which is gone by now.")
    names = {"job": title, "time": _time(undo.of.created)}
    if undo.state == "finished":
        return _("It took back what the %(job)s of %(time)s wrote.") % names
    if undo.is_ended or undo.state == "failed":
        return _("It was to take back what the %(job)s of %(time)s wrote.") % names
    return _("It takes back what the %(job)s of %(time)s wrote.") % names


def undone_words(undo: Job) -> str:
    """What another job does to what this one wrote."""
    if undo.state == "finished":
        return _("Another job took it back: %(time)s.") % {
            "time": _time(undo.ended or undo.created)
        }
    return _("Another job takes it back, ordered %(time)s.") % {"time": _time(undo.created)}


def who_words(change: OthersChange) -> str:
    """Who changed an item, and when."""
    names = {"name": visible(name_words(change.by)), "time": _time(change.at)}
    return _("By %(name)s, %(time)s.") % names


def _time(moment: datetime) -> str:
    return localtime(moment).strftime("%Y-%m-%d %H:%M %Z")


def state_words(job: Job, far: Progress, *, is_mine: bool = True) -> str:
    """A job's state; never plainly finished where something was left as it was."""
    left = left_of(far)
    if job.state in ACTIVE and job.wanted in _STOPPING:
        return str(_STOPPING[job.wanted])
    if job.state == "ready" and not far.counts["done"]:
        return _("Nothing to write")
    if job.state == "ready" and not is_mine:
        owner = visible(name_words(job.owner_name))
        return _("Waits for the yes of %(owner)s") % {"owner": owner}
    if job.state == "finished" and left:
        words = ngettext(
            "Finished, %(count)s left as it was", "Finished, %(count)s left as they were", left
        )
        return words % {"count": count_words(left)}
    return str(_STATES[job.state])


def late_words(job: Job, moment: datetime) -> str:
    """What a job that was checked does not look at."""
    if job.is_ended:
        words = _("Items that came to match after %(time)s were not looked at.")
    else:
        words = _("Items that come to match after %(time)s are not looked at.")
    return words % {"time": localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z")}


def waiting_words(waiting: str | None) -> str:
    """Why nobody works on a job that is under way; empty where it only keeps its pace."""
    return {
        "worker": _(
            "No worker is running, so the job waits. Whoever runs this site starts one with "
            "“manage.py run_jobs”."
        ),
        "release": _(
            "A newer release has worked on this job, and no worker of that release is running. It "
            "waits for one."
        ),
        "turn": _("The workers are busy with other jobs; this one gets its turn within seconds."),
        "retry": _("The last try failed; it is tried again in a moment."),
    }.get(waiting or "", "")


def left_of(far: Progress) -> int:
    """How many items a job did not write that it should have."""
    return sum(far.counts[name] for name in ("changed", "refused", "unsure"))


def progress_words(job: Job, far: Progress) -> str:
    """How far it is, in a sentence: read, done, left, and how long still."""
    scanned = count_words(far.counts["scanned"])
    if far.expected is None or job.is_ended or job.state == "ready":
        parts = [_("%(count)s read") % {"count": scanned}]
    else:
        expected = count_words(max(far.expected, far.counts["scanned"]))
        words = _("%(count)s of about %(all)s read")
        if _is_counted(job):
            words = _("%(count)s of %(all)s read")
        parts = [words % {"count": scanned, "all": expected}]
    parts.append(_done_words(job, far))
    if kept := job.estimate.get("kept"):
        parts.append(_("%(count)s but for a cell") % {"count": count_words(kept)})
    if left := left_of(far):
        parts.append(_left_words(job, left))
    if far.seconds_left is not None and not job.is_ended:
        parts.append(_("about %(time)s") % {"time": duration_words(far.seconds_left)})
    if job.state == "ready" and job.pace and far.write_units:
        time = duration_words(round(far.write_units / job.pace))
        parts.append(_("about %(time)s at its pace") % {"time": time})
    return ", ".join(parts)


def _is_counted(job: Job) -> bool:
    """Whether how many items there are is known: a check has found them, or they were named."""
    was_checked = job.phase == "write" and "write_units" in job.estimate
    return was_checked or "keys" in job.spec or job.kind in ("undo", "batch")


def trash_words(days: int) -> str:
    """Where deleted items go for so many days, 0 for ever, and how they come back."""
    if not days:
        return _("Deleted items go to the trash, and the whole job can be undone.")
    words = ngettext(
        "Deleted items go to the trash for %(days)s day; the whole job can be undone.",
        "Deleted items go to the trash for %(days)s days; the whole job can be undone.",
        days,
    )
    return words % {"days": days}


def _left_words(job: Job, left: int) -> str:
    """How many items stay as they are, although they were meant."""
    words = ngettext("%(count)s left as it was", "%(count)s left as they were", left)
    if job.phase == "check":
        words = _("%(count)s left out")
    return words % {"count": count_words(left)}


def _done_words(job: Job, far: Progress) -> str:
    """How many items were written, or would be; those of an export are read into a file."""
    if job.kind == "export":
        return _("%(count)s exported") % {"count": count_words(far.counts["matched"])}
    words = _("%(count)s to write") if job.phase == "check" else _("%(count)s done")
    if job.kind == "delete" and job.phase == "check":
        words = _("%(count)s to delete")
    return words % {"count": count_words(far.counts["done"])}


def duration_words(seconds: int) -> str:
    """A time that something takes, roughly."""
    if seconds < 2 * _MINUTE:
        return _("%(count)s s") % {"count": max(seconds, 1)}
    if seconds < 2 * _HOUR:
        return _("%(count)s min") % {"count": round(seconds / _MINUTE)}
    return _("%(count)s h") % {"count": round(seconds / _HOUR)}


def units_words(far: Progress) -> str:
    """What it took of the table's capacity, and what that costs where the prices are set."""
    parts = []
    if far.write_units:
        parts.append(_("%(units)s WCU") % {"units": _units(far.write_units)})
    if far.read_units or not parts:
        parts.append(_("%(units)s RCU") % {"units": _units(far.read_units)})
    if far.money is not None:
        parts.append(_("costs %(money)s") % {"money": _money(far.money)})
    return ", ".join(parts)


def _money(money: float) -> str:
    """Two decimals, or as many as show anything of it."""
    decimals = 2 if money >= 1 or not money else 1 - math.floor(math.log10(money))
    return number_format(round(money, decimals), decimals, force_grouping=True)


def _units(units: float) -> str:
    rounded = round(units, 1) if units < 10 else round(units)
    return number_format(rounded, 0 if rounded == int(rounded) else 1, force_grouping=True)


def reason_words(outcome: str, code: str) -> str:
    """Why an item was left, where the report has no better words."""
    if code == "changed_since_check":
        return _("Somebody changed it since it was checked.")
    if code == "gone_since_check":
        return _("It was deleted since it was checked.")
    if outcome == "changed" and code == "item_not_found":
        return _("It was deleted in the meantime.")
    if outcome == "changed":
        return _("Somebody changed it in the meantime.")
    if outcome == "unsure":
        return _("A worker died while writing it, and somebody changed it since. Look at it.")
    return code.replace("_", " ")
