"""What is asked before a checked job writes: what has to be typed, what hinders, the way back."""

from __future__ import annotations

from functools import cached_property

from django.utils.translation import gettext as _

from tables.admin.jobs.shown import ShownJob, table_label
from tables.admin.texts.core_messages import told
from tables.admin.texts.job_words import trash_words
from tables.admin.texts.sentences import items_words
from tables.configuration import registry
from tables.core.errors import TablesError
from tables.jobs.kinds import KINDS
from tables.jobs.owners import require_rights
from tables.records.history.entries import days_kept, mode_of


class Question:
    """Whether a job that waits for its yes shall write, as it is put to one person."""

    def __init__(self, shown: ShownJob) -> None:
        self.shown = shown
        self._job = shown.job

    @property
    def is_put(self) -> bool:
        """Whether there is something to write, and this one may say yes."""
        shown = self.shown
        return shown.waits and shown.far.counts["done"] > 0 and not shown.is_orphan

    @cached_property
    def hindrance(self) -> str:
        """Why this one may not say yes now, empty where nothing stands in the way."""
        try:
            needed = KINDS[self._job.kind].rights(self._job.spec, self._job.alias)
            require_rights(needed, self.shown.caller)
        except TablesError as error:
            return told(error.message)
        return ""

    @property
    def to_type(self) -> str:
        """What has to be typed to confirm it: how many items are deleted, else the table."""
        return str(self.shown.far.counts["done"]) if self._is_deletion else self._job.alias

    @property
    def may_type(self) -> frozenset[str]:
        """What is taken for it: who types what the page calls the table means the same."""
        others = set() if self._is_deletion else {self.shown.table_label}
        return frozenset({self.to_type, *others})

    @property
    def is_named_otherwise(self) -> bool:
        """Whether what has to be typed is not what the page calls the table."""
        return not self._is_deletion and self.to_type != self.shown.table_label

    @property
    def yes(self) -> str:
        """What the button that lets it write says: how many items that is about."""
        items = items_words(self.shown.far.counts["done"])
        words = _("Delete %(items)s") if self._is_deletion else _("Write %(items)s")
        return words % {"items": items}

    @property
    def way_back(self) -> str:
        """What can be done about it once it is written."""
        alias = self._job.written_alias
        table = registry().tables.get(alias)
        if table is None or mode_of(table) == "off":
            names = {"table": table_label(alias)}
            return _("There is no way back: no history is kept of %(table)s.") % names
        if self._is_deletion:
            return trash_words(days_kept(table))
        return _("The whole job can be undone afterwards.")

    @property
    def _is_deletion(self) -> bool:
        return self._job.kind == "delete"
