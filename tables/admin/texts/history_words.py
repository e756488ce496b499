"""Entries of history in staff's words: who, when, through which door, and what was done."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tables.core.history import Entry

# The door of an entry -> what people call it; the pages are all that is left.
_NAMES = {
    "v1": gettext_lazy("REST"),
    "adminapi": gettext_lazy("AdminAPI"),
    "putitem": gettext_lazy("DynamoDB’s own API"),
    "command": gettext_lazy("command"),
}
ACTIONS = {
    "create": gettext_lazy("Added"),
    "change": gettext_lazy("Changed"),
    "delete": gettext_lazy("Deleted"),
    "undo": gettext_lazy("Undone"),
    "restore": gettext_lazy("Restored"),
    "forgotten": gettext_lazy("Forgotten"),
}


def moment(milliseconds: int) -> datetime:
    """When an entry was written."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def time_words(milliseconds: int) -> str:
    """A time in full, to the second."""
    return moment(milliseconds).strftime("%Y-%m-%d %H:%M:%S UTC")


def short_time_words(milliseconds: int) -> str:
    """A time as lists tell it, to the minute; they say once that it is UTC."""
    return moment(milliseconds).strftime("%Y-%m-%d %H:%M")


def between_words(older: int, newer: int | None) -> str:
    """When something happened that nobody saw, between two times or since the older."""
    since = short_time_words(older) if older else _("the beginning")
    if newer is None:
        return _("since %(since)s") % {"since": since}
    until = short_time_words(newer)
    if older and since.split()[0] == until.split()[0]:
        until = until.split()[1]
    return _("between %(since)s and %(until)s") % {"since": since, "until": until}


def door_words(entry: Entry) -> str:
    """Through which door an entry came. Of commands only a worker of jobs writes in groups."""
    if entry.author.door == "command" and entry.author.group:
        return _("job")
    return str(_NAMES.get(entry.author.door, gettext_lazy("pages")))


def deed_words(entry: Entry, paths: str = "") -> str:
    """What an entry did, such as `Changed status`; `paths` are those it touched, in words."""
    if entry.action == "undo":
        return _("Undid version %(n)s") % {"n": entry.of}
    if entry.action == "restore":
        return _("Restored version %(n)s") % {"n": entry.of}
    if entry.action == "forgotten":
        return _("What was told before was erased")
    if entry.action == "change" and paths:
        return _("Changed %(paths)s") % {"paths": paths}
    return str(ACTIONS[entry.action])
