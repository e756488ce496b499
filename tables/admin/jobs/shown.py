"""A job as a page shows it: what it does, how far it is, what can be done with it."""

from __future__ import annotations

from functools import cached_property

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tables.access.callers import Caller
from tables.admin.jobs.numbers import numbers_of
from tables.admin.texts import job_words as words
from tables.admin.texts.core_messages import told
from tables.admin.texts.job_orders import order_words
from tables.admin.texts.people import name_words
from tables.admin.texts.sentences import count_words
from tables.admin.values.hidden_characters import visible
from tables.admin.values.one_line import size_text
from tables.configuration import registry
from tables.core.job_states import ACTIVE, can
from tables.jobs.finding import (
    Progress,
    Waiting,
    may_control,
    progress,
    waits_for,
)
from tables.jobs.kinds.exports import file_name
from tables.jobs.kinds.scan_pages import warning_of
from tables.jobs.orders import looked_at
from tables.jobs.undoing import undo_alias
from tables.records.jobs.models import Job


class ShownJob:
    """A job for the template to print, as one person may see it."""

    def __init__(self, job: Job, caller: Caller) -> None:
        self.job = job
        self.caller = caller

    @cached_property
    def far(self) -> Progress:
        """How far it is."""
        return progress(self.job)

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("admin:job", args=[self.job.pk])

    @property
    def report_url(self) -> str:
        """Its report, a file for programs and spreadsheets."""
        return f"{reverse('v1-job', kwargs={'id': str(self.job.pk)})}/report"

    @property
    def output_url(self) -> str:
        """The file that it made."""
        return reverse("v1-job-output", kwargs={"id": str(self.job.pk)})

    @property
    def has_file(self) -> bool:
        """Whether it made a file that can be fetched."""
        return self.job.kind == "export" and self.job.state == "finished"

    @property
    def has_differences(self) -> bool:
        """Whether it is an import that was checked, whose rows are shown one by one."""
        return self.job.kind == "import" and self.job.state == "ready"

    @property
    def has_examples(self) -> bool:
        """Whether it was checked, and its first differences can be looked at."""
        return self.job.state == "ready" and self.job.kind in ("change", "copy", "delete")

    @property
    def table_label(self) -> str:
        """What people call its table; its alias where that is gone."""
        return table_label(self.job.alias)

    @property
    def table_url(self) -> str:
        """The list of its table, where there still is one."""
        if self.job.alias not in registry().tables:
            return ""
        return reverse("admin:tables_changelist", args=[self.job.alias])

    @property
    def title(self) -> str:
        return words.title_words(self.job, self.table_label)

    @property
    def owner(self) -> str:
        return visible(name_words(self.job.owner_name))

    @property
    def sentence(self) -> str:
        """What it does to which items."""
        if self.job.kind != "undo":
            return order_words(self.job)
        undone = self.job.of
        title = words.title_words(undone, table_label(undone.alias)) if undone else ""
        return words.undo_words(self.job, title)

    @property
    def left(self) -> int:
        """How many items it left as they were."""
        return words.left_of(self.far)

    @property
    def left_count(self) -> str:
        """The same, as it is written."""
        return count_words(self.left)

    @property
    def kept_count(self) -> str:
        """Of how many rows of its file a cell was not taken, as it is written."""
        return count_words(self.job.estimate.get("kept", 0))

    @property
    def state(self) -> str:
        if self.job.wanted == "run" and self.waiting in ("worker", "turn"):
            return _("Waits") if self.is_idle else _("Waits for its turn")
        return words.state_words(self.job, self.far, is_mine=self.may_control)

    @property
    def news(self) -> str:
        """What is told at once when it changes, not only when it is its turn to be said."""
        return f"{self.job.state}-{self.job.wanted}"

    @property
    def mood(self) -> str:
        """The colour of its state: never good where something was left."""
        if self.job.state in ("failed", "expired"):
            return "trouble"
        if self.job.state == "finished":
            return "left" if self.left or self.job.estimate.get("kept") else "ready"
        return "calm"

    @property
    def progress(self) -> str:
        return words.progress_words(self.job, self.far)

    @property
    def percent(self) -> int | None:
        """How far it is, of a hundred; None where nobody knows."""
        return None if self.far.fraction is None else round(self.far.fraction * 100)

    @property
    def is_check(self) -> bool:
        """Whether nothing was written yet."""
        return self.job.phase == "check"

    @property
    def is_under_way(self) -> bool:
        return self.job.state in ACTIVE

    @cached_property
    def waiting(self) -> Waiting | None:
        """What it waits for while nobody works on it."""
        return waits_for(self.job)

    @property
    def is_idle(self) -> bool:
        """Whether it should be worked on and nobody works."""
        return self.waiting in ("worker", "release")

    @property
    def waiting_words(self) -> str:
        """What it waits for, in a sentence; empty where that is nothing, or its own pace."""
        return words.waiting_words(self.waiting)

    @property
    def warning(self) -> str:
        """What is to be known of its file; empty where that is nothing."""
        words = warning_of(self.job)
        return told(words) if words else ""

    @property
    def may_control(self) -> bool:
        return may_control(self.caller, self.job)

    @property
    def deeds(self) -> list[tuple[str, str]]:
        """What one may ask of it now: what a button sends, and its words."""
        state, wanted = self.job.state, self.job.wanted if self.is_under_way else "run"
        if not self.may_control or wanted == "cancel":
            return []
        may_pause = wanted != "pause" and state != "paused"
        deeds = [
            ("pause", _("Pause")) if can(state, "pause") and may_pause else None,
            ("run", _("Go on")) if can(state, "go on") else None,
            ("cancel", _("Cancel")) if can(state, "cancel") and state != "cancelled" else None,
        ]
        return [deed for deed in deeds if deed is not None]

    @property
    def cancel_words(self) -> str:
        """What cancelling leaves behind."""
        if self.is_check:
            return _("Nothing has been written yet.")
        if not self.is_under_way:
            return _("What is written stays written.") if self.far.counts["done"] else ""
        if self.job.kind == "export":
            return _("Cancelling stops once the items in hand are done.")
        return _("Cancelling stops once the items in hand are done. What is written stays written.")

    @property
    def undoing(self) -> str:
        """The page of the job that it takes back, empty where that is gone or is none."""
        return reverse("admin:job", args=[self.job.of_id]) if self.job.of_id else ""

    @property
    def undone_by(self) -> str:
        """The page of the job that takes it back, empty where none does."""
        return reverse("admin:job", args=[self._undo.pk]) if self._undo else ""

    @property
    def undone_words(self) -> str:
        """What that one does, or did."""
        return words.undone_words(self._undo) if self._undo else ""

    @cached_property
    def _undo(self) -> Job | None:
        return self.job.undone_by.exclude(state="cancelled").first()

    @property
    def is_orphan(self) -> bool:
        """Whether the alias map leads to its table no more, so that it can't go on."""
        table = registry().tables.get(self.job.alias)
        return table is None or table.table != self.job.table

    @property
    def has_report(self) -> bool:
        """Whether there is something to tell of items."""
        return self.job.kind != "export" and any(
            self.far.counts[outcome] for outcome in words.OUTCOME_WORDS
        )

    @property
    def waits(self) -> bool:
        """Whether somebody must say yes, and this one may."""
        return self.job.state == "ready" and self.may_control

    @property
    def file_words(self) -> str:
        """What its file is called, how long it is, and until when it can be fetched."""
        until = localtime(self.job.expires).strftime("%Y-%m-%d %H:%M %Z")
        names = {"file": file_name(self.job), "time": until}
        if "bytes" not in self.job.estimate:  # a release before measured none
            return _("%(file)s is kept until %(time)s.") % names
        names["size"] = size_text(self.job.estimate["bytes"])
        return _("%(file)s, packed %(size)s, is kept until %(time)s.") % names

    @property
    def may_pace(self) -> bool:
        """Whether it writes, and at a pace that may still be set."""
        if self.job.kind == "export" or self.job.is_ended or not self.may_control:
            return False
        return self.job.state != "ready" or self.far.counts["done"] > 0

    @property
    def pace(self) -> str:
        """The pace that was set, as it is typed."""
        return f"{self.job.pace:g}" if self.job.pace else ""

    @property
    def may_undo(self) -> bool:
        """Whether it wrote what history can take back, and nobody has done so."""
        return undo_alias(self.job, self.caller) is not None

    @property
    def stopping(self) -> str:
        """What it has been told and has not done yet."""
        if not self.is_under_way:
            return ""
        return {
            "pause": _("It pauses once the items in hand are done."),
            "cancel": _("It stops once the items in hand are done."),
        }.get(self.job.wanted, "")

    @property
    def stats(self) -> list[tuple[str, str]]:
        """The numbers of it, by name."""
        return numbers_of(self.job, self.far)

    @property
    def late_words(self) -> str:
        """Since when what came to match is not looked at; empty where the order has no such."""
        moment = looked_at(self.job)
        return words.late_words(self.job, moment) if moment is not None else ""

    @property
    def moments(self) -> list[tuple[str, str]]:
        """When what happened, in words."""
        job = self.job
        named = ((_("Ordered"), job.created), (_("Started"), job.started), (_("Ended"), job.ended))
        return [
            (name, localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z"))
            for name, moment in named
            if moment and not (moment is job.ended and job.state == "ready")
        ]


def table_label(alias: str) -> str:
    """What people call a table; its alias where that is gone."""
    table = registry().tables.get(alias)
    return table.label if table else alias
