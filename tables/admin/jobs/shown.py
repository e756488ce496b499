"""A job as a page shows it: what it does, how far it is, what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tables.access.callers import Caller
from tables.access.rights import can as can_do
from tables.admin.texts import job_words as words
from tables.admin.texts.people import name_words
from tables.admin.texts.sentences import count_words, items_words
from tables.admin.values.hidden_characters import visible
from tables.admin.values.one_line import key_text
from tables.configuration import registry
from tables.core.job_states import ACTIVE, can
from tables.items.target import Target
from tables.jobs.finding import (
    Progress,
    ReportRow,
    can_be_undone,
    is_anybody_working,
    may_control,
    progress,
    report_rows,
)
from tables.records.history.entries import mode_of
from tables.records.jobs.models import Job

# Rows that the page shows of what was left; the report has them all.
SHOWN_ROWS = 50


@dataclass(frozen=True, slots=True)
class ShownRow:
    """What became of one item, as a line of a page."""

    key: str
    url: str
    outcome: str
    kind: str
    why: str
    line: int


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
        """Whether it was checked and its first differences can be looked at."""
        return self.job.state == "ready" and self.job.kind in ("change", "copy", "delete")

    @property
    def table_label(self) -> str:
        """What people call its table; its alias where that is gone."""
        table = registry().tables.get(self.job.alias)
        return table.label if table else self.job.alias

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
        return words.order_words(self.job.spec)

    @property
    def left(self) -> int:
        """How many items it left as they were."""
        return words.left_of(self.far)

    @property
    def state(self) -> str:
        return words.state_words(self.job, self.left)

    @property
    def mood(self) -> str:
        """The colour of its state: never good where something was left."""
        if self.job.state in ("failed", "expired"):
            return "trouble"
        if self.job.state == "finished":
            return "left" if self.left else "ready"
        return "calm"

    @property
    def progress(self) -> str:
        return words.progress_words(self.job, self.far)

    @property
    def percent(self) -> int | None:
        """How far it is, of a hundred; None where nobody knows."""
        return None if self.far.fraction is None else round(self.far.fraction * 100)

    @property
    def is_under_way(self) -> bool:
        return self.job.state in ACTIVE

    @property
    def is_idle(self) -> bool:
        """Whether it should be worked on and nobody works."""
        return self.is_under_way and not is_anybody_working()

    @property
    def may_control(self) -> bool:
        return may_control(self.caller, self.job)

    @property
    def deeds(self) -> list[tuple[str, str]]:
        """What one may ask of it now: what a button sends, and its words."""
        if not self.may_control or (self.job.wanted in ("pause", "cancel") and self.is_under_way):
            return []
        state = self.job.state
        deeds = [
            ("pause", _("Pause")) if can(state, "pause") and state != "paused" else None,
            ("run", _("Go on")) if can(state, "go on") else None,
            ("cancel", _("Cancel")) if can(state, "cancel") and state != "cancelled" else None,
        ]
        return [deed for deed in deeds if deed is not None]

    @property
    def waits(self) -> bool:
        """Whether somebody must say yes, and this one may."""
        return self.job.state == "ready" and self.may_control

    @property
    def to_type(self) -> str:
        """What has to be typed to confirm it: how many items are deleted, else the table."""
        return str(self.far.counts["done"]) if self.job.kind == "delete" else self.job.alias

    @property
    def confirm_words(self) -> str:
        """What the button that lets it write says: how many items that is about."""
        items = items_words(self.far.counts["done"])
        if self.job.kind == "delete":
            return _("Delete %(items)s") % {"items": items}
        return _("Write %(items)s") % {"items": items}

    @property
    def may_pace(self) -> bool:
        """Whether it writes, and at a pace that may still be set."""
        return self.may_control and not self.job.is_ended and self.job.kind != "export"

    @property
    def pace(self) -> str:
        """The pace that was set, as it is typed."""
        return f"{self.job.pace:g}" if self.job.pace else ""

    @property
    def may_undo(self) -> bool:
        """Whether it wrote what history can take back, and nobody has done so."""
        table = registry().tables.get(self.job.alias)
        return (
            self.may_control
            and can_be_undone(self.job)
            and table is not None
            and mode_of(table) != "off"
            and can_do(self.caller, "history", table)
        )

    @property
    def stopping(self) -> str:
        """What it has been told and has not done yet."""
        if not self.is_under_way:
            return ""
        return {"pause": _("It pauses within a moment."), "cancel": _("It stops in a moment.")}.get(
            self.job.wanted, ""
        )

    @property
    def stats(self) -> list[tuple[str, str]]:
        """The numbers of it, by name."""
        counts, is_check = self.far.counts, self.job.phase == "check"
        if self.job.kind == "export":
            number = count_words(counts["matched"])
            return [
                (_("Read"), count_words(counts["scanned"])),
                (_("Exported"), number),
                self._cost,
            ]
        if self.job.kind == "import" and "staged" in self.job.estimate and is_check:
            return [*self._verdicts, self._cost]
        named = [
            (_("Read"), count_words(counts["scanned"])),
            (_("To write") if is_check else _("Done"), count_words(counts["done"])),
            (_("Already so"), count_words(counts["same"])),
            (_("Conflict") if is_check else _("Changed since"), count_words(counts["changed"])),
            (_("Refused"), count_words(counts["refused"])),
        ]
        if counts["unsure"]:
            named.append((_("Not known"), count_words(counts["unsure"])))
        return [*named, self._cost]

    @property
    def _cost(self) -> tuple[str, str]:
        return _("Cost"), words.units_words(self.far)

    @property
    def _verdicts(self) -> list[tuple[str, str]]:
        """What the rows of a checked file came to."""
        named = {
            "new": _("New"),
            "changed": _("Changed"),
            "same": _("Same, not written"),
            "conflict": _("Conflict"),
            "refused": _("Refused"),
        }
        found = self.job.estimate
        return [(name, count_words(found.get(verdict, 0))) for verdict, name in named.items()]

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

    def left_rows(self, target: Target) -> Sequence[ShownRow]:
        """The first of the items that were left as they were, those nobody knows of first."""
        unsure = report_rows(self.job, target, "unsure")
        others = report_rows(self.job, target, "changed", "refused")
        rows = [*islice(unsure, SHOWN_ROWS), *islice(others, SHOWN_ROWS)][:SHOWN_ROWS]
        return [self._shown(row, target) for row in rows]

    def _shown(self, row: ReportRow, target: Target) -> ShownRow:
        outcome = words.OUTCOME_WORDS[row.outcome][self.job.phase == "check"]
        key = key_text(row.key, target.description) if row.key else ""
        url = f"{self.table_url}{row.token}/change/" if row.key and self.job.kind != "copy" else ""
        why = visible(row.detail) or words.reason_words(row.outcome, row.code)
        return ShownRow(key, url, str(outcome), row.outcome, why, row.line)
