"""Jobs in staff's words: what they do, how far they are, what became of items."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tables.admin.texts.sentences import count_words, filter_words, items_words
from tables.admin.values.hidden_characters import visible
from tables.admin.values.one_line import summary
from tables.core.adminapi_scan import parse_scan
from tables.core.errors import TablesError
from tables.core.filters import Group
from tables.core.queries import parse_query
from tables.core.values import TYPES
from tables.jobs.finding import Progress
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
_VALUE_CHARACTERS = 80


def title_words(job: Job, table: str) -> str:
    """What a job is called."""
    return str(_TITLES.get(job.kind, "%(table)s")) % {"table": table}


def state_words(job: Job, left: int) -> str:
    """A job's state; never plainly finished where something was left as it was."""
    if job.state == "finished" and left:
        words = ngettext(
            "Finished, %(count)s left as it was", "Finished, %(count)s left as they were", left
        )
        return words % {"count": count_words(left)}
    return str(_STATES[job.state])


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
        parts = [_("%(count)s of about %(all)s read") % {"count": scanned, "all": expected}]
    done = count_words(far.counts["done"])
    words = _("%(count)s to write") if job.phase == "check" else _("%(count)s done")
    parts.append(words % {"count": done})
    if left := left_of(far):
        parts.append(
            ngettext("%(count)s left as it was", "%(count)s left as they were", left)
            % {"count": count_words(left)}
        )
    if far.seconds_left is not None and not job.is_ended:
        parts.append(_("about %(time)s") % {"time": duration_words(far.seconds_left)})
    return ", ".join(parts)


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


# ---------------------------------------------------------------- what was ordered


def order_words(spec: Mapping[str, Any]) -> str:
    """What a job does to which items, in a sentence."""
    which = which_words(spec)
    deeds = "; ".join(change_words(change) for change in spec.get("changes", ()))
    return " ".join(filter(None, (which, deeds and f"{deeds}.")))


def which_words(spec: Mapping[str, Any]) -> str:
    """Which items an order is about."""
    if spec.get("keys"):
        return _("On %(items)s that were ticked:") % {"items": items_words(len(spec["keys"]))}
    try:
        conditions = filter_words(
            _filter_of(spec["query"]) if spec.get("query") else parse_scan(spec["filter"])
        )
    except (KeyError, TablesError):
        return ""
    if not conditions:
        return _("On every item of the table:")
    return _("On every item where %(filter)s:") % {"filter": conditions}


def _filter_of(text: str) -> Group:
    """The filter of a list's query string. Raises TablesError."""
    return parse_query(parse_qsl(text, keep_blank_values=True), types={}).filter


def change_words(change: Mapping[str, Any]) -> str:
    """One change, such as `set status to “shipped”`."""
    action, path = change["action"], visible(str(change["path"]))
    if action == "remove":
        return _("remove %(path)s") % {"path": path}
    if action == "rename":
        return _("rename %(path)s to %(to)s") % {"path": path, "to": visible(change["to"])}
    if action == "retype":
        kind = _(TYPES[change["type"]])
        return _("make %(path)s a %(type)s") % {"path": path, "type": kind}
    value = visible(summary(change["value"], _VALUE_CHARACTERS)[0])
    return str(_DEEDS[action]) % {"path": path, "value": value}


_DEEDS: Mapping[str, StrOrPromise] = {
    "set": gettext_lazy("set %(path)s to “%(value)s”"),
    "add": gettext_lazy("add %(value)s to %(path)s"),
    "delete": gettext_lazy("take %(value)s out of %(path)s"),
    "append": gettext_lazy("append %(value)s to %(path)s"),
}


def reason_words(outcome: str, code: str) -> str:
    """Why an item was left, where the report has no better words."""
    if outcome == "changed":
        return _("Somebody changed it in the meantime.")
    if outcome == "unsure":
        return _("A worker died while writing it, and somebody changed it since. Look at it.")
    return code.replace("_", " ")
